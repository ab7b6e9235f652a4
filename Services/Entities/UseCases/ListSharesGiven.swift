import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Shares that the caller gave others.
    func listSharesGiven(
        type: EntityType?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ShareWithUser> {
        try await withUsers(
            try database.read { reader in
                try ShareStore.given(by: caller.userId, type: type, page, in: reader)
            })
    }
}
