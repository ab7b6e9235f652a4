import TestSupport
import Testing

/// Integrations and teams through all processes: links are followed as a client would, and names
/// are those that the real directory knows.
@Suite(.serialized) struct IntegrationTests {
    /// Ada owns an integration that her team, to which Grace belongs, has a share of.
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

        /// What Grace's access is because of.
        func via() async throws -> String? {
            try await stack.api.call("GET", "/api/integrations/crm/access", token: grace.token)[
                "via"]
        }
    }

    @Test func `a client that knows the root alone finds everything by links`() async throws {
        let scene = try await Scene()
        let root = try await scene.get("/api/integrations", scene.grace.token)
        func template(_ relation: String, _ values: [String: String]) throws -> String {
            let href = try #require(root["_links"]?[relation]?["href"]?.string, "\(relation)")
            return values.reduce(String(href.prefix { $0 != "?" })) {
                $0.replacing("{\($1.key)}", with: $1.value)
            }.replacing("{", with: "")
        }
        func follow(_ value: JSONValue?, _ relation: String) async throws -> JSONValue {
            let href = try #require(value?["_links"]?[relation]?["href"]?.string, "\(relation)")
            return try await scene.get(href, scene.grace.token)
        }
        let integration = root["_embedded"]?["inf:integration"]?[0]
        let id = try #require(integration?["id"]?.string)
        #expect(try await follow(integration, "self") == integration)
        let owner = try await follow(integration, "owner")
        #expect(owner["_embedded"]?["inf:user"]?["username"]?.string == "ada")
        let shares = try await follow(integration, "shares")
        let share = shares["_embedded"]?["inf:integration-share"]?[0]
        let principal = try #require(share?["principalId"]?.string)
        #expect(principal == "team:analytics")
        let one = try template("inf:integration-share", ["id": id, "principalId": principal])
        let level = try await scene.get(one, scene.grace.token)["accessLevel"]
        #expect(level?.int == 2)
        let access = try await scene.get(
            try template("inf:access", ["id": id]), scene.grace.token)
        #expect(access["via"]?.string == principal)
        let teams = try await scene.get(try template("inf:teams", [:]), scene.grace.token)
        let team = teams["_embedded"]?["inf:team"]?[0]
        #expect(try await follow(team, "self") == team)
        let members = try await follow(team, "members")
        let names = members["_embedded"]?["inf:team-member"]?.items.map { $0["username"]?.string }
        #expect(Set(names ?? []) == ["ada", "grace"])
        await scene.stack.killAll()
    }

    @Test func `who is taken out of a team has nothing by it at his next request`() async throws {
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

    @Test func `who gets another name keeps what is his, and is shown by it`() async throws {
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

    @Test func `what a deleted user owned is the deleting admin's, on record for him`() async throws
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
        // What the team had stays the team's.
        #expect(try await scene.via() == "team:analytics")
        let audit = try await api.call(
            "GET", "/api/audit?integrationId=crm&pageSize=1", token: admin)
        let entry = audit.json?["items"]?[0]
        #expect(entry?["action"]?.string == "integration.owner_changed", "\(audit.text)")
        #expect(entry?["before"]?["owner"]?.string == scene.ada.id)
        await scene.stack.killAll()
    }
}
