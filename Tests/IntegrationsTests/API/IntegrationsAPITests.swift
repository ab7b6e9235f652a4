import HTTPCore
import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Status codes, fields and shapes, over a socket.
@Suite struct IntegrationsAPITests {
    static let time = "2026-01-15T09:00:00.000Z"

    private func body(
        _ id: String, slug: String = "crm", name: String = "CRM", description: String = "null",
        owner: String = "user:ada", updatedAt: String = time
    ) -> String {
        """
        {"id":"\(id)","slug":"\(slug)","name":"\(name)","description":\(description),\
        "externalId":null,"ownerId":"\(owner)","createdAt":"\(Self.time)",\
        "updatedAt":"\(updatedAt)","_links":{"self":{"href":"/api/integrations/\(id)"},\
        "owner":{"href":"/api/integrations/\(id)/owner"},\
        "shares":{"href":"/api/integrations/\(id)/shares"}}}
        """
    }

    @Test func `an integration is created, read, updated and deleted in this shape`() async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let made = try await served.send(
                "POST /api/integrations", #"{"name":" CRM ","description":"For\r\nsales"}"#,
                as: ada)
            #expect(made.status == 201)
            let path = try #require(made.field("location"))
            let id = String(path.dropFirst("/api/integrations/".count))
            #expect(IDMinter.isWellFormed(id, prefix: "int_"))
            #expect(made.text == body(id, description: #""For\nsales""#))
            for place in [path, "/api/integrations/crm"] {
                let shown = try await served.send("GET \(place)", as: ada)
                #expect(shown.status == 200 && shown.text == made.text)
            }
            served.clock.advance(seconds: 1)
            let changed = try await served.send(
                "PATCH \(path)", #"{"slug":"erp","name":"ERP","description":null}"#, as: ada)
            #expect(changed.status == 200)
            #expect(
                changed.text
                    == body(id, slug: "erp", name: "ERP", updatedAt: "2026-01-15T09:00:01.000Z"))
            #expect(try await served.send("GET /api/integrations/crm", as: ada).status == 404)
            let gone = try await served.send("DELETE /api/integrations/erp", as: ada)
            #expect(gone.status == 204 && gone.body.isEmpty)
            #expect(try await served.send("GET \(path)", as: ada).status == 404)
            #expect(try await served.send("DELETE \(path)", as: ada).status == 404)
        }
    }

    @Test func `the list of integrations links to all other resources`() async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let made = try await served.send("POST /api/integrations", #"{"name":"CRM"}"#, as: ada)
            let id = made["id"] ?? ""
            let list = try await served.send("GET /api/integrations", as: ada)
            let templates = """
                "search":{"href":"/api/integrations{?search,page,pageSize}","templated":true},\
                "inf:find":{"href":"/api/integrations/{id}","templated":true},\
                "inf:find-share":\
                {"href":"/api/integrations/{id}/shares/{principalId}","templated":true},\
                "inf:access":{"href":"/api/integrations/{id}/access","templated":true},\
                "inf:teams":{"href":"/api/teams{?search,page,pageSize}","templated":true},\
                "inf:team":{"href":"/api/teams/{id}","templated":true},\
                "curies":[{"name":"inf","href":"/docs/integrations?rel={rel}",\
                "templated":true}]
                """
            #expect(
                list.text == """
                    {"_links":{"self":{"href":"/api/integrations"},\(templates)},\
                    "_embedded":{"inf:integration":[\(body(id))]},\
                    "page":1,"pageSize":20,"total":1}
                    """)
            let found = try await served.send("GET /api/integrations?search=cR", as: ada)
            #expect(found.json?["total"]?.int == 1)
            let none = try await served.send("GET /api/integrations?search=x", as: ada)
            #expect(none.json?["_embedded"]?["inf:integration"] == .array([]))
        }
    }

    @Test func `access has the caller's level and its source`() async throws {
        try await ServedIntegrations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let path = try await served.integration(by: ada)
            _ = try await served.team("A Team", ["bob": "member"], by: ada)
            try await served.share(path, with: "team:a-team", 2, by: ada)
            func access(_ caller: Caller) async throws -> String {
                try await served.send("GET \(path)/access", as: caller).text
            }
            #expect(try await access(bob) == #"{"accessLevel":2,"via":"team:a-team"}"#)
            try await served.share(path, with: "user:bob", 2, by: ada)
            #expect(try await access(bob) == #"{"accessLevel":2,"via":"user:bob"}"#)
            #expect(try await access(ada) == #"{"accessLevel":2147483647,"via":"owner"}"#)
            let root = served.user("root", isAdmin: true)
            #expect(try await access(root) == #"{"accessLevel":2147483647,"via":"platform_admin"}"#)
        }
    }

    @Test func `a team is created, read, updated and deleted in this shape`() async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let made = try await served.send("POST /api/teams", #"{"name":" A Team "}"#, as: ada)
            func team(_ name: String, _ count: Int) -> String {
                """
                {"id":"a-team","name":"\(name)","memberCount":\(count),"externalId":null,\
                "managedBy":null,"createdAt":"\(Self.time)",\
                "_links":{"self":{"href":"/api/teams/a-team"},\
                "members":{"href":"/api/teams/a-team/members"}}}
                """
            }
            #expect(made.status == 201 && made.field("location") == "/api/teams/a-team")
            #expect(made.text == team("A Team", 1))
            #expect(try await served.send("GET /api/teams/a-team", as: ada).text == made.text)
            _ = served.user("bob")
            served.clock.advance(seconds: 1)
            let place = "/api/teams/a-team/members"
            let added = try await served.send("PUT \(place)/bob", as: ada)
            let bob = #"{"username":"bob","displayName":"Bob","role":"member"}"#
            #expect(added.status == 201 && added.text == bob)
            let again = try await served.send("PUT \(place)/bob", "{}", as: ada)
            #expect(again.status == 200 && again.text == bob)
            let raised = try await served.send(
                "PUT \(place)/bob", #"{"role":"data-wizard"}"#, as: ada)
            #expect(raised.status == 200 && raised["role"] == "data-wizard")
            let members = try await served.send("GET \(place)", as: ada)
            #expect(
                members.text == """
                    {"_links":{"self":{"href":"\(place)"}},\
                    "_embedded":{"inf:team-member":[\(raised.text),\
                    {"username":"ada","displayName":"Ada","role":"admin"}]},\
                    "page":1,"pageSize":20,"total":2}
                    """)
            let renamed = try await served.send(
                "PATCH /api/teams/a-team", #"{"name":"New"}"#, as: ada)
            #expect(renamed.status == 200 && renamed.text == team("New", 2))
            let teams = try await served.send("GET /api/teams", as: served.user("bob"))
            #expect(
                teams.text == """
                    {"_links":{"self":{"href":"/api/teams"}},\
                    "_embedded":{"inf:team":[\(renamed.text)]},"page":1,"pageSize":20,"total":1}
                    """)
            #expect(try await served.send("DELETE \(place)/bob", as: ada).status == 204)
            #expect(try await served.send("DELETE \(place)/bob", as: ada).status == 404)
            #expect(try await served.send("DELETE /api/teams/a-team", as: ada).status == 204)
            #expect(try await served.send("GET /api/teams/a-team", as: ada).status == 404)
        }
    }

    @Test func `taken names and owning teams are conflicts`() async throws {
        try await ServedIntegrations.run { served in
            let root = served.user("root", isAdmin: true)
            let path = try await served.integration(by: root)
            let other = try await served.integration("Other", by: root)
            let team = try await served.team("A Team", by: root)
            try await served.transfer(path, #"{"teamId":"a-team"}"#, by: root)
            for (request, body, code) in [
                ("POST /api/integrations", #"{"name":"x","slug":"crm"}"#, "slug_taken"),
                ("PATCH \(other)", #"{"slug":"crm"}"#, "slug_taken"),
                ("POST /api/teams", #"{"name":"x","id":"a-team"}"#, "team_id_taken"),
                ("DELETE \(team)", nil, "team_owns_integrations"),
            ] as [(String, String?, String)] {
                let before = try served.database.dump()
                let answer = try await served.send(request, body, as: root)
                #expect(answer.status == 409 && answer.code == code, "\(request) \(answer.text)")
                #expect(try served.database.dump() == before)
            }
        }
    }

    @Test func `validation errors point at the invalid member`() async throws {
        try await ServedIntegrations.run { served in
            let root = served.user("root", isAdmin: true)
            let path = try await served.integration(by: root)
            let team = try await served.team("A Team", by: root)
            let before = try served.database.dump()
            for (request, body, pointers) in [
                ("POST /api/integrations", "{}", ["/name"]),
                ("POST /api/integrations", #"{"name":1}"#, ["/name"]),
                ("POST /api/integrations", #"{"name":"","slug":"-"}"#, ["/name", "/slug"]),
                ("POST /api/integrations", #"{"name":"x","description":{}}"#, ["/description"]),
                ("POST /api/integrations", "[]", [""]),
                ("PATCH \(path)", #"{"name":null,"slug":null}"#, ["/name", "/slug"]),
                ("PUT \(path)/shares/user:nobody", nil, ["/principalId"]),
                ("PUT \(path)/shares/nonsense", nil, ["/principalId"]),
                ("PUT \(path)/owner", "{}", [""]),
                ("PUT \(path)/owner", #"{"userId":null,"teamId":null}"#, [""]),
                ("PUT \(path)/owner", #"{"userId":"root","teamId":"a-team"}"#, [""]),
                ("PUT \(path)/owner", #"{"userId":"nobody"}"#, ["/userId"]),
                ("PUT \(path)/owner", #"{"teamId":"none"}"#, ["/teamId"]),
                ("PUT \(path)/owner", #"{"teamId":7}"#, ["/teamId"]),
                ("POST /api/teams", #"{"name":"","id":"A"}"#, ["/name", "/id"]),
                ("PATCH \(team)", #"{"name":null}"#, ["/name"]),
                ("PUT \(team)/members/nobody", nil, ["/username"]),
                ("PUT \(team)/members/root", #"{"role":"owner"}"#, ["/role"]),
                ("PUT \(team)/members/root", #"{"role":null}"#, ["/role"]),
                ("GET /api/integrations?pageSize=101", nil, ["/pageSize"]),
                ("GET \(path)/shares?page=0&pageSize=0", nil, ["/page", "/pageSize"]),
                ("GET \(team)/members?page=x", nil, ["/page"]),
                ("GET /api/audit", nil, ["/integrationId"]),
            ] as [(String, String?, [String])] {
                let answer = try await served.send(request, body, as: root)
                #expect(
                    answer.status == 422 && answer.pointers == pointers, "\(request) \(answer.text)"
                )
            }
            for role in ["", "Admin", "data_wizard", "dataWizard", " admin"] {
                let answer = try await served.send(
                    "PUT \(team)/members/root", #"{"role":"\#(role)"}"#, as: root)
                #expect(answer.status == 422 && answer.pointers == ["/role"], "\(role)")
                #expect(
                    answer["detail"] == "/role must be one of admin, data-wizard, member.",
                    "\(role)")
            }
            let malformed = try await served.send("PUT \(path)/owner", "{", as: root)
            #expect(malformed.status == 400 && malformed.code == "malformed_json")
            let empty = try await served.send("PUT \(path)/owner", as: root)
            #expect(empty.status == 400 && empty.code == "body_missing")
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `a body can't set server-managed members`() async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let lenient = ["Prefer: handling=lenient"]
            let all = #"""
                "id":"int_1","ownerId":"user:bob","owner":"user:bob","userId":"bob",\#
                "createdAt":"2020-01-01T00:00:00.000Z","updatedAt":"2020-01-01T00:00:00.000Z",\#
                "memberCount":9,"principalId":"user:ada","integrationId":"int_2","_links":{},"x":1
                """#
            let made = try await served.send(
                "POST /api/integrations", #"{"name":"CRM",\#(all)}"#, as: ada, fields: lenient)
            let path = try #require(made.field("location"))
            #expect(made.text == body(made["id"] ?? "") && made["id"] != "int_1")
            let same = try await served.send("PATCH \(path)", "{\(all)}", as: ada, fields: lenient)
            #expect(same.text == made.text)
            let share = try await served.send(
                "PUT \(path)/shares/user:bob", "{\(all)}", as: ada, fields: lenient)
            #expect(share["principalId"] == "user:bob" && share["createdAt"] == Self.time)
            #expect(share["integrationId"] == made["id"])
            let team = try await served.send(
                "POST /api/teams", #"{"name":"T","memberCount":9,"createdAt":"x"}"#, as: ada)
            #expect(team.json?["memberCount"]?.int == 1 && team["createdAt"] == Self.time)
        }
    }

    @Test func `a wrong method is 405 with the allowed ones`() async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            for (path, wrong, allowed) in [
                ("/api/integrations", "PUT", "GET, HEAD, POST, OPTIONS"),
                ("/api/integrations/x", "PUT", "GET, HEAD, PATCH, DELETE, OPTIONS"),
                ("/api/integrations/x/access", "PUT", "GET, HEAD, OPTIONS"),
                ("/api/integrations/x/shares", "POST", "GET, HEAD, OPTIONS"),
                ("/api/integrations/x/shares/y", "PATCH", "GET, HEAD, PUT, DELETE, OPTIONS"),
                ("/api/integrations/x/owner", "DELETE", "GET, HEAD, PUT, OPTIONS"),
                ("/api/teams", "DELETE", "GET, HEAD, POST, OPTIONS"),
                ("/api/teams/x", "PUT", "GET, HEAD, PATCH, DELETE, OPTIONS"),
                ("/api/teams/x/members", "POST", "GET, HEAD, OPTIONS"),
                ("/api/teams/x/members/y", "PATCH", "PUT, DELETE, OPTIONS"),
            ] {
                let answer = try await served.send("\(wrong) \(path)", as: ada)
                #expect(answer.status == 405, "\(wrong) \(path): \(answer.text)")
                #expect(answer.field("allow") == allowed, "\(wrong) \(path)")
            }
        }
    }

    @Test func `HEAD is GET without its body`() async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let path = try await served.integration(by: ada)
            let team = try await served.team("A Team", by: ada)
            try await served.share(path, with: "team:a-team", by: ada)
            for place in [
                "/api/integrations", path, "\(path)/access", "\(path)/shares",
                "\(path)/shares/team:a-team", "\(path)/owner", "/api/teams", team,
                "\(team)/members",
            ] {
                let get = try await served.send("GET \(place)", as: ada)
                let head = try await served.send("HEAD \(place)", as: ada)
                #expect(head.status == 200 && head.body.isEmpty)
                for name in ["content-length", "content-type", "etag", "link"] {
                    #expect(head.field(name) == get.field(name), "\(place) \(name)")
                }
            }
        }
    }
}
