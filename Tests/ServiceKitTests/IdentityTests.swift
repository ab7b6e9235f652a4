import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct IdentityTests {
    private let clock = FakeClock()
    private let key = HMACSHA256(key: secret)
    private let caller = Caller(
        userId: "usr_1", isAdmin: true, scopes: ["entities:share", "x"], readOnly: true,
        tokenId: "tok_1")

    private var signer: IdentitySigner {
        IdentitySigner(issuer: "gateway", secret: secret, clock: clock)
    }

    private func authenticator(_ audience: String = "entities") -> IdentityAuthenticator {
        IdentityAuthenticator(audience: audience, secret: secret, clock: clock)
    }

    private func claims(
        audience: String = "entities", nbf: Int64 = 0, exp: Int64 = 30
    ) -> Identity.Claims {
        let now = clock.now().milliseconds / 1000
        return Identity.Claims(
            iss: "gateway", aud: audience, sub: "usr_1", iat: now, nbf: now + nbf, exp: now + exp,
            role: "member", scopes: [], readOnly: false, tokenId: "tok_1")
    }

    private func user(_ tokens: String...) throws -> Caller? {
        let head = try head("/", tokens.map { "Latchkey-Identity: \($0)" })
        return try? authenticator().user(head).caller
    }

    private func isService(_ token: String) throws -> Bool {
        let head = try head("/", ["Latchkey-Identity: \(token)"])
        return fault { try authenticator().service(head) } == nil
    }

    /// A token with a header of one's choice, signed with the right key.
    private func signed(header: String, _ claims: Identity.Claims, _ key: HMACSHA256) -> String {
        let input =
            Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(JSON.encode(claims))
        return input + "." + Base64URL.encode(key.authenticate(Array(input.utf8)))
    }

    @Test func `a genuine identity brings the whole caller`() throws {
        #expect(try user(signer.user(caller, audience: "entities")) == caller)
    }

    @Test func `an identity is refused as 401 without an error code`() throws {
        let fault = fault { try authenticator().user(try head("/", ["Latchkey-Identity: x"])) }
        #expect(fault?.kind == .unauthenticated)
        #expect(try user() == nil)
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"latchkey-user+jwt"}"#, #"{"alg":"RS256","typ":"latchkey-user+jwt"}"#,
        #"{"alg":"HS256"}"#, #"{"typ":"latchkey-user+jwt","alg":"HS256"}"#, "{}", "",
    ]) func `another header is refused though the signature fits`(header: String) throws {
        #expect(try user(signed(header: header, claims(), key)) == nil)
    }

    @Test func `an unsigned identity is refused`() throws {
        let token = signer.user(caller, audience: "entities")
        let unsigned = token.split(separator: ".").dropLast().joined(separator: ".") + "."
        #expect(try user(unsigned) == nil)
        #expect(try user(unsigned + String(repeating: "A", count: 43)) == nil)
        #expect(try user(String(unsigned.dropLast())) == nil)
    }

    @Test func `another key is refused`() throws {
        let other = HMACSHA256(key: Array("another secret of at least 32 bytes.".utf8))
        #expect(try user(Identity.sign(claims(), .user, other)) == nil)
        #expect(try user(Identity.sign(claims(), .user, key)) != nil)
    }

    @Test func `every changed character of an identity makes it worthless`() throws {
        let token = Array(signer.user(caller, audience: "entities").utf8)
        for index in token.indices {
            var changed = token
            changed[index] =
                token[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(try user(String(decoding: changed, as: UTF8.self)) == nil, "at \(index)")
        }
    }

    @Test func `an identity ends with its expiry, to the second`() throws {
        let token = Identity.sign(claims(exp: 10), .user, key)
        clock.advance(seconds: 9)
        #expect(try user(token) != nil)
        clock.advance(seconds: 1)
        #expect(try user(token) == nil)
    }

    @Test func `an identity that lives longer than a minute is refused`() throws {
        #expect(try user(Identity.sign(claims(exp: 60), .user, key)) != nil)
        #expect(try user(Identity.sign(claims(exp: 61), .user, key)) == nil)
        #expect(try user(Identity.sign(claims(exp: .max / 4), .user, key)) == nil)
        #expect(try user(Identity.sign(claims(exp: -1), .user, key)) == nil)
    }

    @Test func `an identity of the future is refused beyond what clocks differ`() throws {
        #expect(try user(Identity.sign(claims(nbf: 5), .user, key)) != nil)
        #expect(try user(Identity.sign(claims(nbf: 6), .user, key)) == nil)
    }

    @Test func `an identity for another service is refused`() throws {
        for audience in ["organizations", "Entities", "entities ", ""] {
            #expect(try user(signer.user(caller, audience: audience)) == nil)
        }
    }

    @Test func `users and services can't pass for each other`() throws {
        let service = signer.service(audience: "entities")
        #expect(try isService(service))
        #expect(try user(service) == nil)
        #expect(try !isService(signer.user(caller, audience: "entities")))
        #expect(try !isService(signer.service(audience: "gateway")))
    }

    @Test func `two identities are none`() throws {
        let token = signer.user(caller, audience: "entities")
        #expect(try user(token, token) == nil)
        #expect(try user(token, "x") == nil)
        #expect(try user("x", token) == nil)
    }

    @Test func `claims that lack scopes or are no JSON are refused`() throws {
        var bare = claims()
        bare.scopes = nil
        #expect(try user(Identity.sign(bare, .user, key)) == nil)
        bare = claims()
        bare.readOnly = nil
        #expect(try user(Identity.sign(bare, .user, key)) == nil)
    }

    @Test func `an identity over 4 KiB is refused`() throws {
        let big = Caller(userId: "u", scopes: [String(repeating: "s", count: 4_000)])
        #expect(try user(signer.user(big, audience: "entities")) == nil)
    }
}

@Suite struct IdentityCacheTests {
    private let clock = FakeClock()
    private var signer: IdentitySigner {
        IdentitySigner(issuer: "gateway", secret: secret, clock: clock)
    }

    @Test func `a remembered identity is the same session until it expires`() throws {
        let authenticator = IdentityAuthenticator(audience: "a", secret: secret, clock: clock)
        let token = signer.user(Caller(userId: "u"), audience: "a", seconds: 30)
        let head = try head("/", ["Latchkey-Identity: \(token)"])
        let first = try authenticator.user(head)
        clock.advance(seconds: 29)
        #expect(try authenticator.user(head) === first)
        clock.advance(seconds: 1)
        #expect(fault { try authenticator.user(head) }?.kind == .unauthenticated)
    }

    @Test func `identities that share a place in the cache don't mix`() throws {
        let authenticator = IdentityAuthenticator(audience: "a", secret: secret, clock: clock)
        // 4,000 in 1,024 places: each place is fought over.
        let heads = try (0..<4_000).map { number in
            let token = signer.user(Caller(userId: "u\(number)"), audience: "a")
            return try head("/", ["Latchkey-Identity: \(token)"])
        }
        for _ in 0..<2 {
            for (number, head) in heads.enumerated() {
                let caller = try authenticator.user(head).caller
                #expect(caller.userId == "u\(number)")
            }
        }
    }
}
