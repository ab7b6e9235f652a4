import Kernel
import ServiceKit
import TestSupport
import Testing

/// The integrations service while the directory is unavailable: requests that need no names work,
/// and no name is guessed.
@Suite struct IntegrationsAwayTests {
    private let ada = IntegrationsAlone.identity(Cast.ada)
    private let bob = IntegrationsAlone.identity(Cast.bob)
    private let admin = IntegrationsAlone.identity(Cast.grace, isAdmin: true)

    /// Bob's integration with a share for Bob's team, of which Ada is a member; then the directory
    /// becomes unavailable.
    private func withoutDirectory(
        _ test: (APIClient, _ path: String, _ team: String, Asked) async throws -> Void
    ) async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, gateway in
            let path = try await IntegrationsAlone.crm(api, asked, by: bob)
            let team = try await IntegrationsAlone.analytics(api, by: bob)
            try await IntegrationsAlone.join(api, team, by: bob)
            let shared = try await api.call("PUT", path + "/shares/team:analytics", fields: bob)
            try #require(shared.status == 200, "\(shared.text)")
            await gateway.drain(milliseconds: 100)
            asked.forget()
            try await test(api, path, team, asked)
            #expect(asked.bodies.isEmpty)
        }
    }

    @Test func `teams are created, read, renamed and deleted without the directory`() async throws {
        try await withoutDirectory { api, _, team, _ in
            let made = try await api.call(
                "POST", "/api/teams", body: #"{"name":"Other"}"#, fields: ada)
            #expect(made.status == 201, "\(made.text)")
            for (method, target, body, status) in [
                ("GET", team, nil, 200), ("GET", "/api/teams", nil, 200),
                ("PATCH", team, #"{"name":"Numbers"}"#, 200), ("DELETE", team, nil, 204),
            ] {
                let answer = try await api.call(method, target, body: body, fields: bob)
                #expect(answer.status == status, "\(method) \(target): \(answer.text)")
            }
        }
    }

    @Test func `shares with teams are created, read and revoked without the directory`()
        async throws
    {
        try await withoutDirectory { api, path, _, _ in
            let access = try await api.call("GET", path + "/access", fields: ada)
            #expect(access.text == (try Golden.text("public-integration-access")))
            let share = path + "/shares/team:analytics"
            for (method, target, status) in [
                ("GET", path + "/shares", 200), ("GET", share, 200), ("PUT", share, 200),
                ("GET", "/api/audit?integrationId=crm", 200), ("DELETE", share, 204),
            ] {
                let answer = try await api.call(method, target, fields: bob)
                #expect(answer.status == status, "\(method) \(target): \(answer.text)")
            }
            #expect(try await api.call("GET", path + "/access", fields: ada).status == 404)
        }
    }

    @Test func `integrations of a team are read and updated without the directory`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, gateway in
            let path = try await IntegrationsAlone.crm(api, asked, by: bob)
            _ = try await IntegrationsAlone.analytics(api, by: admin)
            let given = try await api.call(
                "PUT", path + "/owner", body: #"{"teamId":"analytics"}"#, fields: admin)
            #expect(given.status == 200, "\(given.text)")
            await gateway.drain(milliseconds: 100)
            let team = IntegrationsAlone.identity(Cast.grace)
            for (method, target, body, status) in [
                ("GET", path, nil, 200), ("GET", path + "/owner", nil, 200),
                ("GET", "/api/integrations", nil, 200), ("PATCH", path, #"{"slug":"sales"}"#, 200),
                ("DELETE", path, nil, 204),
            ] {
                let answer = try await api.call(method, target, body: body, fields: team)
                #expect(answer.status == status, "\(method) \(target): \(answer.text)")
            }
        }
    }

    @Test func `an integration is deleted without the directory, except with If-Match`()
        async throws
    {
        try await withoutDirectory { api, path, _, _ in
            let unknown = try await api.call("DELETE", path, fields: bob + ["If-Match: *"])
            #expect(unknown.status == 503, "\(unknown.text)")
            #expect(try await api.call("DELETE", path, fields: bob).status == 204)
        }
    }

    @Test func `requests that need usernames are 503`() async throws {
        try await withoutDirectory { api, path, team, _ in
            let user = #"{"userId":"ada"}"#
            let calls: [(String, String, String?, [String])] = [
                ("GET", path, nil, bob), ("GET", "/api/integrations", nil, bob),
                ("GET", path + "/owner", nil, bob), ("PATCH", path, #"{"name":"C"}"#, bob),
                ("POST", "/api/integrations", #"{"name":"New"}"#, bob),
                ("PUT", path + "/owner", user, admin),
                ("GET", path + "/shares/user:ada", nil, bob),
                ("PUT", path + "/shares/user:ada", nil, bob),
                ("DELETE", path + "/shares/user:ada", nil, bob),
                ("GET", team + "/members", nil, bob), ("PUT", team + "/members/ada", nil, bob),
                ("DELETE", team + "/members/ada", nil, bob),
            ]
            for (method, target, body, identity) in calls {
                let answer = try await api.call(method, target, body: body, fields: identity)
                #expect(answer.status == 503, "\(method) \(target): \(answer.text)")
                #expect(answer.code == "upstream_unavailable", "\(method) \(target)")
                #expect(answer.field("retry-after") != nil, "\(method) \(target)")
            }
        }
    }

    @Test func `hidden is 404 and forbidden is 403 even without the directory`() async throws {
        try await withoutDirectory { api, path, team, _ in
            let stranger = IntegrationsAlone.identity(Cast.grace)
            for target in [path, path + "/owner", path + "/shares/user:ada", team + "/members"] {
                #expect(try await api.call("GET", target, fields: stranger).status == 404)
            }
            let share = try await api.call("PUT", path + "/shares/user:ada", fields: ada)
            #expect(share.status == 403, "\(share.text)")
            let member = try await api.call("PUT", team + "/members/ada", fields: ada)
            #expect(member.status == 403, "\(member.text)")
        }
    }
}
