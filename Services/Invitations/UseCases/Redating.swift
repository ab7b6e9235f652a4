import Kernel
import SQLite

/// Moves times that a clock running ahead wrote back to now, once the clock is right again.
/// Otherwise retries would wait, invitations stay open and former secrets stay valid until then.
extension InvitationsUseCases {
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
        return try DeliveryStore.isDated(after: now, in: db)
            || InvitationStore.isDated(after: now, in: db)
            || WorkspaceInvitationStore.isDated(after: now, in: db)
            || WebhookStore.hasSecrets(after: Self.end(ofSecretsReplacedAt: now), in: db)
    }

    private func redateSome(in tx: Transaction) throws -> Int {
        let secrets = try WebhookStore.redateSecrets(
            to: Self.end(ofSecretsReplacedAt: tx.now), count: Self.batch, in: tx)
        return try secrets + DeliveryStore.redate(limit: Self.batch, in: tx)
            + InvitationStore.redate(limit: Self.batch, in: tx)
            + WorkspaceInvitationStore.redate(limit: Self.batch, in: tx)
    }
}
