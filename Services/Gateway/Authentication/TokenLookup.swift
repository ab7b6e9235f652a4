import Kernel
import SQLite
import ServiceKit
import Synchronization

/// What all loops share of authentication: the database, and when what they remember is stale.
final class TokenLookup: Sendable {
    /// How long a loop may remember a token, in milliseconds. Revocation in this process works at
    /// once (`invalidate`); this bounds it for a database that was changed elsewhere.
    static let freshMilliseconds: Int64 = 1_000

    let database: Database
    let clock: any Clock
    private let changes = Atomic<Int>(0)
    private let used = Mutex<[String: Timestamp]>([:])

    init(_ database: Database, clock: any Clock) {
        self.database = database
        self.clock = clock
    }

    /// Counts the revocations and changes of users so far.
    var generation: Int { changes.load(ordering: .acquiring) }

    /// Called after a change that takes rights away has been committed, before it is answered.
    func invalidate() { changes.add(1, ordering: .releasing) }

    /// Notes that a token was used; `flush` writes it.
    func used(_ tokenId: String, at time: Timestamp) {
        used.withLock { $0[tokenId] = time }
    }

    /// Writes when tokens were last used, off the path of the requests that used them.
    func flush() async throws {
        let batch = used.withLock { used in
            defer { used = [:] }
            return used
        }
        guard !batch.isEmpty else { return }
        do {
            try await database.write { tx in
                for (id, time) in batch { try TokenStore.used(id, at: time, in: tx) }
            }
        } catch {
            used.withLock { $0.merge(batch) { newer, _ in newer } }
            throw error
        }
    }
}
