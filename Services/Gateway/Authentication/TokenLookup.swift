import Kernel
import SQLite
import ServiceKit
import Synchronization

/// What all loops share for authentication: the database, and when their caches are stale.
final class TokenLookup: CredentialSource {
    /// Milliseconds for which a loop can cache a token. Revocation in this process works at once
    /// (`invalidate`); this bounds it for changes by other processes.
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

    /// Called after a write that removes rights is committed, before the response.
    func invalidate() { changes.add(1, ordering: .releasing) }

    var asks: Bool { false }

    func grant(of digest: SHA256.Digest) throws(Fault) -> FoundCredential<TokenGrant> {
        .known(try read { try TokenStore.grant(digest: digest.bytes, in: $0) })
    }

    func user(named name: String) throws(Fault) -> FoundCredential<NamedUser> {
        .known(try read { try UserStore.find(named: name, in: $0).map { NamedUser($0) } })
    }

    func askForGrant(of digest: SHA256.Digest) async throws(Fault) -> TokenGrant? {
        try read { try TokenStore.grant(digest: digest.bytes, in: $0) }
    }

    func askForUser(named name: String) async throws(Fault) -> NamedUser? {
        try read { try UserStore.find(named: name, in: $0).map { NamedUser($0) } }
    }

    private func read<T>(_ body: (Reader) throws -> T) throws(Fault) -> T {
        do {
            return try database.read(body)
        } catch {
            throw (error as? DatabaseError)?.fault ?? .unexpected("\(error)")
        }
    }

    /// Records that a token was used; `flush` writes it.
    func recordUse(of tokenId: String, at time: Timestamp) {
        used.withLock { $0[tokenId] = time }
    }

    /// Writes when tokens were last used, outside of requests.
    func flush() async throws {
        let batch = used.withLock { used in
            defer { used = [:] }
            return used
        }
        guard !batch.isEmpty else { return }
        do {
            try await database.write { tx in
                for (id, time) in batch { try TokenStore.recordUse(of: id, at: time, in: tx) }
            }
        } catch {
            used.withLock { $0.merge(batch) { newer, _ in newer } }
            throw error
        }
    }
}
