import Kernel
import SQLite

/// Corrects rows that are dated in the future once a clock that ran ahead is right again: sessions
/// expire as if they started now; codes, whose age is unknown, are deleted with their tries.
struct Redating: Sendable {
    private static let batch = 500

    let database: Database
    let clock: any Clock

    /// - Returns: how many rows were corrected or deleted.
    func callAsFunction() async throws -> Int {
        var count = 0
        // Mostly there is none: a read avoids the write.
        while try database.read({ try isDatedAhead($0) }) {
            let some = try await database.write { tx in
                try TokenStore.redateSessions(limit: Self.batch, in: tx)
                    + SignInStore.deleteDated(limit: Self.batch, in: tx)
            }
            guard some > 0 else { break }
            count += some
        }
        return count
    }

    private func isDatedAhead(_ db: some Queryable) throws -> Bool {
        let now = clock.now()
        return try TokenStore.hasSessions(datedAfter: now, in: db)
            || SignInStore.isDated(after: now, in: db)
    }
}
