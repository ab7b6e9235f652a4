import FoundationEssentials
import Kernel

/// The keys of identities: one for each pair of a service that calls and one that is called. Who
/// has the keys of one service can sign as that service, and as others towards it; nobody else
/// believes what is signed with them. All are derived from `LATCHKEY_INTERNAL_SECRET` (HKDF, RFC
/// 5869), so who has that can sign as everybody: `--derive-keys` makes what one service needs.
public struct ServiceKeys: Sendable {
    /// Which services can call which. The only source for signers and authenticators.
    static let callers: [String: [String]] = [
        "gateway": ["entities", "organizations", "integrations", "invitations"],
        "entities": ["gateway", "organizations", "invitations"],
        "organizations": ["gateway", "entities", "invitations"],
        "integrations": ["gateway"],
        "invitations": ["gateway", "entities", "organizations", "integrations"],
    ]
    /// The only service that can name the user of a request.
    static let usersIssuer = "gateway"
    private static let length = 32

    struct Pair: Hashable, Sendable {
        let issuer: String
        let audience: String

        /// `entities>gateway`
        var text: String { "\(issuer)>\(audience)" }
    }

    /// Nil for those that are given one by one.
    private let secret: [UInt8]?
    private let given: [Pair: [UInt8]]

    /// All keys.
    public init(secret: [UInt8]) {
        self.secret = secret
        given = [:]
    }

    /// The output of `--derive-keys`: `issuer>audience:key`, separated by white space.
    init?(_ text: String) {
        var given: [Pair: [UInt8]] = [:]
        for item in text.split(whereSeparator: \.isWhitespace) {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false)
            let names = parts[0].split(separator: ">", omittingEmptySubsequences: false)
            guard parts.count == 2, names.count == 2,
                let key = Base64URL.decode(Array(parts[1].utf8)[...]), key.count == Self.length
            else { return nil }
            given[Pair(issuer: String(names[0]), audience: String(names[1]))] = key
        }
        guard !given.isEmpty else { return nil }
        self.given = given
        secret = nil
    }

    /// What the service `name` needs: those with which it calls, and those of its callers.
    func text(for name: String) -> String {
        Self.pairs(of: name).map { pair in
            "\(pair.text):\(Base64URL.encode(bytes(of: pair) ?? []))\n"
        }.joined()
    }

    /// Of those that the service `name` needs, those that are not here.
    func missing(for name: String) -> [String] {
        Self.pairs(of: name).filter { bytes(of: $0) == nil }.map(\.text)
    }

    func key(from issuer: String, to audience: String) -> HMACSHA256 {
        let pair = Pair(issuer: issuer, audience: audience)
        // With a key that nobody else has, no request is accepted.
        return HMACSHA256(key: bytes(of: pair) ?? SystemRandom().bytes(Self.length))
    }

    /// Who is believed by `audience`: its callers, or any of ours where it is none of ours (tests).
    static func issuers(to audience: String) -> [String] {
        callers[audience] ?? callers.keys.sorted()
    }

    /// That of whoever has all keys of the service `name`. No other service can derive it, as each
    /// has only those that it shares with this one.
    func ownKey(of name: String) -> HMACSHA256 {
        let info = Array("latchkey operator: \(name)".utf8)
        return HMACSHA256(
            key: HKDF.derive(Array(text(for: name).utf8), info: info, count: Self.length))
    }

    private func bytes(of pair: Pair) -> [UInt8]? {
        guard let secret else { return given[pair] }
        let info = Array("latchkey identity: \(pair.text)".utf8)
        return HKDF.derive(secret, info: info, count: Self.length)
    }

    private static func pairs(of name: String) -> [Pair] {
        let calls = callers.filter { $1.contains(name) }.map {
            Pair(issuer: name, audience: $0.key)
        }
        let called = (callers[name] ?? []).map { Pair(issuer: $0, audience: name) }
        return (calls + called).sorted { $0.text < $1.text }
    }
}
