import Glibc
import TestSupport
import Testing

/// A platform's own ids, through all processes: what it names, the services find.
@Suite(.serialized) struct ExternalIDTests {
    private let stack: LiveStack

    init() async throws {
        stack = try await LiveStack()
        try await stack.start()
    }

    private func call(
        _ request: String, _ body: String? = nil, as user: String? = nil
    ) async throws -> RawResponse {
        let words = request.split(separator: " ").map(String.init)
        return try await stack.api.call(
            words[0], words[1], token: stack.adminToken, body: body,
            fields: user.map { ["Latchkey-User: ext:\($0)"] } ?? [])
    }

    private func user(_ name: String, _ externalId: String) async throws -> String {
        let made = try await call(
            "POST /api/users",
            """
            {"email": "\(name)@example.com", "username": "\(name)", "displayName": "\(name)",
             "externalId": "\(externalId)"}
            """)
        return try #require(made["id"], "\(made.text)")
    }

    @Test func `a platform works with its own ids alone`() async throws {
        let ada = try await user("ada", "idp|ada")
        let bob = try await user("bob", "idp|bob/1")
        for (request, body) in [
            ("POST /api/organizations", #"{"name":"Acme","externalId":"org/1"}"#),
            (
                "POST /api/entities",
                #"{"name":"Bot","type":"app","externalId":"app/1","organizationId":"ext:org\/1"}"#
            ),
            ("POST /api/integrations", #"{"name":"CRM","externalId":"crm/1"}"#),
            ("POST /api/teams", #"{"name":"Crew","externalId":"crew/1"}"#),
            ("POST /api/v2/workspaces", #"{"name":"Lab","externalId":"lab/1"}"#),
            ("POST /api/organizations/ext:org%2F1/members", #"{"userId":"ext:idp|bob\/1"}"#),
            ("POST /api/organizations/ext:org%2F1/store", #"{"entityId":"ext:app\/1"}"#),
            ("POST /api/entities/ext:app%2F1/publishers", #"{"userId":"ext:idp|bob\/1"}"#),
            (
                "POST /api/v1/entities/ext:app%2F1/invitations",
                #"{"email":"c@example.com","send_email":false}"#
            ),
            ("PUT /api/teams/ext:crew%2F1/members/ext:idp%7Cbob%2F1", nil),
            ("PUT /api/integrations/ext:crm%2F1/shares/user:ext:idp%7Cbob%2F1", nil),
            ("PUT /api/integrations/ext:crm%2F1/shares/team:ext:crew%2F1", nil),
        ] as [(String, String?)] {
            let made = try await call(request, body, as: "idp%7Cada")
            #expect(made.status == 200 || made.status == 201, "\(request): \(made.text)")
        }
        let entity = try await call("GET /api/entities/ext:app%2F1")
        #expect(entity.status == 404, "the admin has no access of their own")
        let own = try await call("GET /api/entities/ext:app%2F1", as: "idp%7Cada")
        #expect(own["ownerId"] == ada && own["externalId"] == "app/1")
        let checked = try await call(
            "POST /api/access/check",
            #"{"checks":[{"entityId":"ext:app\/1","userId":"ext:idp|bob\/1"}]}"#)
        let result = checked.json?["results"]?[0]
        #expect(result?["via"]?.string == "publisher" && result?["userId"]?.string == bob)
        let audit = try await call("GET /api/audit?entityId=ext:app%2F1&actorId=ext:idp%7Cada")
        #expect(audit.status == 200 && audit.json?["total"]?.int ?? 0 >= 2)
        let removed = try await call(
            "DELETE /api/entities/ext:app%2F1/publishers/ext:idp%7Cbob%2F1", as: "idp%7Cada")
        #expect(removed.status == 204)
        let again = try await call(
            "DELETE /api/entities/ext:app%2F1/publishers/ext:idp%7Cbob%2F1", as: "idp%7Cada")
        #expect(again.status == 404)
        #expect(again["instance"] == "/api/entities/ext:app%2F1/publishers/ext:idp%7Cbob%2F1")
        _ = await stack.stop()
    }

    @Test func `while the service that owns a thing is down, its name is 503 and not unknown`()
        async throws
    {
        _ = try await user("ada", "ada")
        _ = try await call("POST /api/organizations", #"{"name":"Acme"}"#, as: "ada")
        await stack.entities?.killNow()
        let store = "POST /api/organizations/acme/store"
        let refused = try await call(store, #"{"entityId":"ext:app"}"#, as: "ada")
        #expect(refused.status == 503, "\(refused.text)")
        _ = await stack.stop()
    }
}
