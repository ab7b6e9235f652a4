import Kernel
import TestSupport
import Testing

/// A platform's day without a Latchkey token but its backend's: its people call with the tokens of
/// its identity provider.
@Suite(.serialized) struct IdentityProviderTests {
    private static func now() -> Int64 { SystemClock().now().milliseconds / 1_000 }

    /// An identity provider: its description and its keys.
    private static func provider() -> RawServer {
        RawServer { connection, _ in
            let head = String(decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
            let host = head.firstMatch(of: /Host: (\S+)/)?.1 ?? ""
            let body =
                head.hasPrefix("GET /keys ")
                ? "{\"keys\":[\(TestSigner.rsa.jwk("k", ["use": "sig", "alg": "RS256"]))]}"
                : #"{"issuer":"http://\#(host)","jwks_uri":"http://\#(host)/keys"}"#
            try connection.send(
                "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
                    + body)
        }
    }

    @Test func `people come with their provider's tokens, share, and are out within a second`()
        async throws
    {
        let provider = Self.provider()
        defer { provider.stop() }
        let issuer = "http://127.0.0.1:\(provider.port)"
        let scopes = "entities:write,entities:share,entities:share_external"
        let stack = try await LiveStack([
            "LATCHKEY_JWT_ISSUERS": "\(issuer);audience=latchkey;provision=true;scopes=\(scopes)",
            "LATCHKEY_PUBLIC_URL": "http://127.0.0.1:1",
        ])
        try await stack.start()
        func token(_ name: String) -> String {
            TestSigner.rsa.token(
                """
                {"iss":"\(issuer)","aud":["latchkey","other"],"sub":"crm|\(name)",
                 "iat":\(Self.now()),"exp":\(Self.now() + 3_600),
                 "email":"\(name)@example.com","email_verified":true,"name":"\(name)"}
                """, kid: "k")
        }
        let (ada, grace) = (token("ada"), token("grace"))
        // Both are created by their first request.
        let me = try await stack.api.call("GET", "/api/me", token: grace)
        try #require(me.status == 200, "\(me.text)")
        #expect(me["externalId"] == "crm|grace" && me["email"] == "grace@example.com")
        let entity = try await stack.entity(ada)
        let path = "/api/entities/\(entity)"
        #expect(try await stack.api.call("GET", path, token: grace).status == 404)
        let shared = try await stack.api.call(
            "POST", path + "/shares", token: ada, body: #"{"emails":["grace@example.com"]}"#)
        #expect(shared.status == 200 || shared.status == 201, "\(shared.text)")
        #expect(try await stack.api.call("GET", path, token: grace).status == 200)
        // The scopes are the token's, the rights the user's.
        let refused = try await stack.api.call(
            "POST", "/api/organizations", token: ada, body: #"{"name":"Acme"}"#)
        #expect(refused.code == "insufficient_scope")
        let suspended = try await stack.api.call(
            "PATCH", "/api/users/ext:crm%7Cgrace", token: stack.adminToken,
            body: #"{"suspended":true}"#)
        #expect(suspended.status == 200, "\(suspended.text)")
        let out = try await stack.api.call("GET", path, token: grace)
        #expect(out.status == 401 && out.code == "user_suspended")
        #expect(
            out.field("www-authenticate")?.contains(
                "/.well-known/oauth-protected-resource\", error=\"invalid_token\"") == true)
        #expect(try await stack.api.call("GET", path, token: ada).status == 200)
        await stack.killAll()
    }
}
