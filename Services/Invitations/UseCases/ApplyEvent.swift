import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Applies an event of another service once.
    /// - Returns: false if the event was applied before.
    func apply(
        _ eventId: String, _ body: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> Bool {
        let isNew = try await database.write { tx in
            guard try Inbox.claim(eventId, in: tx) else { return false }
            try body(tx)
            return true
        }
        if isNew { wrote() }
        return isNew
    }
}
