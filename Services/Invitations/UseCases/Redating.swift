import Kernel
import SQLite

/// What a clock that ran ahead has dated is taken for what happens now, once the clock is right
/// again: otherwise retries would wait for that time, invitations be open until it, and former
/// secrets count until it.
extension InvitationsUseCases {
    private static let batch = 200

    /// - Returns: how many rows there were.
    func redate() async throws -> Int {
        var count = 0
        // Most of the time there is nothing, which a read finds out without a write.
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
