import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    /// Shares that others gave the caller.
    func listSharesReceived(
        type: EntityType?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ShareWithUser> {
        try await withUsers(
            try database.read { reader in
                try ShareStore.received(by: caller.userId, type: type, page, in: reader)
            })
    }
}
