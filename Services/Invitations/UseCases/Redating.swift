import Collaboration
import Kernel
import PublicEvents
import SQLite
import Workspaces

/// Moves times that a clock running ahead wrote back to now, once the clock is right again.
/// Otherwise retries would wait, invitations stay open and former secrets stay valid until then.
extension InvitationsContext {
    private static let batch = 200

    /// - Returns: how many rows there were.
    func redate() async throws -> Int {
        var count = 0
        // Usually there is nothing, and a read finds that out without a write.
        while try database.read({ try isDatedAhead($0) }) {
            let some = try await database.write { try redateSome(in: $0) }
            guard some > 0 else { break }
            count += some
        }
        if count > 0 { wrote() }
        return count
    }

    private func isDatedAhead(_ db: some Queryable) throws -> Bool {
        let now = clock.now()
        return try WebhooksUseCases.isDated(after: now, in: db)
            || InvitationsUseCases.isDated(after: now, in: db)
            || WorkspacesUseCases.isDated(after: now, in: db)
    }

    private func redateSome(in tx: Transaction) throws -> Int {
        try WebhooksUseCases.redate(limit: Self.batch, in: tx)
            + InvitationsUseCases.redate(limit: Self.batch, in: tx)
            + WorkspacesUseCases.redate(limit: Self.batch, in: tx)
    }
}
