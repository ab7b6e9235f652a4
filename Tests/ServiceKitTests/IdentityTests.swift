import Contract
import HTTPCore
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct IdentityTests {
    private let clock = FakeClock()
    private let keys = ServiceKeys(SecretList(secret))
    private let caller = Caller(
        userId: "usr_1", isAdmin: true, scopes: ["entities:share", "x"], readOnly: true,
        tokenId: "tok_1")

    private var signer: IdentitySigner {
        IdentitySigner(issuer: "gateway", keys: keys, clock: clock)
    }
    private var issuer: Identity.Issuer { Identity.Issuer("gateway", .user, to: "entities", keys) }

    private func authenticator(_ audience: String = "entities") -> IdentityAuthenticator {
        IdentityAuthenticator(audience: audience, keys: keys, clock: clock)
    }

    private func claims(
        audience: String = "entities", iat: Int64 = 0, nbf: Int64 = 0, exp: Int64 = 30
    ) -> Identity.Claims {
        let now = clock.now().milliseconds / 1000
        return Identity.Claims(
            iss: "gateway", aud: audience, sub: "usr_1", iat: now &+ iat, nbf: now &+ nbf,
            exp: now &+ exp,
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
    private func signed(header: String, _ claims: Identity.Claims, _ keys: MACKeys) -> String {
        let input =
            Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(JSON.encode(claims))
        return input + "." + Base64URL.encode(keys.authenticate(Array(input.utf8)))
    }

    @Test func `a valid identity carries the whole caller`() throws {
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
        #"{"alg":"none","kid":"gateway","typ":"latchkey-user+jwt"}"#,
        #"{"alg":"RS256","kid":"gateway","typ":"latchkey-user+jwt"}"#,
        #"{"alg":"HS256","kid":"entities","typ":"latchkey-user+jwt"}"#,
        #"{"alg":"HS256","typ":"latchkey-user+jwt"}"#,
    ]) func `an identity with another JWS header is refused`(header: String) throws {
        #expect(try user(signed(header: header, claims(), issuer.keys)) == nil)
    }

    @Test func `an unsigned identity is refused`() throws {
        let token = signer.user(caller, audience: "entities")
        let unsigned = token.split(separator: ".").dropLast().joined(separator: ".") + "."
        #expect(try user(unsigned) == nil)
        #expect(try user(unsigned + String(repeating: "A", count: 43)) == nil)
        #expect(try user(String(unsigned.dropLast())) == nil)
    }

    @Test func `an identity signed with another key is refused`() throws {
        let others = ServiceKeys(
            SecretList(Array("another secret of at least 32 bytes.".utf8)))
        let other = Identity.Issuer("gateway", .user, to: "entities", others)
        #expect(try user(Identity.sign(claims(), other)) == nil)
        #expect(try user(Identity.sign(claims(), issuer)) != nil)
        // The secret itself is the key of nothing.
        let header = #"{"alg":"HS256","kid":"gateway","typ":"latchkey-user+jwt"}"#
        #expect(
            try user(signed(header: header, claims(), MACKeys([HMACSHA256(key: secret)]))) == nil)
        #expect(try user(signed(header: header, claims(), issuer.keys)) != nil)
    }

    // MARK: Who may sign what

    @Test func `only the gateway can name a user`() throws {
        for name in ServiceKeys.callers.keys where name != "gateway" {
            let signer = IdentitySigner(issuer: name, keys: keys, clock: clock)
            #expect(try user(signer.user(caller, audience: "entities")) == nil, "\(name)")
        }
    }

    @Test func `a service can only call the services that it is allowed to call`() throws {
        for (audience, callers) in ServiceKeys.callers {
            for name in ServiceKeys.callers.keys.sorted() + ["stranger", ""] {
                let signer = IdentitySigner(issuer: name, keys: keys, clock: clock)
                let token = signer.service(audience: audience)
                let head = try head("/", ["Latchkey-Identity: \(token)"])
                let fault = fault { try authenticator(audience).service(head) }
                #expect((fault == nil) == callers.contains(name), "\(name) to \(audience)")
            }
        }
    }

    @Test func `the keys of one service can't be used as or towards another`() throws {
        for holder in ServiceKeys.callers.keys.sorted() {
            let held = try #require(ServiceKeys(keys.text(for: holder)))
            for (audience, callers) in ServiceKeys.callers where audience != holder {
                for victim in callers {
                    // Every issuer that an attacker with the keys can claim.
                    let signer = IdentitySigner(issuer: victim, keys: held, clock: clock)
                    let service = try head(
                        "/", ["Latchkey-Identity: \(signer.service(audience: audience))"])
                    let authenticator = authenticator(audience)
                    let isBelieved = fault { try authenticator.service(service) } == nil
                    #expect(isBelieved == (victim == holder), "\(holder) as \(victim)")
                    let user = try head(
                        "/", ["Latchkey-Identity: \(signer.user(caller, audience: audience))"])
                    let isUser = fault { try authenticator.user(user) } == nil
                    #expect(isUser == (holder == "gateway" && victim == "gateway"))
                }
            }
        }
    }

    /// Otherwise whoever has one could say that it is another.
    @Test func `no two pairs have the same key`() {
        let names = ServiceKeys.callers.keys
        let lines = Set(names.flatMap { keys.text(for: $0).split(separator: "\n") })
        let pairs = ServiceKeys.callers.values.map(\.count).reduce(0, +)
        #expect(lines.count == pairs)
        #expect(Set(lines.map { $0.drop { $0 != ":" } }).count == pairs)
    }

    @Test func `issuer and subject must match the key`() throws {
        let entities = Identity.Issuer("organizations", .service, to: "entities", keys)
        func claims(_ issuer: String, _ subject: String) -> Identity.Claims {
            let now = clock.now().milliseconds / 1000
            return Identity.Claims(
                iss: issuer, aud: "entities", sub: subject, iat: now, nbf: now, exp: now + 30)
        }
        for (issuer, subject, isFine) in [
            ("organizations", "organizations", true), ("gateway", "organizations", false),
            ("organizations", "gateway", false), ("gateway", "gateway", false),
        ] {
            let token = Identity.sign(claims(issuer, subject), entities)
            #expect(try isService(token) == isFine, "\(issuer) \(subject)")
        }
        var user = self.claims()
        #expect(try self.user(Identity.sign(user, self.issuer)) != nil)
        user = Identity.Claims(
            iss: "entities", aud: user.aud, sub: user.sub, iat: user.iat, nbf: user.nbf,
            exp: user.exp, role: "admin", scopes: ["*"], readOnly: false, tokenId: "t")
        #expect(try self.user(Identity.sign(user, self.issuer)) == nil)
    }

    @Test func `derived keys can be written and read`() throws {
        for name in ServiceKeys.callers.keys {
            let text = keys.text(for: name)
            let read = try #require(ServiceKeys(text))
            #expect(read.missing(for: name).isEmpty && read.text(for: name) == text)
            // On one line, as an environment variable has it.
            #expect(ServiceKeys(text.replacing("\n", with: " "))?.missing(for: name) == [])
            let knowsIntegrations = ["integrations", "gateway", "invitations"].contains(name)
            #expect(text.contains("integrations") == knowsIntegrations)
        }
        let entities = try #require(ServiceKeys(keys.text(for: "entities")))
        #expect(
            entities.missing(for: "integrations").sorted() == [
                "gateway>integrations", "integrations>gateway", "integrations>invitations",
            ])
        for text in ["", "x", "a>b", "a>b:", "a>b:AAAA", "a:b", "a>b>c:x", "a>b:x:y"] {
            #expect(ServiceKeys(text) == nil, "\(text)")
        }
    }

    @Test func `a service can only report events about what it owns`() {
        for (type, owner) in [
            ("user.deleted", "gateway"), ("entity.renamed", "entities"),
            ("organization.deleted", "organizations"), ("member.removed", "organizations"),
        ] {
            let event = InternalEvent(id: "evt_1", type: type, at: clock.now(), data: "{}")
            for name in ServiceKeys.callers.keys {
                #expect(event.isOwned(by: name) == (name == owner), "\(type) \(name)")
            }
        }
    }

    @Test func `changing any character of an identity invalidates it`() throws {
        let token = Array(signer.user(caller, audience: "entities").utf8)
        for index in token.indices {
            var changed = token
            changed[index] =
                token[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(try user(String(decoding: changed, as: UTF8.self)) == nil, "at \(index)")
        }
    }

    @Test func `an identity ends half a minute after its expiry, to the second`() throws {
        let token = Identity.sign(claims(exp: 10), issuer)
        clock.advance(seconds: 39)
        #expect(try user(token) != nil)
        clock.advance(seconds: 1)
        #expect(try user(token) == nil)
    }

    @Test func `an identity that lives longer than a minute is refused`() throws {
        #expect(try user(Identity.sign(claims(exp: 60), issuer)) != nil)
        #expect(try user(Identity.sign(claims(exp: 61), issuer)) == nil)
        #expect(try user(Identity.sign(claims(iat: -30, exp: 30), issuer)) != nil)
        #expect(try user(Identity.sign(claims(iat: -31, exp: 30), issuer)) == nil)
        #expect(try user(Identity.sign(claims(exp: -29), issuer)) != nil)
        #expect(try user(Identity.sign(claims(exp: -30), issuer)) == nil)
    }

    @Test func `an identity from the future is refused beyond the clock tolerance`() throws {
        #expect(try user(Identity.sign(claims(nbf: 30), issuer)) != nil)
        #expect(try user(Identity.sign(claims(nbf: 31), issuer)) == nil)
        #expect(try user(Identity.sign(claims(iat: 30), issuer)) != nil)
        #expect(try user(Identity.sign(claims(iat: 31), issuer)) == nil)
    }

    @Test(arguments: [Int64.min, .max, .min / 4, .max / 4])
    func `absurd times are refused without overflow`(time: Int64) throws {
        #expect(try user(Identity.sign(claims(exp: time), issuer)) == nil)
        #expect(try user(Identity.sign(claims(iat: time), issuer)) == nil)
        // Not before the beginning of time is no condition.
        let isPast = clock.now().milliseconds / 1000 &+ time < 0
        #expect(try (user(Identity.sign(claims(nbf: time), issuer)) != nil) == isPast)
    }

    /// A proxy sends an identity for 20 seconds.
    @Test(arguments: [-31, -30, -10, -5, -1, 0, 1, 5, 10, 30, 31] as [Int64], [0, 19] as [Int64])
    func `hosts whose clocks differ by half a minute accept each other's identities`(
        ahead: Int64, age: Int64
    ) throws {
        let sender = FakeClock()
        sender.advance(seconds: ahead)
        let signer = IdentitySigner(issuer: "gateway", secret: secret, clock: sender)
        let (user, service) = (
            signer.user(caller, audience: "entities"), signer.service(audience: "entities")
        )
        clock.advance(seconds: age)
        // The younger ones of a host that is further ahead than may be; nobody waits so long.
        let isFine = ahead - age <= 30
        #expect(try (self.user(user) != nil) == isFine)
        #expect(try isService(service) == isFine)
    }

    @Test func `an identity is refused a minute after its creation, even if it is cached`()
        throws
    {
        let authenticator = authenticator()
        let (user, service) = (
            try head("/", ["Latchkey-Identity: \(signer.user(caller, audience: "entities"))"]),
            try head("/", ["Latchkey-Identity: \(signer.service(audience: "entities"))"])
        )
        for seconds in [0, 59] as [Int64] {
            clock.advance(seconds: seconds)
            #expect(fault { try authenticator.user(user) } == nil)
            #expect(fault { try authenticator.service(service) } == nil)
        }
        clock.advance(seconds: 1)
        #expect(fault { try authenticator.user(user) }?.kind == .unauthenticated)
        #expect(fault { try authenticator.service(service) }?.kind == .unauthenticated)
    }

    @Test(arguments: [3_600, 86_400, 400_000_000] as [Int64])
    func `identities of a clock that ran ahead are refused after it is set back`(
        seconds: Int64
    ) throws {
        let authenticator = authenticator()
        clock.advance(seconds: seconds)
        let signer = signer
        let tokens = [
            signer.user(caller, audience: "entities"), signer.service(audience: "entities"),
        ]
        let user = try head("/", ["Latchkey-Identity: \(tokens[0])"])
        let service = try head("/", ["Latchkey-Identity: \(tokens[1])"])
        #expect(fault { try authenticator.user(user) } == nil)
        #expect(fault { try authenticator.service(service) } == nil)
        clock.advance(seconds: -seconds)
        #expect(fault { try authenticator.user(user) }?.kind == .unauthenticated)
        #expect(fault { try authenticator.service(service) }?.kind == .unauthenticated)
        #expect(try isService(signer.service(audience: "entities")))
    }

    @Test func `an identity for another service is refused`() throws {
        for audience in ["organizations", "Entities", "entities ", ""] {
            #expect(try user(signer.user(caller, audience: audience)) == nil)
        }
    }

    @Test func `users and services can't impersonate each other`() throws {
        let service = signer.service(audience: "entities")
        #expect(try isService(service))
        #expect(try user(service) == nil)
        #expect(try !isService(signer.user(caller, audience: "entities")))
        #expect(try !isService(signer.service(audience: "gateway")))
    }

    @Test func `two identities in one request are refused`() throws {
        let token = signer.user(caller, audience: "entities")
        #expect(try user(token, token) == nil)
        #expect(try user(token, "x") == nil)
        #expect(try user("x", token) == nil)
    }

    @Test func `claims without scopes or with invalid JSON are refused`() throws {
        var bare = claims()
        bare.scopes = nil
        #expect(try user(Identity.sign(bare, issuer)) == nil)
        bare = claims()
        bare.readOnly = nil
        #expect(try user(Identity.sign(bare, issuer)) == nil)
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

    @Test func `a cached identity is the same session until it expires`() throws {
        let authenticator = IdentityAuthenticator(audience: "a", secret: secret, clock: clock)
        let token = signer.user(Caller(userId: "u"), audience: "a")
        let head = try head("/", ["Latchkey-Identity: \(token)"])
        let first = try authenticator.user(head)
        clock.advance(seconds: 59)
        #expect(try authenticator.user(head) === first)
        clock.advance(seconds: 1)
        #expect(fault { try authenticator.user(head) }?.kind == .unauthenticated)
    }

    @Test func `identities that share a cache slot don't mix`() throws {
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
