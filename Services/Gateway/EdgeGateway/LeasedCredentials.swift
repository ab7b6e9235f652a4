import GatewayContract
import Kernel
import ServiceKit
import Synchronization

/// The tokens and users of the primary gateway, as far as an edge gateway has asked for them. It
/// keeps them under a lease: a change of them is acknowledged when it has forgotten what the change
/// concerns, or its lease has ended (`Shared/Leases`). Without a lease it asks each time.
final class LeasedCredentials: CredentialSource {
    let clock: any Clock
    private let leases: HeldLeases<CredentialQuestion, CredentialAnswer>
    private let asker: CredentialAsker
    private let client: ServiceClient
    /// While the lease doesn't hold: each is another one.
    private let expired = Atomic(-1)
    private let used = Mutex<[String: Timestamp]>([:])

    init(
        _ leases: HeldLeases<CredentialQuestion, CredentialAnswer>, _ asker: CredentialAsker,
        _ client: ServiceClient, clock: any Clock
    ) {
        self.leases = leases
        self.asker = asker
        self.client = client
        self.clock = clock
    }

    var asks: Bool { true }

    var generation: Int {
        leases.generation ?? expired.subtract(1, ordering: .relaxed).oldValue
    }

    func grant(of digest: SHA256.Digest) throws(Fault) -> FoundCredential<TokenGrant> {
        guard case .token(let grant) = leases.answer(to: .token(digest)) else { return .unknown }
        return .known(grant)
    }

    func user(named name: String) throws(Fault) -> FoundCredential<NamedUser> {
        guard case .user(let user) = leases.answer(to: .user(name)) else { return .unknown }
        return .known(user)
    }

    func askForGrant(of digest: SHA256.Digest) async throws(Fault) -> TokenGrant? {
        guard case .token(let grant) = try await asker.ask(.token(digest)) else { return nil }
        return grant
    }

    func askForUser(named name: String) async throws(Fault) -> NamedUser? {
        if case .user(let user) = leases.answer(to: .user(name)) { return user }
        guard case .user(let user) = try await asker.ask(.user(name)) else { return nil }
        return user
    }

    // MARK: Uses

    func recordUse(of tokenId: String, at time: Timestamp) {
        used.withLock { $0[tokenId] = time }
    }

    /// Reports when tokens were used, outside of requests.
    func flush() async throws {
        var batch = used.withLock { used in
            defer { used = [:] }
            return used.map { TokenUses.Use(tokenId: $0.key, at: $0.value) }[...]
        }
        do {
            while !batch.isEmpty {
                let uses = TokenUses(uses: Array(batch.prefix(CredentialsQuery.maximum)))
                _ = try await client.call(
                    EdgeQueries.recordUses, uses, as: TokenUses.Receipt.self)
                batch = batch.dropFirst(CredentialsQuery.maximum)
            }
        } catch {
            // While the primary is away, no more than it could have asked about.
            used.withLock { used in
                for use in batch where used.count < 100_000 && used[use.tokenId] == nil {
                    used[use.tokenId] = use.at
                }
            }
            throw error
        }
    }
}
