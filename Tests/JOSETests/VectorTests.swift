import Foundation
import JOSE
import Kernel
import TLS
import Testing

/// What others have written to try implementations.
@Suite struct VectorTests {
    private static func load<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        return try JSONDecoder().decode(
            type, from: Data(contentsOf: folder.appending(path: "Vectors/\(name).json")))
    }

    /// Any JSON, kept as it is.
    private struct Raw: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            text = try Self.write(try decoder.singleValueContainer().decode(Part.self))
        }

        private static func write(_ part: Part) throws -> String {
            String(decoding: try JSONEncoder().encode(part), as: UTF8.self)
        }

        private enum Part: Codable {
            case text(String)
            case list([Part])
            case members([String: Part])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let text = try? container.decode(String.self) {
                    self = .text(text)
                } else if let list = try? container.decode([Part].self) {
                    self = .list(list)
                } else {
                    self = .members(try container.decode([String: Part].self))
                }
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                switch self {
                case .text(let text): try container.encode(text)
                case .list(let list): try container.encode(list)
                case .members(let members): try container.encode(members)
                }
            }
        }
    }

    /// Whether a token is accepted by a set with these keys.
    private func verify(_ token: String, by keys: String) throws -> Bool {
        guard let set = try KeySet(Array(keys.utf8)),
            let jws = try? CompactJWS(Array(token.utf8)), case .found(let keys) = set.keys(for: jws)
        else { return false }
        return keys.contains(where: jws.isSigned)
    }

    // MARK: RFC 7515

    private struct RFC7515: Decodable {
        struct Example: Decodable {
            let key: Raw
            let jws: String
        }

        let hs256: String
        let rs256: Example
        let es256: Example
        let none: String
    }

    @Test func `the signatures of RFC 7515 are verified, and only by their keys`() throws {
        let vectors = try Self.load(RFC7515.self, "rfc7515")
        let examples = [vectors.rs256, vectors.es256]
        for (index, example) in examples.enumerated() {
            #expect(try verify(example.jws, by: "{\"keys\":[\(example.key.text)]}"))
            let other = examples[1 - index].key.text
            #expect(try !verify(example.jws, by: "{\"keys\":[\(other)]}"))
            let claims = try JWTClaims(try CompactJWS(Array(example.jws.utf8)).payload)
            #expect(claims.issuer == "joe" && claims.isTrue("http://example.com/is_root"))
        }
    }

    @Test func `tokens without a signature, and with a shared secret, are refused`() throws {
        let vectors = try Self.load(RFC7515.self, "rfc7515")
        for token in [vectors.hs256, vectors.none] {
            #expect(throws: JWTRefusal.algorithm) { try CompactJWS(Array(token.utf8)) }
        }
    }

    // MARK: Project Wycheproof

    private struct Tokens: Decodable {
        struct Group: Decodable {
            let comment: String
            let `public`: Raw?
            let tests: [Test]
        }

        struct Test: Decodable {
            let tcId: Int
            let comment: String
            let jws: String
            let result: String
            let flags: [String]
        }

        let testGroups: [Group]
    }

    /// - Returns: how many were accepted.
    private func expectTokens(_ name: String, besides exceptions: Set<Int>) throws -> Int {
        var accepted = 0
        for group in try Self.load(Tokens.self, name).testGroups {
            let key = group.public?.text ?? #"{"kty":"oct","k":"AAAA"}"#
            let keys = key.contains("\"keys\"") ? key : "{\"keys\":[\(key)]}"
            let isOurs = ["\"RS256\"", "\"ES256\""].contains(where: key.contains)
            for test in group.tests {
                let isAccepted = try verify(test.jws, by: keys)
                if isAccepted { accepted += 1 }
                let isRight = test.result == "valid" && isOurs
                #expect(
                    isAccepted == isRight || exceptions.contains(test.tcId),
                    "\(test.tcId) \(group.comment): \(test.comment)")
            }
        }
        return accepted
    }

    @Test func `the signed tokens of Project Wycheproof are accepted and refused as it says`()
        throws
    {
        #expect(try expectTokens("json_web_signature", besides: []) >= 9)
    }

    @Test func `the sets of keys of Project Wycheproof are used as it says`() throws {
        // 7: an RSA key of a chip that made guessable ones (ROCA). Which keys an issuer uses is
        // the issuer's to decide; OpenSSL doesn't look for it either.
        #expect(try expectTokens("json_web_key", besides: [7]) >= 1)
    }

    private struct Signatures: Decodable {
        struct Group: Decodable {
            let x: String?
            let y: String?
            let n: String?
            let e: String?
            let tests: [Test]
        }

        struct Test: Decodable {
            let tcId: Int
            let comment: String
            let msg: String
            let sig: String
            let result: String
        }

        let testGroups: [Group]
    }

    private static func bytes(_ hex: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = hex[...]
        while !rest.isEmpty {
            bytes.append(try #require(UInt8(rest.prefix(2), radix: 16)))
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// 32 bytes, whatever stands in front.
    private static func coordinate(_ hex: String?) throws -> [UInt8] {
        let digits = try bytes(hex ?? "").drop { $0 == 0 }
        return [UInt8](repeating: 0, count: 32 - digits.count) + digits
    }

    private func expectSignatures(
        _ name: String, _ makeKey: (Signatures.Group) throws -> SignatureKey?
    ) throws {
        var count = 0
        for group in try Self.load(Signatures.self, name).testGroups {
            let key = try #require(try makeKey(group))
            for test in group.tests where test.result != "acceptable" {
                let isRight = key.verify(
                    try Self.bytes(test.sig), of: try Self.bytes(test.msg))
                #expect(isRight == (test.result == "valid"), "\(test.tcId) \(test.comment)")
                count += 1
            }
        }
        #expect(count > 200)
    }

    @Test func `ECDSA signatures of Project Wycheproof are verified as it says`() throws {
        try expectSignatures("ecdsa_secp256r1_sha256_p1363") {
            try SignatureKey(x: Self.coordinate($0.x), y: Self.coordinate($0.y))
        }
    }

    @Test func `RSA signatures of Project Wycheproof are verified as it says`() throws {
        try expectSignatures("rsa_signature_2048_sha256") {
            try SignatureKey(modulus: Self.bytes($0.n ?? ""), exponent: Self.bytes($0.e ?? ""))
        }
    }
}
