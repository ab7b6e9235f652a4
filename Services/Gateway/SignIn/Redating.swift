import Kernel
import SQLite

/// What a clock that ran ahead has dated, once the clock is right again: sessions end as if they
/// began now; codes, whose age nobody knows, are gone, with the tries that were counted.
struct Redating: Sendable {
    private static let batch = 500

    let database: Database
    let clock: any Clock

    /// - Returns: how many rows there were.
    func callAsFunction() async throws -> Int {
        var count = 0
        // Most of the time there is nothing, which a read finds out without a write.
        while try database.read({ try isDatedAhead($0) }) {
            let some = try await database.write { tx in
                try TokenStore.redateSessions(limit: Self.batch, in: tx)
                    + SignInStore.forgetDated(limit: Self.batch, in: tx)
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
