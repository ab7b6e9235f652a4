import Contract
import GatewayContract
import Kernel
import TestSupport
import Testing

@testable import Gateway

/// Metadata of the protected resource, introspection and revocation.
@Suite struct OAuthTests {
    private func post(
        _ world: GatewayWorld, _ path: String, _ form: String, token: String? = nil,
        type: String = "application/x-www-form-urlencoded"
    ) async throws -> RawResponse {
        try await world.api.call(
            "POST", path, token: token, body: form, fields: ["Content-Type: \(type)"])
    }

    private func introspect(
        _ world: GatewayWorld, _ token: String, by caller: String = adminToken
    ) async throws -> RawResponse {
        try await post(world, "/oauth2/introspect", "token=\(token)", token: caller)
    }

    // MARK: The protected resource

    @Test(arguments: [false, true]) func `a 401 leads to who issues tokens`(
        throughEdge: Bool
    ) async throws {
        let extra = ["LATCHKEY_PUBLIC_URL": "https://api.example.com/access"]
        try await withIssuer(throughEdge: throughEdge, extra: extra) { world, issuer in
            let address =
                "https://api.example.com/access/.well-known/oauth-protected-resource"
            let challenge = "Bearer resource_metadata=\"\(address)\""
            let anonymous = try await world.api.call("GET", "/api/me")
            #expect(anonymous.field("www-authenticate") == challenge)
            let invalid = try await world.me("nonsense")
            #expect(
                invalid.field("www-authenticate") == challenge + ", error=\"invalid_token\"")
            let forwarded = try await world.api.call("GET", "/api/entities")
            #expect(forwarded.field("www-authenticate") == challenge)
            for path in ["", "/access"] {
                let found = try await world.api.call("GET", OAuthRoutes.metadataPath + path)
                #expect(found.status == 200, "\(found.text)")
                #expect(found["resource"] == "https://api.example.com/access")
                #expect(
                    found.json?["authorization_servers"]?.items.map(\.string) == [issuer.name])
                let scopes = found.json?["scopes_supported"]?.items.compactMap(\.string) ?? []
                #expect(scopes.contains("entities:share") && !scopes.contains("*"))
                #expect(
                    found.json?["bearer_methods_supported"]?.items.map(\.string) == ["header"])
            }
            let other = try await world.api.call("GET", OAuthRoutes.metadataPath + "/other")
            #expect(other.status == 404 && other["error"] == "invalid_request")
        }
    }

    @Test func `without a public URL there is no metadata, and no challenge with it`()
        async throws
    {
        try await withIssuer { world, _ in
            #expect(
                try await world.api.call("GET", "/api/me").field("www-authenticate") == "Bearer")
            let missing = try await world.api.call("GET", OAuthRoutes.metadataPath)
            #expect(missing.status == 404 && missing["error"] != nil)
        }
    }

    // MARK: Introspection

    @Test func `what a token can do is what introspection says`() async throws {
        let extra = ["LATCHKEY_PUBLIC_URL": "https://api.example.com"]
        try await withIssuer(";scopes=team:write", extra: extra) { world, issuer in
            let ada = try await world.user(external: "ada")
            let now = world.clock.now()
            let key = try await world.token(
                of: ada, scopes: ["entities:share", "org:write"], readOnly: true,
                expiresAt: "2030-01-01T00:00:00Z")
            let found = try await introspect(world, key.token)
            #expect(found.status == 200 && found.json?["active"] == .bool(true), "\(found.text)")
            #expect(found["scope"] == "entities:share org:write")
            #expect(found["sub"] == ada && found["username"] == "ada")
            #expect(found["external_id"] == "ada" && found["token_type"] == "Bearer")
            #expect(found.json?["read_only"] == .bool(true))
            #expect(found.json?["is_admin"] == .bool(false))
            #expect(found["jti"] == key.tokenId && found["iss"] == "https://api.example.com")
            #expect(found.json?["exp"]?.int == 1_893_456_000)
            #expect(found.field("cache-control") == "no-store")

            let jwt = try await introspect(world, issuer.token("ada", at: now))
            #expect(jwt["sub"] == ada && jwt["scope"] == "team:write", "\(jwt.text)")
            #expect(jwt["iss"] == issuer.name && jwt["jti"]?.hasPrefix("jwt_") == true)

            // A member's `*` never has the scopes of admins.
            let all = try await introspect(world, world.token(of: ada).token)
            let scopes = all["scope"]?.split(separator: " ") ?? []
            #expect(scopes.contains("entities:write") && !scopes.contains("access:check"))
            #expect(!scopes.contains("*") && all.json?["exp"] == nil)
            let admin = try await introspect(world, adminToken)
            #expect(admin["scope"]?.contains("access:check") == true)
            #expect(admin.json?["is_admin"] == .bool(true))
        }
    }

    @Test func `a token that is not valid is inactive, and nothing more`() async throws {
        try await withIssuer { world, issuer in
            let ada = try await world.user(external: "ada")
            let now = world.clock.now()
            let expiring = try await world.token(of: ada, expiresAt: now.adding(seconds: 5).rfc3339)
            let revoked = try await world.token(of: ada)
            let suspended = try await world.user("grace")
            world.clock.advance(seconds: 6)
            for path in [
                "/api/users/\(ada)/tokens/\(revoked.tokenId)"
            ] {
                let answer = try await world.api.call("DELETE", path, token: adminToken)
                #expect(answer.status == 204)
            }
            _ = try await world.api.call(
                "PATCH", "/api/users/\(suspended.id)", token: adminToken,
                body: #"{"suspended":true}"#)
            let bad = [
                "x", "sk_live_", expiring.token, revoked.token, suspended.token,
                issuer.token("nobody", at: now), issuer.token("ada", at: now, ["aud": "\"b\""]),
                issuer.token("ada", at: now.adding(seconds: -3_600)),
            ]
            for token in bad {
                let answer = try await introspect(world, token)
                #expect(answer.status == 200 && answer.text == #"{"active":false}"#, "\(token)")
            }
        }
    }

    @Test func `only platform admins with access:check can introspect`() async throws {
        try await withGateway(extra: ["LATCHKEY_RATE_LIMIT_ADDRESS": "0"]) { world in
            let member = try await world.user("ann")
            let admin = try await world.user("root-2", role: "admin", scopes: ["org:write"])
            let reader = try await world.token(
                of: admin.id, scopes: ["access:check"], readOnly: true)
            let form = "token=\(member.token)"
            let path = "/oauth2/introspect"
            let anonymous = try await post(world, path, form)
            #expect(anonymous.status == 401 && anonymous["error"] == "invalid_token")
            #expect(anonymous.field("www-authenticate") == "Bearer")
            for token in [member.token, admin.token] {
                let refused = try await post(world, path, form, token: token)
                #expect(refused.status == 403 && refused["error"] == "insufficient_scope")
                let challenge = refused.field("www-authenticate") ?? ""
                #expect(challenge.contains(#"scope="access:check""#))
            }
            #expect(try await post(world, path, form, token: reader.token).status == 200)
            #expect(try await post(world, path, form, token: adminToken).status == 200)
        }
    }

    @Test(arguments: ["/oauth2/introspect", "/oauth2/revoke"])
    func `malformed requests are refused as OAuth has it`(path: String) async throws {
        try await withGateway { world in
            for form in ["", "token=", "tokens=a", "token=a&token=b", "token=%FF", "token=%"] {
                let answer = try await post(world, path, form, token: adminToken)
                #expect(answer.status == 400 && answer["error"] == "invalid_request", "\(form)")
                #expect(answer["error_description"]?.isEmpty == false)
            }
            let json = try await post(
                world, path, "{}", token: adminToken, type: "application/json")
            #expect(json.status == 400 && json["error"] == "invalid_request")
            let method = try await world.api.call("GET", path, token: adminToken)
            #expect(method.status == 405)
        }
    }

    // MARK: Revocation

    @Test(arguments: [false, true]) func `whoever has a token can revoke it`(
        throughEdge: Bool
    ) async throws {
        try await withGateway(loops: 4, throughEdge: throughEdge) { world in
            let ann = try await world.user("ann")
            let code = try await world.newCode("ann@example.com")
            let session = try #require(try await world.signIn("ann@example.com", code)["token"])
            for token in [ann.token, session] {
                for _ in 0..<8 { #expect(try await world.me(token).status == 200) }
                for _ in 0..<2 {
                    let form = "token=\(token)&token_type_hint=access_token"
                    let answer = try await post(world, "/oauth2/revoke", form)
                    #expect(answer.status == 200 && answer.body.isEmpty)
                    for _ in 0..<8 { #expect(try await world.me(token).status == 401) }
                }
            }
            #expect(try world.actions().suffix(2) == ["token.revoked", "session.ended"])
        }
    }

    @Test func `an unknown token is as good as revoked, and a JWT can't be`() async throws {
        try await withGateway { world in
            let unknown = APIToken.make(prefix: APIToken.keyPrefix, random: SeededRandom(seed: 9))
            let before = try world.rows()
            for token in [unknown, "x"] {
                let answer = try await post(world, "/oauth2/revoke", "token=\(token)")
                #expect(answer.status == 200)
            }
            let jwt = TestSigner.rsa.token("{}")
            let refused = try await post(world, "/oauth2/revoke", "token=\(jwt)")
            #expect(refused.status == 400 && refused["error"] == "unsupported_token_type")
            #expect(try world.rows() == before)
        }
    }
}
