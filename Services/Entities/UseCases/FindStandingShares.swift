import Contract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Those of some shares that still give access, with what they share.
    func standingShares(_ query: StandingSharesQuery) throws -> StandingSharesReply {
        try query.check()
        return StandingSharesReply(
            shares: try database.read { try ShareStore.standing(query.ids, in: $0) })
    }
}
