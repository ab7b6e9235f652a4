import Foundation
import TestSupport
import Testing

/// Integrations and teams through all processes, with names from the real directory.
@Suite(.serialized) struct IntegrationTests {
    /// Ada owns an integration that is shared with her team, of which Grace is a member.
    private struct Scene {
        let stack: LiveStack
        let ada: (id: String, token: String)
        let grace: (id: String, token: String)

        init() async throws {
            stack = try await LiveStack()
            try await stack.start()
            ada = try await stack.user("ada")
            grace = try await stack.user("grace")
            for (method, target, body) in [
                ("POST", "/api/integrations", #"{"name":"CRM"}"#),
                ("POST", "/api/teams", #"{"name":"Analytics"}"#),
                ("PUT", "/api/teams/analytics/members/grace", #"{"role":"member"}"#),
                ("PUT", "/api/integrations/crm/shares/team:analytics", #"{"accessLevel":2}"#),
            ] {
                let answer = try await stack.api.call(method, target, token: ada.token, body: body)
                try #require((200...201).contains(answer.status), "\(target): \(answer.text)")
            }
        }

        func get(_ target: String, _ token: String) async throws -> JSONValue {
            let answer = try await stack.api.call("GET", target, token: token)
            #expect(answer.status == 200, "\(target): \(answer.text)")
            let type = answer.field("content-type")
            #expect(type == "application/hal+json", "\(target)")
            return answer.json ?? .null
        }

        /// The source of Grace's access.
        func via() async throws -> String? {
            try await stack.api.call("GET", "/api/integrations/crm/access", token: grace.token)[
                "via"]
        }
    }

    @Test func `removing a member from a team ends access at the next request`() async throws {
        let scene = try await Scene()
        #expect(try await scene.via() == "team:analytics")
        let member = "/api/teams/analytics/members/grace"
        for (method, expected) in [("DELETE", nil), ("PUT", "team:analytics")] {
            let changed = try await scene.stack.api.call(method, member, token: scene.ada.token)
            #expect(changed.status < 300, "\(changed.text)")
            #expect(try await scene.via() == expected)
        }
        await scene.stack.killAll()
    }

    @Test func `a renamed user keeps all access, under the new name`() async throws {
        let scene = try await Scene()
        let own = "/api/integrations/crm/shares/user:"
        let shared = try await scene.stack.api.call(
            "PUT", own + "grace", token: scene.ada.token, body: #"{"accessLevel":3}"#)
        #expect(shared.status == 200, "\(shared.text)")
        let renamed = try await scene.stack.api.call(
            "PATCH", "/api/users/\(scene.grace.id)", token: scene.stack.adminToken,
            body: #"{"username":"hopper"}"#)
        #expect(renamed.status == 200, "\(renamed.text)")
        #expect(try await scene.via() == "user:hopper")
        let share = try await scene.get(own + "hopper", scene.ada.token)
        #expect(share["accessLevel"]?.int == 3)
        let former = try await scene.stack.api.call("GET", own + "grace", token: scene.ada.token)
        #expect(former.status == 404)
        await scene.stack.killAll()
    }

    @Test func `a deleted user's integrations go to the deleting admin, and the audit says so`()
        async throws
    {
        let scene = try await Scene()
        let (api, admin) = (scene.stack.api, scene.stack.adminToken)
        let deleted = try await api.call("DELETE", "/api/users/\(scene.ada.id)", token: admin)
        #expect(deleted.status == 204)
        let isHandedOver = await eventually {
            let found = try? await api.call("GET", "/api/integrations/crm", token: admin)
            return found?["ownerId"] == "user:admin"
        }
        #expect(isHandedOver)
        // The team keeps its share.
        #expect(try await scene.via() == "team:analytics")
        let audit = try await api.call(
            "GET", "/api/audit?integrationId=crm&pageSize=1", token: admin)
        let entry = audit.json?["items"]?[0]
        #expect(entry?["action"]?.string == "integration.owner_changed", "\(audit.text)")
        #expect(entry?["before"]?["owner"]?.string == scene.ada.id)
        await scene.stack.killAll()
    }

    @Test(.enabled(if: Venv.has("restnavigator"), "deploy/test installs restnavigator"))
    func `a third-party HAL client reaches everything by links alone`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        _ = try await stack.user("grace")
        for (method, path, body) in [
            ("POST", "/api/integrations", #"{"name":"CRM"}"#),
            ("POST", "/api/integrations", #"{"name":"Newer"}"#),
            ("POST", "/api/teams", #"{"name":"Analytics Team","id":"analytics"}"#),
            ("PUT", "/api/teams/analytics/members/grace", #"{"role":"data-wizard"}"#),
            ("PUT", "/api/integrations/crm/shares/team:analytics", #"{"accessLevel":3}"#),
        ] {
            let done = try await stack.api.call(method, path, token: ada.token, body: body)
            #expect(done.status < 300, "\(done.text)")
        }
        let walk = try await Program.run(
            Venv.folder + "python",
            [
                Venv.root + "/deploy/lib/hal_walk.py",
                "http://127.0.0.1:\(stack.gatewayPort)/api/integrations", ada.token, "CRM",
            ])
        #expect(
            walk.output == """
                {"access": "owner", "byTemplate": true, \
                "meaning": "/docs/integrations?rel={rel}", "members": ["grace", "ada"], \
                "owner": "ada", "pages": 2, "self": true, "share": 3, "team": "Analytics Team", \
                "teams": 1}

                """)
        await stack.killAll()
    }

    @Test func `ten thousand shares of one integration, page by page`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let made = try await stack.api.call(
            "POST", "/api/integrations", token: ada.token, body: #"{"name":"CRM"}"#)
        let id = try #require(made["id"])
        await stack.integrations?.killNow()
        try await SQLite.run(
            """
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
            INSERT INTO teams (id, name, created_at, search_text)
            SELECT printf('t-%05d', i), printf('Team %d', i), i, '' FROM n;
            INSERT INTO shares
                (principal, integration_id, id, access_level, created_at, updated_at)
            SELECT 'team:' || id, '\(id)', printf('shr_%026d', created_at), 1, 0, 0 FROM teams;
            """, on: stack, "integrations")
        try stack.startIntegrations()
        try await stack.ready()
        var (principals, pages): ([String], Int) = ([], 0)
        var next: String? = "/api/integrations/crm/shares?pageSize=100"
        while let path = next {
            let page = try await stack.api.call("GET", path, token: ada.token).text
            #expect(page.hasSuffix(#","pageSize":100,"total":10000}"#))
            principals += Self.texts(after: #""name":""#, in: page)
            next = Self.texts(after: #""next":{"href":""#, in: page).first
            pages += 1
        }
        #expect(pages == 100)
        #expect(principals == (0..<10_000).reversed().map { "Team \($0)" })
        await stack.killAll()
    }

    /// The string after each `name`, because parsing a megabyte of JSON would take too long.
    private static func texts(after name: String, in text: String) -> [String] {
        text.components(separatedBy: name).dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }
}
