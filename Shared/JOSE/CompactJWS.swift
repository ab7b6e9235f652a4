import Kernel
import ServiceKit
import TLS

/// A JWS in compact serialization (RFC 7515 §7.1): read, and not believed yet.
public struct CompactJWS: Sendable {
    /// Longer ones are refused unread.
    public static let maximumBytes = 8 * 1_024

    /// Which it says that it was signed with.
    public let algorithm: SignatureKey.Algorithm
    /// Names the key that signed it.
    public let keyId: String?
    /// Its media type, in lower case, without `application/` (RFC 7515 §4.1.9).
    public let type: String?
    /// What was signed, decoded.
    public let payload: [UInt8]
    private let signature: [UInt8]
    private let signed: [UInt8]

    /// - Throws: `malformed`, `algorithm` or `critical`.
    public init(_ text: [UInt8]) throws(JWTRefusal) {
        let parts = text.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard text.count <= Self.maximumBytes, parts.count == 3,
            let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let header = try? JSON.decode(Header.self, header)
        else { throw .malformed }
        guard let algorithm = SignatureKey.Algorithm(rawValue: header.algorithm) else {
            throw .algorithm
        }
        // Whatever it lists would have to be understood, and nothing is (RFC 7515 §4.1.11).
        guard !header.hasCritical else { throw .critical }
        self.algorithm = algorithm
        keyId = header.keyId
        type = header.type.map {
            let type = $0.lowercased()
            return type.hasPrefix("application/") ? String(type.dropFirst(12)) : type
        }
        self.payload = payload
        self.signature = signature
        signed = Array(text[..<parts[1].endIndex])
    }

    /// Whether the key has signed it. The key's algorithm decides, and must be the one that the
    /// header names.
    public func isSigned(by key: SignatureKey) -> Bool {
        key.algorithm == algorithm && key.verify(signature, of: signed)
    }

    /// What the header says. Keys in it and links to keys (`jwk`, `jku`, `x5c`, `x5u`) are not
    /// read.
    private struct Header: Decodable {
        let algorithm: String
        let keyId: String?
        let type: String?
        let hasCritical: Bool

        private enum Name: String, CodingKey {
            case alg, kid, typ, crit
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            algorithm = try container.decode(String.self, forKey: .alg)
            keyId = try container.decodeIfPresent(String.self, forKey: .kid)
            type = try container.decodeIfPresent(String.self, forKey: .typ)
            hasCritical = container.contains(.crit)
        }
    }
}
