import Contract
import GatewayContract
import JOSE
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Tokens that the platform's identity provider has signed.
@Suite struct JWTTests {
    @Test(arguments: [false, true]) func `a token is its user's, with its scopes`(
        throughEdge: Bool
    ) async throws {
        try await withIssuer(";scopes=team:write,org:write", throughEdge: throughEdge) {
            world, issuer in
            let ada = try await world.user(external: "ada")
            let now = world.clock.now()
            let answers: [([String: String?], Set<String>)] = [
                ([:], ["team:write", "org:write"]),
                // None of them is ours.
                (["scope": "\"openid profile\""], ["team:write", "org:write"]),
                (["scope": "\"openid entities:share\""], ["entities:share"]),
                (["scp": #"["entities:write","admin"]"#], ["entities:write"]),
            ]
            for (change, scopes) in answers {
                for _ in 0..<4 {
                    let me = try await world.me(issuer.token("ada", at: now, change))
                    #expect(me.status == 200, "\(me.text)")
                    #expect(me["id"] == ada && me["tokenId"]?.hasPrefix("jwt_") == true)
                    let given = me.json?["scopes"]?.items.compactMap(\.string) ?? []
                    #expect(Set(given) == scopes)
                }
            }
            #expect(
                try await world.sample("latchkey_jwt_verified_total{issuer=\"\(issuer.name)\"}")
                    ?? 0 >= 4)
        }
    }

    @Test func `RSA keys and types of access tokens are accepted`() async throws {
        try await withIssuer { world, issuer in
            try await world.user(external: "ada")
            issuer.set(keys: [TestSigner.p256.jwk("e"), TestSigner.rsa.jwk("r", ["use": "sig"])])
            for type in [nil, "JWT", "at+jwt", "application/at+jwt", "AT+JWT"] {
                let token = issuer.token(
                    "ada", at: world.clock.now(), by: .rsa, kid: "r", type: type)
                #expect(try await world.me(token).status == 200)
            }
        }
    }

    @Test func `every token that breaks a rule is refused, and counted`() async throws {
        try await withIssuer { world, issuer in
            try await world.user(external: "ada")
            let now = world.clock.now()
            let seconds = now.milliseconds / 1_000
            let good = issuer.token("ada", at: now)
            func claims(_ change: [String: String?]) -> String {
                issuer.token("ada", at: now, change)
            }
            let signed = issuer.claims("ada", at: now)
            func header(_ text: String) -> String { TestSigner.p256.token(signed, header: text) }
            let parts = good.split(separator: ".").map(String.init)
            let others = claims(["jti": "\"other\""]).split(separator: ".").map(String.init)
            let cut = "\(parts[0]).\(parts[1]).AA.BB"
            let forged = "\(parts[0]).\(parts[1]).\(others[2])"
            let bad: [(JWTRefusal, String)] = [
                (.malformed, cut), (.malformed, good + "="),
                (.malformed, String(repeating: "a", count: 100)),
                (.algorithm, header(#"{"alg":"none","kid":"2026-11"}"#)),
                (.algorithm, header(#"{"alg":"HS256","kid":"2026-11"}"#)),
                (.critical, header(#"{"alg":"ES256","kid":"2026-11","crit":["b64"]}"#)),
                (.type, issuer.token("ada", at: now, type: "logout+jwt")),
                (.type, issuer.token("ada", at: now, type: "dpop+jwt")),
                (.issuer, claims(["iss": "\"\(issuer.name)/\""])), (.issuer, claims(["iss": nil])),
                (.unknownKey, issuer.token("ada", at: now, kid: "other")),
                (.unusableKey, issuer.token("ada", at: now, by: .rsa)),
                (.signature, forged),
                (.audience, claims(["aud": "\"other\""])), (.audience, claims(["aud": nil])),
                (.expired, claims(["exp": "\(seconds - 60)"])),
                (.early, claims(["nbf": "\(seconds + 61)"])),
                (.early, claims(["iat": "\(seconds + 61)"])),
                (.claims, claims(["exp": nil])), (.claims, claims(["sub": nil])),
                (.claims, claims(["sub": "7"])), (.claims, claims(["sub": "\"usr_1\""])),
                (.bound, claims(["cnf": #"{"jkt":"a"}"#])),
            ]
            for (refusal, token) in bad {
                let reason = "latchkey_jwt_refused_total{reason=\"\(refusal.rawValue)\"}"
                let before = try await world.sample(reason) ?? -1
                let answer = try await world.me(token)
                #expect(answer.status == 401 && answer.code == "invalid_token", "\(refusal)")
                #expect(answer["detail"] == refusal.sentence, "\(answer.text)")
                #expect(answer.field("www-authenticate") == #"Bearer error="invalid_token""#)
                #expect(try await world.sample(reason) ?? 0 > before, "\(refusal)")
            }
            #expect(Set(bad.map(\.0)) == Set(JWTRefusal.allCases))
            #expect(try await world.me(good).status == 200)
        }
    }

    @Test func `what one issuer has signed is not taken for another's`() async throws {
        let other = try await FakeIssuer()
        other.set(keys: [TestSigner.rsa.jwk("theirs")])
        try await ending(with: other.stop) {
            try await withIssuer(" \(other.name);audience=theirs") { world, issuer in
                try await world.user(external: "ada")
                let now = world.clock.now()
                func token(
                    _ name: FakeIssuer, for audience: String, signedBy signer: FakeIssuer
                ) -> String {
                    let change = ["aud": "\"\(audience)\""]
                    return signer === other
                        ? name.token("ada", at: now, change, by: .rsa, kid: "theirs")
                        : name.token("ada", at: now, change)
                }
                for _ in 0..<2 {
                    let own = token(issuer, for: "api", signedBy: issuer)
                    #expect(try await world.me(own).status == 200)
                    let theirs = token(other, for: "theirs", signedBy: other)
                    #expect(try await world.me(theirs).status == 200)
                    // Another's key, another's audience, each way.
                    for mixed in [
                        token(issuer, for: "api", signedBy: other),
                        token(other, for: "theirs", signedBy: issuer),
                        token(issuer, for: "theirs", signedBy: issuer),
                        token(other, for: "api", signedBy: other),
                    ] {
                        let answer = try await world.me(mixed)
                        #expect(answer.status == 401 && answer.code == "invalid_token")
                    }
                }
            }
        }
    }

    @Test func `a token ends when it expires, a minute later at most`() async throws {
        try await withIssuer { world, issuer in
            try await world.user(external: "ada")
            let token = issuer.token("ada", at: world.clock.now())
            for seconds in [0, 299, 60] {
                world.clock.advance(seconds: Int64(seconds))
                #expect(try await world.me(token).status == 200)
            }
            world.clock.advance(seconds: 1)
            #expect(try await world.me(token)["detail"] == JWTRefusal.expired.sentence)
        }
    }

    @Test func `without an issuer a JWT is an unknown token`() async throws {
        try await withGateway { world in
            let answer = try await world.me(TestSigner.rsa.token("{}"))
            #expect(answer.status == 401 && answer.code == "invalid_token")
            let metadata = try await world.api.call("GET", OAuthRoutes.metadataPath)
            #expect(metadata.status == 404)
        }
    }

    // MARK: Users

    @Test(arguments: [false, true]) func `suspending the user ends a token at once`(
        throughEdge: Bool
    ) async throws {
        try await withIssuer(throughEdge: throughEdge, loops: 4) { world, issuer in
            let ada = try await world.user(external: "ada")
            let token = issuer.token("ada", at: world.clock.now())
            for isSuspended in [false, true, false] {
                let changed = try await world.api.call(
                    "PATCH", "/api/users/\(ada)", token: adminToken,
                    body: #"{"suspended":\#(isSuspended)}"#)
                #expect(changed.status == 200)
                for _ in 0..<12 {
                    let answer = try await world.me(token)
                    #expect(answer.status == (isSuspended ? 401 : 200))
                    #expect(answer.code == (isSuspended ? "user_suspended" : nil))
                }
            }
        }
    }

    @Test(arguments: [false, true]) func `a token follows the external id, and ends with its user`(
        throughEdge: Bool
    ) async throws {
        try await withIssuer(throughEdge: throughEdge) { world, issuer in
            let ada = try await world.user(external: "ada")
            let grace = try await world.user(external: "grace")
            let token = issuer.token("ada", at: world.clock.now())
            #expect(try await world.me(token)["id"] == ada)
            func patch(_ id: String, _ externalId: String) async throws {
                let changed = try await world.api.call(
                    "PATCH", "/api/users/\(id)", token: adminToken,
                    body: "{\"externalId\":\(externalId)}")
                #expect(changed.status == 200)
            }
            try await patch(ada, "null")
            let unknown = try await world.me(token)
            #expect(unknown.status == 401 && unknown["detail"] == UserRefusal.unknown.sentence)
            try await patch(grace, "\"ada\"")
            #expect(try await world.me(token)["id"] == grace)
            let deleted = try await world.api.call(
                "DELETE", "/api/users/\(grace)", token: adminToken)
            #expect(deleted.status == 204)
            #expect(try await world.me(token).status == 401)
        }
    }

    @Test func `what a token does is in the audit under its own id`() async throws {
        try await withIssuer(";scopes=tokens:write") { world, issuer in
            let ada = try await world.user(external: "ada")
            let token = issuer.token("ada", at: world.clock.now())
            let made = try await world.api.call(
                "POST", "/api/tokens", token: token, body: #"{"name":"n","scopes":[]}"#)
            #expect(made.status == 201, "\(made.text)")
            let entry = try world.service.database.read { db in
                try db.rows("SELECT actor_id, token_id FROM audit ORDER BY id DESC LIMIT 1") {
                    [$0.text(0), $0.text(1)]
                }
            }
            #expect(entry == [[ada, try #require(try await world.me(token)["tokenId"])]])
            let end = try await world.api.call(
                "DELETE", "/api/auth/sessions/current", token: token)
            #expect(end.code == "not_a_session")
        }
    }

    @Test(arguments: [false, true]) func `an admin's token can act for a user`(
        throughEdge: Bool
    ) async throws {
        try await withIssuer(";scopes=users:act_as", throughEdge: throughEdge) { world, issuer in
            try await world.user(external: "root-2", role: "admin")
            let ada = try await world.user(external: "ada")
            let now = world.clock.now()
            let acting = try await world.api.call(
                "GET", "/api/me", token: issuer.token("root-2", at: now),
                fields: ["Latchkey-User: ext:ada"])
            #expect(acting["id"] == ada, "\(acting.text)")
            let refused = try await world.api.call(
                "GET", "/api/me", token: issuer.token("ada", at: now),
                fields: ["Latchkey-User: ext:root-2"])
            #expect(refused.code == "insufficient_scope")
        }
    }

    @Test func `a user has one limit, however many tokens they get`() async throws {
        let ticks = FakeTicks()
        let issuer = try await FakeIssuer()
        try await ending(with: issuer.stop) {
            let extra = [
                "LATCHKEY_JWT_ISSUERS": "\(issuer.name);audience=api", "LATCHKEY_RATE_LIMIT": "2",
            ]
            try await withGateway(extra: extra, ticks: ticks) { world in
                try await world.user(external: "ada")
                ticks.advance(milliseconds: 10_000)
                var statuses: [Int] = []
                for number in 0..<5 {
                    let token = issuer.token(
                        "ada", at: world.clock.now(), ["jti": "\"\(number)\""])
                    statuses.append(try await world.me(token).status)
                }
                #expect(statuses == [200, 200, 200, 200, 429])
            }
        }
    }

    // MARK: Users who are new

    private static let profile: [String: String?] = [
        "email": #""Ada@Example.com""#, "email_verified": "true",
        "preferred_username": #""ada.l""#, "name": #""Ada Lovelace""#,
    ]

    @Test(arguments: [false, true]) func `an unknown user is created once`(
        throughEdge: Bool
    ) async throws {
        try await withIssuer(";provision=true", throughEdge: throughEdge) { world, issuer in
            let now = world.clock.now()
            let ids = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for number in 0..<12 {
                    let change = Self.profile.merging(["jti": "\"\(number)\""]) { $1 }
                    let token = issuer.token("ada", at: now, change)
                    group.addTask { try await world.me(token) }
                }
                return try await group.reduce(into: [RawResponse]()) { $0.append($1) }
            }
            #expect(ids.allSatisfy { $0.status == 200 }, "\(ids.map(\.text))")
            let me = ids[0]
            #expect(Set(ids.map { $0["id"] }).count == 1)
            #expect(me["email"] == "ada@example.com" && me["username"] == "ada.l")
            #expect(me["displayName"] == "Ada Lovelace" && me["externalId"] == "ada")
            #expect(me["role"] == "member")
            #expect(try world.actions().filter { $0 == "user.created" }.count == 2)
            let change = try world.service.database.read { db in
                try db.rows(
                    "SELECT actor_id, token_id, request_id FROM audit WHERE subject_id = ?1",
                    .text(me["id"] ?? "")
                ) { [$0.text(0), $0.text(1), $0.text(2)] }
            }
            #expect(change.count == 1 && change[0][0] == me["id"])
            #expect(change[0][1].hasPrefix("jwt_") && !change[0][2].isEmpty)
        }
    }

    @Test(arguments: [false, true]) func `only a verified address of nobody else creates a user`(
        throughEdge: Bool
    ) async throws {
        try await withIssuer(";provision=true", throughEdge: throughEdge) { world, issuer in
            let before = try world.rows()
            let bad: [([String: String?], String, String)] = [
                (["email": nil], "invalid_token", UserRefusal.unverifiedEmail.sentence),
                (["email_verified": nil], "invalid_token", UserRefusal.unverifiedEmail.sentence),
                (
                    ["email_verified": "false"], "invalid_token",
                    UserRefusal.unverifiedEmail.sentence
                ),
                (
                    ["email_verified": "\"true\""], "invalid_token",
                    UserRefusal.unverifiedEmail.sentence
                ),
                (["email": "\"root@example.com\""], "email_taken", UserRefusal.emailTaken.sentence),
                (["email": "\"ROOT@example.com\""], "email_taken", UserRefusal.emailTaken.sentence),
            ]
            for (change, code, sentence) in bad {
                let token = issuer.token(
                    "ada", at: world.clock.now(), Self.profile.merging(change) { $1 })
                let answer = try await world.me(token)
                #expect(answer.status == 401 && answer.code == code, "\(answer.text)")
                #expect(answer["detail"] == sentence)
            }
            #expect(try world.rows() == before)
        }
    }

    @Test func `names that are none of ours, or taken, are replaced`() async throws {
        try await withIssuer(";provision=true") { world, issuer in
            let now = world.clock.now()
            let strange: [String: String?] = [
                "preferred_username": "\"ROOT@corp.example\"", "name": "\"\\u0000\"",
            ]
            let token = issuer.token("a", at: now, Self.profile.merging(strange) { $1 })
            let me = try await world.me(token)
            #expect(me.status == 200 && me["username"] != "root", "\(me.text)")
            #expect(me["username"]?.hasPrefix("root") == true)
        }
    }

    @Test func `without provision an unknown user is refused, and nothing is written`()
        async throws
    {
        try await withIssuer { world, issuer in
            let before = try world.rows()
            let answer = try await world.me(
                issuer.token("ada", at: world.clock.now(), Self.profile))
            #expect(answer.status == 401 && answer["detail"] == UserRefusal.unknown.sentence)
            #expect(try world.rows() == before)
        }
    }
}
