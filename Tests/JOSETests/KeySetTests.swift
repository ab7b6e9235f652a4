import JOSE
import Kernel
import TLS
import TestSupport
import Testing

@Suite struct KeySetTests {
    private enum Outcome: String {
        case verified, forged, unusable, unknown
    }

    private func outcome(_ token: String, by keys: String...) throws -> Outcome {
        let json = "{\"keys\":[\(keys.joined(separator: ","))]}"
        let set = try #require(try KeySet(Array(json.utf8)))
        let jws = try CompactJWS(Array(token.utf8))
        switch set.keys(for: jws) {
        case .unusable: return .unusable
        case .unknown: return .unknown
        case .found(let keys): return keys.contains(where: jws.isSigned) ? .verified : .forged
        }
    }

    @Test func `a token is verified by the key that it names`() throws {
        for signer in [TestSigner.rsa, .otherRSA, .p256] {
            let token = signer.token("{}", kid: "b")
            #expect(try outcome(token, by: signer.jwk("b")) == .verified)
            #expect(
                try outcome(token, by: TestSigner.rsa.jwk("a"), signer.jwk("b", ["use": "sig"]))
                    == .verified)
            #expect(try outcome(token, by: signer.jwk("a")) == .unknown)
            #expect(try outcome(token, by: signer.jwk(nil)) == .unknown)
        }
    }

    @Test func `a token that names no key is tried with those of its kind`() throws {
        let token = TestSigner.rsa.token("{}")
        let keys = [TestSigner.p256.jwk("e"), TestSigner.otherRSA.jwk("a")]
        #expect(try outcome(token, by: keys[0], keys[1], TestSigner.rsa.jwk("b")) == .verified)
        #expect(try outcome(token, by: keys[0], keys[1]) == .forged)
        #expect(try outcome(token, by: keys[0]) == .unusable)
    }

    @Test func `a token with the name of another's key is forged`() throws {
        let token = TestSigner.otherRSA.token("{}", kid: "a")
        #expect(try outcome(token, by: TestSigner.rsa.jwk("a")) == .forged)
        // The kind of key is not the token's to choose.
        #expect(try outcome(token, by: TestSigner.p256.jwk("a")) == .unusable)
    }

    @Test func `keys in a token, and links to them, are not read`() throws {
        let own = TestSigner.otherRSA.jwk("a")
        let more = [#""jwk":\#(own)"#, #""jku":"https://evil.example/keys","x5u":"https://evil""#]
        for header in more {
            let token = TestSigner.otherRSA.token(
                "{}", header: #"{"alg":"RS256","kid":"a",\#(header)}"#)
            #expect(try outcome(token, by: TestSigner.rsa.jwk("a")) == .forged)
        }
    }

    @Test(arguments: [
        ["use": "enc"], ["use": ""], ["alg": "RS512"], ["alg": "PS256"], ["kty": "oct"],
        ["e": "AQ"], ["e": "Ag"], ["e": ""], ["n": "AQAB"], ["n": "!"], ["kty": "EC"],
    ]) func `a key that is not for RS256 signatures is not used`(change: [String: String]) throws {
        let token = TestSigner.rsa.token("{}", kid: "a")
        #expect(try outcome(token, by: TestSigner.rsa.jwk("a", change)) == .unusable)
    }

    @Test(arguments: [
        ["crv": "P-384"], ["crv": "secp256k1"], ["x": "AAAA"],
        // Not on the curve.
        ["x": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"], ["use": "enc"], ["alg": "RS256"],
    ]) func `a key that is not for ES256 signatures is not used`(change: [String: String]) throws {
        let token = TestSigner.p256.token("{}", kid: "a")
        #expect(try outcome(token, by: TestSigner.p256.jwk("a", change)) == .unusable)
    }

    @Test func `keys that aren't understood don't hide the others`() throws {
        let token = TestSigner.rsa.token("{}", kid: "a")
        let others = [#"{"kty":"OKP","crv":"Ed25519","x":"AA"}"#, "1", "{}", #"{"kty":7}"#]
        for other in others {
            #expect(try outcome(token, by: other, TestSigner.rsa.jwk("a")) == .verified)
        }
        let operations = TestSigner.rsa.jwk("a").dropLast() + #","key_ops":["encrypt"]}"#
        #expect(try outcome(token, by: String(operations)) == .unusable)
        let both = TestSigner.rsa.jwk("a").dropLast() + #","key_ops":["sign","verify"]}"#
        #expect(try outcome(token, by: String(both)) == .verified)
    }

    @Test func `what is no set of keys is none`() throws {
        for text in ["", "[]", "{}", #"{"keys":{}}"#, #"{"keys":null}"#, "<html>"] {
            #expect(try KeySet(Array(text.utf8)) == nil)
        }
        #expect(try KeySet(Array(#"{"keys":[]}"#.utf8))?.isEmpty == true)
    }

    @Test func `no more than 100 keys are read`() throws {
        let many = (0..<120).map { TestSigner.p256.jwk("k\($0)") }.joined(separator: ",")
        let set = try #require(try KeySet(Array("{\"keys\":[\(many)]}".utf8)))
        for (name, isKnown) in [("k99", true), ("k100", false)] {
            let jws = try CompactJWS(Array(TestSigner.p256.token("{}", kid: name).utf8))
            if case .found = set.keys(for: jws) {
                #expect(isKnown)
            } else {
                #expect(!isKnown)
            }
        }
    }

    // MARK: Tokens

    private func refusal(_ token: String) -> JWTRefusal? {
        caught(JWTRefusal.self) { try CompactJWS(Array(token.utf8)) }
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, JWTRefusal.algorithm), (#"{"alg":"HS256"}"#, .algorithm),
        (#"{"alg":"rs256"}"#, .algorithm), (#"{"alg":"RS512"}"#, .algorithm),
        (#"{"alg":"RS256","crit":["exp"]}"#, .critical),
        (#"{"alg":"RS256","crit":[]}"#, .critical), (#"{"alg":"RS256","crit":null}"#, .critical),
        (#"{"alg":"RS256","alg":"RS256"}"#, .malformed), ("{}", .malformed),
        (#"{"alg":["RS256"]}"#, .malformed), (#"{"alg":"RS256","kid":1}"#, .malformed),
        ("[]", .malformed), ("", .malformed),
    ]) func `a header that is not supported is refused before a key is looked for`(
        header: String, expected: JWTRefusal
    ) {
        #expect(refusal(TestSigner.rsa.token("{}", header: header)) == expected)
    }

    @Test func `a token has one spelling`() throws {
        let token = TestSigner.p256.token("{}")
        let parts = token.split(separator: ".")
        #expect(refusal(token) == nil)
        let others = [
            token + "=", token + ".", "." + token, token + "\n", " " + token,
            parts[0] + "." + parts[1], "\(parts[0])..\(parts[2]).", token + ".AA",
            token.replacing("_", with: "/").replacing("-", with: "+") + "/",
            "\(parts[0])=.\(parts[1]).\(parts[2])",
        ]
        for other in others { #expect(refusal(other) == .malformed, "\(other)") }
        let long = TestSigner.p256.token("{\"a\":\"\(String(repeating: "a", count: 8_192))\"}")
        #expect(refusal(long) == .malformed)
    }

    @Test func `each byte counts`() throws {
        let token = Array(TestSigner.p256.token(#"{"iss":"a"}"#, kid: "k").utf8)
        let set = try #require(try KeySet(Array("{\"keys\":[\(TestSigner.p256.jwk("k"))]}".utf8)))
        for index in token.indices {
            var other = token
            other[index] = other[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            guard let jws = try? CompactJWS(other), case .found(let keys) = set.keys(for: jws)
            else { continue }
            #expect(!keys.contains(where: jws.isSigned), "byte \(index)")
        }
    }

    @Test func `a set knows whether another has its keys`() throws {
        func set(_ keys: String...) throws -> KeySet {
            try #require(try KeySet(Array("{\"keys\":[\(keys.joined(separator: ","))]}".utf8)))
        }
        let (one, two) = (TestSigner.rsa.jwk("a"), TestSigner.otherRSA.jwk("b"))
        #expect(try set(one).isSubset(of: set(two, one)))
        #expect(try !set(one, two).isSubset(of: set(one)))
        #expect(try !set(one).isSubset(of: set(TestSigner.otherRSA.jwk("a"))))
    }
}
