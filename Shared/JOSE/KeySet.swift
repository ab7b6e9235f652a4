import Kernel
import ServiceKit
import TLS

/// The public keys of an issuer (RFC 7517 §5), as far as they sign with an algorithm that is
/// accepted.
public struct KeySet: Sendable {
    /// Keys beyond are ignored.
    public static let maximumKeys = 100
    /// Signatures are tried with so many keys at most, where several fit.
    private static let maximumTries = 4

    private struct Entry {
        let id: String?
        let key: SignatureKey
        /// Of its numbers.
        let text: String
    }

    /// The keys that fit a JWS.
    public enum Match: Sendable {
        case found([SignatureKey])
        /// Known, but not for signatures with the algorithm.
        case unusable
        case unknown
    }

    private var entries: [Entry] = []
    private var unusable: Set<String> = []

    /// A key that isn't understood is left out (RFC 7517 §5), without the others.
    /// - Returns: nil for what is no set of keys.
    /// - Throws: where signatures can't be checked.
    public init?(_ json: [UInt8]) throws(TLSUnavailable) {
        if let error = SignatureKey.unavailable { throw error }
        guard let set = try? JSON.decode(Body.self, json) else { return nil }
        for key in set.keys.prefix(Self.maximumKeys).compactMap(\.value) {
            if let made = try key.make() {
                entries.append(Entry(id: key.kid, key: made, text: key.text))
            } else if let id = key.kid {
                unusable.insert(id)
            }
        }
    }

    /// Whether none of its keys is of use.
    public var isEmpty: Bool { entries.isEmpty }

    /// The keys that can have signed it: those with its `kid`; without one, all of its kind.
    public func keys(for token: CompactJWS) -> Match {
        let named = entries.filter { token.keyId == nil || $0.id == token.keyId }
        let fitting = named.filter { $0.key.algorithm == token.algorithm }
        guard fitting.isEmpty else {
            return .found(fitting.prefix(Self.maximumTries).map(\.key))
        }
        let isKnown = !named.isEmpty || token.keyId.map(unusable.contains) ?? false
        return isKnown ? .unusable : .unknown
    }

    /// Whether each of these keys is also one of `others`.
    public func isSubset(of others: KeySet) -> Bool {
        let theirs = Set(others.entries.map { "\($0.id ?? "") \($0.text)" })
        return entries.allSatisfy { theirs.contains("\($0.id ?? "") \($0.text)") }
    }

    private struct Body: Decodable {
        let keys: [Lenient]
    }

    private struct Lenient: Decodable {
        let value: JWK?

        init(from decoder: any Decoder) { value = try? JWK(from: decoder) }
    }
}

/// A key as JSON has it (RFC 7517 §4, RFC 7518 §6).
private struct JWK: Decodable {
    let kty: String
    let kid: String?
    let use: String?
    let alg: String?
    let operations: [String]?
    let crv: String?
    let n: String?
    let e: String?
    let x: String?
    let y: String?

    private enum CodingKeys: String, CodingKey {
        case kty, kid, use, alg, crv, n, e, x, y
        case operations = "key_ops"
    }

    var text: String { [n, e, x, y].map { $0 ?? "" }.joined(separator: ".") }

    /// - Returns: nil for a key that signs nothing that is accepted.
    func make() throws(TLSUnavailable) -> SignatureKey? {
        guard use ?? "sig" == "sig", operations?.contains("verify") ?? true else { return nil }
        let key: SignatureKey? =
            switch (kty, crv) {
            case ("RSA", _):
                if let n = Self.bytes(n), let e = Self.bytes(e) {
                    try SignatureKey(modulus: n, exponent: e)
                } else {
                    nil
                }
            case ("EC", "P-256"):
                if let x = Self.bytes(x), let y = Self.bytes(y) {
                    try SignatureKey(x: x, y: y)
                } else {
                    nil
                }
            default: nil
            }
        guard let key, alg ?? key.algorithm.rawValue == key.algorithm.rawValue else { return nil }
        return key
    }

    private static func bytes(_ text: String?) -> [UInt8]? {
        text.flatMap { Base64URL.decode(Array($0.utf8)[...]) }
    }
}
