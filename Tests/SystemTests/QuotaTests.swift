import TestSupport
import Testing

/// Quotas of one user through all processes: users over a quota are refused, and no others.
@Suite(.serialized) struct QuotaTests {
    private typealias User = (id: String, token: String)

    private static let limits = [
        "ENTITIES": 2, "VERSIONS": 1, "SHARES": 1, "PUBLISHERS": 2, "INSTALLATIONS": 1,
        "ORGANIZATIONS": 2, "MEMBERS": 2, "PUBLICATIONS": 1, "INTEGRATIONS": 1,
        "INTEGRATION_SHARES": 1, "TEAMS": 1, "TEAM_MEMBERS": 2, "WORKSPACES": 1,
        "COLLABORATORS": 1,
    ]

    private func stack(_ more: [String: String] = [:]) async throws -> LiveStack {
        let quotas = Self.limits.map { ("LATCHKEY_QUOTA_\($0)", "\($1)") }
        let stack = try await LiveStack(
            Dictionary(uniqueKeysWithValues: quotas).merging(more) { $1 })
        try await stack.start()
        return stack
    }

    /// Sends a request that must succeed.
    @discardableResult
    private func done(
        _ stack: LiveStack, _ method: String, _ path: String, _ body: String? = nil,
        by user: User, at location: SourceLocation = #_sourceLocation
    ) async throws -> RawResponse {
        let answer = try await stack.api.call(method, path, token: user.token, body: body)
        #expect(
            (200...204).contains(answer.status), "\(path): \(answer.text)",
            sourceLocation: location)
        return answer
    }

    private func refused(
        _ stack: LiveStack, _ quota: String, _ method: String, _ path: String,
        _ body: String? = nil, by user: User, at location: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await stack.api.call(method, path, token: user.token, body: body)
        #expect(
            answer.status == 409 && answer.code == "quota_exceeded", "\(path): \(answer.text)",
            sourceLocation: location)
        #expect(answer["quota"] == quota, sourceLocation: location)
        let limit = Self.limits[quota.uppercased()].map(String.init)
        #expect(answer["limit"] == limit, sourceLocation: location)
    }

    @Test func `a user over quota is refused, others are not`() async throws {
        let stack = try await stack()
        let users = [try await stack.user("ada"), try await stack.user("grace")]
        for name in ["one", "two", "three"] { _ = try await stack.user(name) }
        // Both users reach the quota: the first doesn't use up the second's.
        for user in users {
            try await entities(stack, user)
            try await organizations(stack, user)
            try await integrations(stack, user)
            try await invitations(stack, user)
        }
        #expect(await stack.stop())
    }

    private func entities(_ stack: LiveStack, _ user: User) async throws {
        let new = #"{"name":"Notes","type":"app"}"#
        let id = try await stack.entity(user.token)
        let other = try await stack.entity(user.token)
        try await refused(stack, "entities", "POST", "/api/entities", new, by: user)
        let (entity, spare) = ("/api/entities/\(id)", "/api/entities/\(other)")
        let sha = String(repeating: "a", count: 64)
        func version(_ number: String) -> String {
            #"{"version":"\#(number)","packageUrl":"https://x.example/p","sha256":"\#(sha)"}"#
        }
        try await done(stack, "POST", entity + "/versions", version("1.0.0"), by: user)
        try await refused(
            stack, "versions", "POST", spare + "/versions", version("1.0.0"), by: user)
        let share = entity + "/shares"
        try await done(stack, "POST", share, #"{"emails":["one@example.com"]}"#, by: user)
        let more = #"{"emails":["one@example.com","two@example.com"]}"#
        try await refused(stack, "shares", "POST", share, more, by: user)
        let (one, two) = (try await userId(of: "one", stack), try await userId(of: "two", stack))
        try await done(stack, "POST", entity + "/publishers", #"{"userId":"\#(one)"}"#, by: user)
        try await refused(
            stack, "publishers", "POST", entity + "/publishers", #"{"userId":"\#(two)"}"#,
            by: user)
        try await refused(
            stack, "publishers", "PUT", entity + "/owner", #"{"userId":"\#(two)"}"#, by: user)
        try await done(stack, "PUT", entity + "/installation", "{}", by: user)
        try await refused(stack, "installations", "PUT", spare + "/installation", "{}", by: user)
        try await done(stack, "DELETE", spare, by: user)
        try await done(stack, "POST", "/api/entities", new, by: user)
    }

    private func userId(of name: String, _ stack: LiveStack) async throws -> String {
        let found = try await stack.api.call(
            "GET", "/api/users?search=\(name)@", token: stack.adminToken)
        return try #require(found.json?["items"]?[0]?["id"]?.string)
    }

    private func organizations(_ stack: LiveStack, _ user: User) async throws {
        let organizations = "/api/organizations"
        let first = try await done(stack, "POST", organizations, #"{"name":"Acme"}"#, by: user)
        try await done(stack, "POST", organizations, #"{"name":"Beta"}"#, by: user)
        try await refused(
            stack, "organizations", "POST", organizations, #"{"name":"Gamma"}"#, by: user)
        let path = "\(organizations)/\(try #require(first["id"]))"
        try await done(
            stack, "POST", path + "/members", #"{"email":"one@example.com"}"#, by: user)
        try await refused(
            stack, "members", "POST", path + "/members", #"{"email":"two@example.com"}"#,
            by: user)
        let mine = try await done(stack, "GET", "/api/entities", by: user)
        let entities = try #require(mine.json?["items"]?.items.compactMap { $0["id"]?.string })
        try #require(entities.count >= 2)
        try await done(
            stack, "POST", path + "/store", #"{"entityId":"\#(entities[0])"}"#, by: user)
        try await refused(
            stack, "publications", "POST", path + "/store", #"{"entityId":"\#(entities[1])"}"#,
            by: user)
    }

    private func integrations(_ stack: LiveStack, _ user: User) async throws {
        let made = try await done(
            stack, "POST", "/api/integrations", #"{"name":"CRM"}"#, by: user)
        try await refused(
            stack, "integrations", "POST", "/api/integrations", #"{"name":"CRM"}"#, by: user)
        let shares = "/api/integrations/\(try #require(made["id"]))/shares/user:"
        try await done(stack, "PUT", shares + "one", by: user)
        try await done(stack, "PUT", shares + "one", #"{"accessLevel":2}"#, by: user)
        try await refused(stack, "integration_shares", "PUT", shares + "two", by: user)
        let team = try await done(stack, "POST", "/api/teams", #"{"name":"Team"}"#, by: user)
        try await refused(stack, "teams", "POST", "/api/teams", #"{"name":"Team"}"#, by: user)
        let members = "/api/teams/\(try #require(team["id"]))/members/"
        try await done(stack, "PUT", members + "one", by: user)
        try await refused(stack, "team_members", "PUT", members + "two", by: user)
    }

    private func invitations(_ stack: LiveStack, _ user: User) async throws {
        let workspaces = "/api/v2/workspaces"
        try await done(stack, "POST", workspaces, #"{"name":"Lab"}"#, by: user)
        try await refused(stack, "workspaces", "POST", workspaces, #"{"name":"Lab"}"#, by: user)
        let mine = try await done(stack, "GET", "/api/entities", by: user)
        let entity = try #require(mine.json?["items"]?[0]?["id"]?.string)
        let invitations = "/api/v1/entities/\(entity)/invitations"
        func to(_ name: String) -> String { #"{"email":"\#(name)@example.com"}"# }
        try await done(stack, "POST", invitations, to("one"), by: user)
        try await refused(stack, "collaborators", "POST", invitations, to("two"), by: user)
    }

    @Test func `a user who names too many unknown users finds nobody, others still do`()
        async throws
    {
        let stack = try await stack([
            "LATCHKEY_UNKNOWN_USER_LIMIT": "10", "LATCHKEY_QUOTA_SHARES": "0",
        ])
        let (ada, grace) = (try await stack.user("ada"), try await stack.user("grace"))
        let mine = "/api/entities/\(try await stack.entity(ada.token))"
        let hers = "/api/entities/\(try await stack.entity(grace.token))"
        func share(_ path: String, _ names: [String], by user: User) async throws -> RawResponse {
            let emails = names.map { "\"\($0)@example.com\"" }.joined(separator: ",")
            return try await stack.api.call(
                "POST", path + "/shares", token: user.token, body: #"{"emails":[\#(emails)]}"#)
        }
        let nobody = (0..<8).map { "nobody\($0)" }
        let told = try await share(mine, nobody, by: ada)
        #expect(told.json?["notFound"]?.items.count == 8)
        // The contexts count together.
        let organization = try await done(
            stack, "POST", "/api/organizations", #"{"name":"Acme"}"#, by: ada)
        let members = "/api/organizations/\(try #require(organization["id"]))/members"
        let integration = try await done(
            stack, "POST", "/api/integrations", #"{"name":"CRM"}"#, by: ada)
        let principal = "/api/integrations/\(try #require(integration["id"]))/shares/user:"
        let team = try await done(stack, "POST", "/api/teams", #"{"name":"Team"}"#, by: ada)
        let teamMembers = "/api/teams/\(try #require(team["id"]))/members/"
        try await done(stack, "PUT", teamMembers + "grace", by: ada)
        try await done(stack, "PUT", principal + "grace", by: ada)
        for (method, path, body) in [
            ("POST", members, #"{"email":"nobody@example.com"}"#),
            ("PUT", principal + "nobody", nil),
        ] as [(String, String, String?)] {
            let unknown = try await stack.api.call(method, path, token: ada.token, body: body)
            #expect(unknown.status == 422, "\(unknown.text)")
        }
        // That makes ten: existing users are no longer found either.
        let (email, id) = (#"{"email":"grace@example.com"}"#, #"{"userId":"\#(grace.id)"}"#)
        for (method, path, body) in [
            ("POST", mine + "/shares", #"{"emails":["grace@example.com"]}"#),
            ("POST", mine + "/publishers", id), ("PUT", mine + "/owner", id),
            ("POST", members, email), ("POST", members, id), ("PUT", principal + "grace", nil),
            ("PUT", teamMembers + "grace", nil), ("PUT", teamMembers + "nobody", nil),
        ] as [(String, String, String?)] {
            let refused = try await stack.api.call(method, path, token: ada.token, body: body)
            #expect(
                refused.status == 429 && refused.code == "too_many_unknown_users",
                "\(path): \(refused.text)")
            let wait = refused.field("retry-after").flatMap { Int($0) } ?? 0
            #expect((80_000...86_400).contains(wait))
        }
        let shares = try await done(stack, "GET", mine + "/shares", by: ada)
        #expect(shares.json?["total"]?.int == 0)
        // Revoking still works, and other users aren't limited.
        try await done(stack, "DELETE", principal + "grace", by: ada)
        try await done(stack, "DELETE", teamMembers + "grace", by: ada)
        let found = try await share(hers, ["ada", "nobody"], by: grace)
        #expect(found.json?["created"]?.items.count == 1, "\(found.text)")
        await stack.killAll()
    }
}
