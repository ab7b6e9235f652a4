import JOSE
import Kernel
import TestSupport
import Testing

@Suite struct ClaimsTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    /// - Returns: when it ends, in seconds.
    private func check(_ claims: String) throws -> Int64 {
        let end = try JWTClaims(Array(claims.utf8)).check(audience: "api", at: Self.now)
        return end.milliseconds / 1_000
    }

    @Test(arguments: [
        #"{"aud":"api","exp":1800000001}"#,
        #"{"aud":["other","api"],"exp":1800000001.5,"nbf":1799999999,"iat":0}"#,
        // Within the minute by which clocks differ.
        #"{"aud":"api","exp":1799999941}"#,
        #"{"aud":"api","exp":1800000100,"nbf":1800000060}"#,
        #"{"aud":"api","exp":1800000100,"iat":1800000060}"#,
    ]) func `a token for us is accepted in its time`(claims: String) throws {
        #expect(try check(claims) >= 1_800_000_001)
    }

    @Test(arguments: [
        (#"{"exp":1800000001}"#, JWTRefusal.audience),
        (#"{"aud":"API","exp":1800000001}"#, .audience),
        (#"{"aud":[],"exp":1800000001}"#, .audience),
        (#"{"aud":["api",1],"exp":1800000001}"#, .audience),
        (#"{"aud":{"api":true},"exp":1800000001}"#, .audience),
        (#"{"aud":"api"}"#, .claims),
        (#"{"aud":"api","exp":"1800000001"}"#, .claims),
        (#"{"aud":"api","exp":null}"#, .claims),
        (#"{"aud":"api","exp":-1}"#, .claims),
        (#"{"aud":"api","exp":1e300}"#, .claims),
        (#"{"aud":"api","exp":1799999940}"#, .expired),
        (#"{"aud":"api","exp":1800000100,"nbf":1800000061}"#, .early),
        (#"{"aud":"api","exp":1800000100,"iat":1800000061}"#, .early),
        (#"{"aud":"api","exp":1800000100,"nbf":"now"}"#, .claims),
    ]) func `a token for others, or out of its time, is refused`(
        claims: String, refusal: JWTRefusal
    ) throws {
        #expect(throws: refusal) { try check(claims) }
    }

    @Test(arguments: [
        "", "[]", "null", #"{"aud":"api","aud":"other"}"#, #"{"aud":"api"} {}"#, "{\"aud\":",
        "{\"aud\":\"\u{FF}",
    ]) func `claims that are no JSON object with unique members are malformed`(claims: String) {
        #expect(throws: JWTRefusal.malformed) { try JWTClaims(Array(claims.utf8)) }
    }

    @Test(arguments: [
        (#"{"scope":"a b  c"}"#, ["a", "b", "c"]), (#"{"scp":["a","b"]}"#, ["a", "b"]),
        (#"{"scp":"a b"}"#, ["a", "b"]), (#"{"scope":"a","scp":["b"]}"#, ["a"]),
        (#"{"scope":1}"#, []), ("{}", []),
    ]) func `scopes are a list or a text`(claims: String, scopes: [String]) throws {
        #expect(try JWTClaims(Array(claims.utf8)).scopes == scopes)
    }

    @Test func `only true is true`() throws {
        let claims = try JWTClaims(
            Array(#"{"a":true,"b":"true","c":1,"d":false,"e":{}}"#.utf8))
        #expect(claims.isTrue("a") && claims.has("e") && claims.text("b") == "true")
        for name in ["b", "c", "d", "e", "f"] { #expect(!claims.isTrue(name)) }
    }

    @Test func `each refusal has a sentence of its own`() {
        #expect(
            Set(JWTRefusal.allCases.map(\.sentence)).count == JWTRefusal.allCases.count)
    }
}
