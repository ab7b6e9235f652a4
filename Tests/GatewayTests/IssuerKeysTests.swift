import EventLoop
import JOSE
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The keys of identity providers: how they come, change and go.
@Suite struct IssuerKeysTests {
    @Test func `a new key is accepted at once, and a removed one no longer`() async throws {
        let ticks = FakeTicks()
        try await withIssuer(ticks: ticks) { world, issuer in
            try await world.user(external: "ada")
            let now = world.clock.now()
            let old = issuer.token("ada", at: now)
            let new = issuer.token("ada", at: now, by: .rsa, kid: "new")
            #expect(try await world.me(old).status == 200)
            issuer.set(keys: [TestSigner.p256.jwk(FakeIssuer.keyId), TestSigner.rsa.jwk("new")])
            #expect(try await world.me(new).status == 200)
            #expect(try await world.me(old).status == 200)
            issuer.set(keys: [TestSigner.rsa.jwk("new")])
            ticks.advance(milliseconds: IssuerKeys.refreshInterval)
            // The loops' own caches are a second old at most.
            #expect(
                try await eventually {
                    world.clock.advance(seconds: 2)
                    return try await world.me(old).status == 401
                })
            #expect(try await world.me(new).status == 200)
        }
    }

    @Test func `tokens with 10,000 unknown keys cost one fetch a minute`() async throws {
        let ticks = FakeTicks()
        let issuer = try await FakeIssuer()
        try await ending(with: issuer.stop) {
            let group = EventLoopGroup(count: 1)
            defer { group.stop() }
            let verifier = try self.verifier(issuer, group, ticks)
            let now = FakeClock().now()
            func flood(_ round: Int) async {
                await withTaskGroup(of: Void.self) { tasks in
                    for number in 0..<10_000 {
                        let text = TestSigner.p256.token(
                            #"{"iss":"\#(issuer.name)"}"#,
                            header: #"{"alg":"ES256","kid":"\#(round)-\#(number)"}"#)
                        let token = Array(text.utf8)
                        tasks.addTask {
                            let fault = await caught(Fault.self) {
                                try await verifier.verify(
                                    token, token.withUnsafeBytes { SHA256.hash($0) }, at: now)
                            }
                            #expect(fault?.kind == .unauthenticated)
                        }
                    }
                }
            }
            await flood(0)
            #expect(issuer.fetches == 1)
            ticks.advance(milliseconds: IssuerKeys.unknownKeyInterval - 1)
            await flood(1)
            #expect(issuer.fetches == 1)
            ticks.advance(milliseconds: 1)
            await flood(2)
            #expect(issuer.fetches == 2)
        }
    }

    private func verifier(
        _ issuer: FakeIssuer, _ group: EventLoopGroup, _ ticks: FakeTicks
    ) throws -> JWTVerifier {
        let client = try ProviderClient(on: group)
        let setting = try JWTIssuer("\(issuer.name);audience=api"[...])
        return JWTVerifier(
            [setting], LogBook().logger(service: "gateway", clock: FakeClock()),
            time: IssuerKeys.Time(ticks)
        ) { IssuerKeys.fetching($0.name, $0.keys, by: client) }
    }

    @Test func `while an issuer is away its keys are kept for a day`() async throws {
        let ticks = FakeTicks()
        try await withIssuer(ticks: ticks) { world, issuer in
            try await world.user(external: "ada")
            let kept = issuer.token("ada", at: world.clock.now())
            #expect(try await world.me(kept).status == 200)
            issuer.set(.failing(500))
            ticks.advance(milliseconds: IssuerKeys.longestKept)
            #expect(
                try await eventually {
                    try await world.sample(
                        "latchkey_jwks_failures_total{issuer=\"\(issuer.name)\"}") ?? 0 > 0
                })
            let another = issuer.token("ada", at: world.clock.now(), ["jti": "\"2\""])
            #expect(try await world.me(another).status == 200)
            ticks.advance(milliseconds: 1)
            for token in [kept, another] {
                world.clock.advance(seconds: 2)
                let answer = try await world.me(token)
                #expect(answer.status == 503, "\(answer.text)")
                #expect(answer.code == "upstream_unavailable")
                #expect(answer.field("retry-after") == "1")
            }
            // Our own tokens don't need it.
            #expect(try await world.me(adminToken).status == 200)
            issuer.set(.well)
            ticks.advance(milliseconds: IssuerKeys.longestPause)
            #expect(try await eventually { try await world.me(kept).status == 200 })
        }
    }

    @Test(arguments: [
        FakeIssuer.Mood.failing(500), .failing(302), .wrong("<html>"), .wrong("{\"keys\":[]}"),
        .wrong("[" + String(repeating: "0,", count: 150_000) + "0]"),
    ]) func `an issuer that answers garbage stops nobody, and is tried again`(
        mood: FakeIssuer.Mood
    ) async throws {
        let ticks = FakeTicks()
        try await withIssuer(mood: mood, ticks: ticks) { world, issuer in
            try await world.user(external: "ada")
            let token = issuer.token("ada", at: world.clock.now())
            let answer = try await world.me(token)
            #expect(answer.status == 503 && answer.code == "upstream_unavailable")
            #expect(world.log.text.contains("can't fetch the keys of an identity provider"))
            issuer.set(.well)
            ticks.advance(milliseconds: IssuerKeys.unknownKeyInterval)
            #expect(try await eventually { try await world.me(token).status == 200 })
        }
    }

    @Test func `an issuer that never answers holds a request for some seconds alone`()
        async throws
    {
        try await withIssuer(mood: .silent) { world, issuer in
            try await world.user(external: "ada")
            let token = issuer.token("ada", at: world.clock.now())
            let answer = try await world.api.call("GET", "/api/me", token: token)
            #expect(answer.status == 503, "\(answer.text)")
            #expect(try await world.me(adminToken).status == 200)
        }
    }

    @Test(arguments: [
        #"{"issuer":"https://other.example","jwks_uri":"JWKS"}"#, #"{"jwks_uri":"JWKS"}"#,
        #"{"issuer":"ISSUER","jwks_uri":"http://keys.example/jwks"}"#, #"{"issuer":"ISSUER"}"#,
    ]) func `a description that is another's, or leads out of TLS, is not believed`(
        description: String
    ) async throws {
        let ticks = FakeTicks()
        try await withIssuer(mood: .failing(500), ticks: ticks) { world, issuer in
            try await world.user(external: "ada")
            let text = description.replacing("ISSUER", with: issuer.name)
                .replacing("JWKS", with: issuer.name + "/jwks")
            issuer.set(description: text)
            issuer.set(.well)
            ticks.advance(milliseconds: IssuerKeys.longestPause)
            #expect(
                await eventually {
                    issuer.asked.contains { $0.hasSuffix("openid-configuration") }
                })
            let answer = try await world.me(issuer.token("ada", at: world.clock.now()))
            #expect(answer.status == 503)
            #expect(issuer.fetches == 0)
        }
    }

    @Test func `an issuer can be described where OAuth has it, or its keys be named`()
        async throws
    {
        #expect(
            ProviderURL.descriptions(of: "https://idp.example/a/b/").map(\.text) == [
                "https://idp.example/a/b/.well-known/openid-configuration",
                "https://idp.example/.well-known/oauth-authorization-server/a/b",
            ])
        #expect(
            ProviderURL.descriptions(of: "https://idp.example/").map(\.text) == [
                "https://idp.example/.well-known/openid-configuration",
                "https://idp.example/.well-known/oauth-authorization-server",
            ])
        let issuer = try await FakeIssuer()
        try await ending(with: issuer.stop) {
            let keys = "\(issuer.name);audience=api;jwks=\(issuer.name)/jwks"
            try await withGateway(extra: ["LATCHKEY_JWT_ISSUERS": keys]) { world in
                try await world.user(external: "ada")
                let token = issuer.token("ada", at: world.clock.now())
                #expect(try await world.me(token).status == 200)
                #expect(issuer.asked.allSatisfy { $0 == "/realm/jwks" })
            }
        }
    }

    // MARK: Settings

    @Test func `issuers are read with their options`() throws {
        let (settings, mistakes) = readSettings([
            "LATCHKEY_JWT_ISSUERS": """
            https://a.example/;audience=https://api.example
            http://localhost:8080/realms/x;audience=b;external=oid;\
            scopes=team:write,org:write;provision=true
            """
        ])
        #expect(mistakes.isEmpty, "\(mistakes)")
        let issuers = settings.jwtIssuers
        #expect(issuers.map(\.name) == ["https://a.example/", "http://localhost:8080/realms/x"])
        #expect(issuers.map(\.audience) == ["https://api.example", "b"])
        #expect(issuers.map(\.externalClaim) == ["sub", "oid"])
        #expect(issuers.map(\.scopes) == [[], ["team:write", "org:write"]])
        #expect(issuers.map(\.provisions) == [false, true])
        #expect(readSettings([:]).0.jwtIssuers.isEmpty)
    }

    @Test(arguments: [
        ("https://a.example", "must have audience=…"),
        ("https://a.example;audience=", "must have options"),
        ("https://a.example;aud=x", "must have options"),
        ("https://a.example;audience=x;audience=y", "twice"),
        ("http://a.example;audience=x", "https URL"), ("a.example;audience=x", "https URL"),
        ("https://a.example?x;audience=x", "https URL"),
        ("https://u@a.example;audience=x", "https URL"),
        ("https://a.example#x;audience=x", "https URL"),
        ("https://a.example;audience=x;jwks=http://b.example", "https URL as jwks"),
        ("https://a.example;audience=x;scopes=all", "unknown scope"),
        ("https://a.example;audience=x;provision=yes", "true or false"),
        ("https://a.example;audience=x https://a.example;audience=y", "twice"),
    ]) func `a setting that would accept too much, or nothing, stops the start`(
        value: String, rule: String
    ) {
        let mistakes = readSettings(["LATCHKEY_JWT_ISSUERS": value]).1
        #expect(mistakes.count == 1, "\(mistakes)")
        #expect(mistakes.first?.hasPrefix("LATCHKEY_JWT_ISSUERS ") == true)
        #expect(mistakes.first?.contains(rule) == true, "\(mistakes)")
    }
}
