import FoundationEssentials
import Kernel

/// The keys of identities: one for each pair of a service that calls and one that is called. Who
/// has the keys of one service can sign as that service, and as others towards it; nobody else
/// believes what is signed with them. All are derived from `LATCHKEY_INTERNAL_SECRET` (HKDF, RFC
/// 5869), so who has that can sign as everybody: `--derive-keys` makes what one service needs.
///
/// While a secret is being replaced, each pair has a key for each secret: the first signs, all of
/// them verify.
public struct ServiceKeys: Sendable {
    /// Which services can call which. The only source for signers and authenticators.
    static let callers: [String: [String]] = [
        // Edge gateways call the primary one.
        "gateway": ["entities", "organizations", "integrations", "invitations", "gateway"],
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
    private let secrets: SecretList?
    private let given: [Pair: [[UInt8]]]
    /// What older keys than the first verified in this process.
    let olderUse = OlderKeyUse()

    /// All keys.
    public init(_ secrets: SecretList) {
        self.secrets = secrets
        given = [:]
    }

    /// The output of `--derive-keys`: `issuer>audience:key`, separated by white space. A pair that
    /// is there again has another key, which verifies only.
    init?(_ text: String) {
        var given: [Pair: [[UInt8]]] = [:]
        for item in text.split(whereSeparator: \.isWhitespace) {
            let parts = item.split(separator: ":", omittingEmptySubsequences: false)
            let names = parts[0].split(separator: ">", omittingEmptySubsequences: false)
            guard parts.count == 2, names.count == 2,
                let key = Base64URL.decode(Array(parts[1].utf8)[...]), key.count == Self.length
            else { return nil }
            given[Pair(issuer: String(names[0]), audience: String(names[1])), default: []]
                .append(key)
        }
        guard !given.isEmpty else { return nil }
        self.given = given
        secrets = nil
    }

    /// What the service `name` needs: those with which it calls, and those of its callers.
    func text(for name: String) -> String {
        text(of: Self.pairs(of: name)) { $0 }
    }

    private func text(of pairs: [Pair], _ chosen: ([[UInt8]]) -> [[UInt8]]) -> String {
        pairs.flatMap { pair in
            chosen(bytes(of: pair)).map { "\(pair.text):\(Base64URL.encode($0))\n" }
        }.joined()
    }

    /// Of those that the service `name` needs, those that are not here. Keys that were derived
    /// before there were edge gateways lack the one between gateways, which an installation without
    /// needs not.
    func missing(for name: String) -> [String] {
        Self.pairs(of: name).filter { $0.issuer != $0.audience && bytes(of: $0).isEmpty }
            .map(\.text)
    }

    /// Whether gateways can call each other.
    public var connectGateways: Bool {
        !bytes(of: Pair(issuer: Self.usersIssuer, audience: Self.usersIssuer)).isEmpty
    }

    /// What is wrong with the lists of keys, as rules for a setting.
    var mistakes: [String] {
        given.sorted { $0.key.text < $1.key.text }.compactMap { pair, keys in
            if Set(keys).count < keys.count {
                return "must not have a key of \(pair.text) twice"
            }
            guard keys.count > SecretList.maximum else { return nil }
            return "must have at most \(SecretList.maximum) keys of \(pair.text), "
                + "not \(keys.count)"
        }
    }

    func keys(from issuer: String, to audience: String) -> MACKeys {
        let bytes = bytes(of: Pair(issuer: issuer, audience: audience))
        // With a key that nobody else has, no request is accepted.
        return MACKeys(
            (bytes.isEmpty ? [SystemRandom().bytes(Self.length)] : bytes).map(HMACSHA256.init(key:))
        )
    }

    /// Who is believed by `audience`: its callers, or any of ours where it is none of ours (tests).
    static func issuers(to audience: String) -> [String] {
        callers[audience] ?? callers.keys.sorted()
    }

    /// Those of whoever has all keys of the service `name`: one for each secret. No other service
    /// can derive them, as each has only those that it shares with this one.
    func ownKeys(of name: String) -> MACKeys {
        let info = Array("latchkey operator: \(name)".utf8)
        let pairs = Self.pairs(of: name)
        let count = pairs.map { bytes(of: $0).count }.max() ?? 0
        return MACKeys(
            (0..<max(1, count)).map { place in
                let list = text(of: pairs) { $0.isEmpty ? [] : [$0[min(place, $0.count - 1)]] }
                return HMACSHA256(
                    key: HKDF.derive(Array(list.utf8), info: info, count: Self.length))
            })
    }

    private func bytes(of pair: Pair) -> [[UInt8]] {
        guard let secrets else { return given[pair] ?? [] }
        let info = Array("latchkey identity: \(pair.text)".utf8)
        return secrets.all.map { HKDF.derive($0, info: info, count: Self.length) }
    }

    private static func pairs(of name: String) -> [Pair] {
        let calls = callers.filter { $1.contains(name) }.map {
            Pair(issuer: name, audience: $0.key)
        }
        let called = (callers[name] ?? []).map { Pair(issuer: $0, audience: name) }
        return Set(calls + called).sorted { $0.text < $1.text }
    }

    /// How many keys `audience` has of each of its callers.
    func counts(to audience: String) -> [(issuer: String, keys: Int)] {
        Self.issuers(to: audience).sorted().map {
            ($0, bytes(of: Pair(issuer: $0, audience: audience)).count)
        }
    }
}
