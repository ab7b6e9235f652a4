import Foundation
import TestSupport
import Testing

/// Integrations in the running system, as their clients see them.
@Suite(.serialized) struct IntegrationTests {
    @Test(.enabled(if: Venv.has("restnavigator"), "deploy/test installs restnavigator"))
    func `a HAL client that others wrote gets everywhere by links alone`() async throws {
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
                "meaning": "/docs?rel={rel}#group-integrations", "members": ["grace", "ada"], \
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

    /// What stands in quotes after each `name`; reading a megabyte as JSON would take a while.
    private static func texts(after name: String, in text: String) -> [String] {
        text.components(separatedBy: name).dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }
}
