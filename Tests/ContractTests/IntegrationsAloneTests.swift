import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing

/// The integrations service alone: its calls, and its responses to other services.
@Suite struct IntegrationsAloneTests {
    private let ada = IntegrationsAlone.identity(Cast.ada)
    private let bob = IntegrationsAlone.identity(Cast.bob)
    private let admin = IntegrationsAlone.identity(Cast.grace, isAdmin: true)
    private let gateway = Cast.identity(of: "gateway", for: "integrations")

    @Test func `queries the directory by ids as agreed and shows the returned names`()
        async throws
    {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let path = try await IntegrationsAlone.crm(api, asked, by: ada)
            #expect(asked.bodies == [try Golden.text("directory-query-ids")])
            for target in [path, "/api/integrations", path + "/owner"] {
                asked.forget()
                let shown = try await api.call("GET", target, fields: ada)
                #expect(shown.status == 200 && shown.text.contains("user:ada"), "\(shown.text)")
                #expect(asked.bodies == [try Golden.text("directory-query-ids")], "\(target)")
            }
        }
    }

    @Test func `queries the directory by usernames as agreed and uses the returned users`()
        async throws
    {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let path = try await IntegrationsAlone.crm(api, asked, by: bob)
            let team = try await IntegrationsAlone.analytics(api, by: bob)
            let share = path + "/shares/user:ada"
            // Names the caller only if the response reveals whether the user exists.
            let (told, untold) = ("find-users-query-usernames", "directory-query-usernames")
            for (method, target, status, query) in [
                ("PUT", share, 200, told), ("GET", share, 200, untold),
                ("DELETE", share, 204, untold), ("PUT", team + "/members/ada", 201, told),
                ("DELETE", team + "/members/ada", 204, untold),
            ] {
                asked.forget()
                let answer = try await api.call(method, target, fields: bob)
                #expect(answer.status == status, "\(method) \(target): \(answer.text)")
                #expect(asked.bodies == [try Golden.text(query)])
            }
            asked.forget()
            let changed = try await api.call(
                "PUT", path + "/owner", body: #"{"userId":"ada"}"#, fields: admin)
            #expect(changed.status == 200 && changed["ownerId"] == "user:ada", "\(changed.text)")
            let query = try Golden.text("find-users-query-usernames")
            #expect(
                asked.bodies.first
                    == query.replacing(Cast.bob.userId, with: Cast.grace.userId))
            // A user that the directory doesn't return doesn't exist.
            let nobody = try await api.call("PUT", path + "/shares/user:eve", fields: ada)
            #expect(nobody.status == 422 && nobody.pointers == ["/principalId"])
        }
    }

    @Test func `callers who can't share learn nothing, and the directory isn't called`()
        async throws
    {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let path = try await IntegrationsAlone.crm(api, asked, by: bob)
            let shared = try await api.call("PUT", path + "/shares/user:ada", fields: bob)
            #expect(shared.status == 200, "\(shared.text)")
            asked.forget()
            let stranger = IntegrationsAlone.identity(Cast.grace)
            for (identity, status) in [(ada, 403), (stranger, 404)] {
                for principal in ["user:ada", "user:nobody", "team:nobody", "nobody"] {
                    let refused = try await api.call(
                        "PUT", path + "/shares/\(principal)", fields: identity)
                    #expect(refused.status == status, "\(refused.text)")
                }
            }
            #expect(asked.bodies.isEmpty)
        }
    }

    @Test func `applies user.deleted once: integrations are transferred, shares are removed`()
        async throws
    {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let owned = try await IntegrationsAlone.crm(api, asked, by: ada)
            let shared = try await IntegrationsAlone.crm(api, asked, by: bob)
            let team = try await IntegrationsAlone.analytics(api, by: bob)
            try await IntegrationsAlone.join(api, team, by: bob)
            let share = try await api.call("PUT", shared + "/shares/user:ada", fields: bob)
            #expect(share.status == 200, "\(share.text)")

            // In the golden event Grace deletes Ada.
            try await expectTakenOnce("user-deleted-event", asked, api, as: gateway)
            let grace = IntegrationsAlone.identity(Cast.grace)
            let access = try await api.call("GET", owned + "/access", fields: grace)
            #expect(access["via"] == "owner", "\(access.text)")
            let shares = try await api.call("GET", shared + "/shares", fields: bob)
            #expect(shares.json?["total"]?.int == 0, "\(shares.text)")
            let left = try await api.call("GET", team, fields: bob)
            #expect(left.json?["memberCount"]?.int == 1, "\(left.text)")
            for target in [owned, shared, team] {
                #expect(try await api.call("GET", target, fields: ada).status == 404)
            }
            // Ada can neither get nor create anything, although the directory still returns her.
            let again = try await api.call("PUT", shared + "/shares/user:ada", fields: bob)
            #expect(again.status == 422, "\(again.text)")
            let made = try await api.call(
                "POST", "/api/teams", body: #"{"name":"Mine"}"#, fields: ada)
            #expect(made.status == 403 && made.code == "user_deleted", "\(made.text)")
        }
    }

    @Test func `an unknown event changes nothing`() async throws {
        try await IntegrationsAlone.run(Asked()) { api, _ in
            let path = InternalEvent.deliver.path
            let painted =
                #"{"id":"evt_1","type":"user.painted","at":"2026-01-15T09:00:00.000Z","data":"{}"}"#
            let receipt = try await api.call("POST", path, body: painted, fields: [gateway])
            #expect(receipt.text == #"{"applied":false}"#)
            // The gateway doesn't own entities.
            let event = try Golden.text("entity-deleted-event")
            let refused = try await api.call("POST", path, body: event, fields: [gateway])
            #expect(refused.status == 403 && refused["code"] == "not_the_senders_fact")
        }
    }

    @Test func `responds to the query for the audit's tail as agreed`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            _ = try await IntegrationsAlone.crm(api, asked, by: ada)
            _ = try await IntegrationsAlone.analytics(api, by: ada)
            let tail = try await api.call(
                "POST", AuditRoutes.tail.path, body: try Golden.text("audit-tail-query"),
                fields: [gateway])
            let golden = JSONValue(try Golden.bytes("audit-tail-answer"))
            #expect(tail.status == 200 && tail.json?.names == golden?.names, "\(tail.text)")
            let entries = tail.json?["entries"]?.items ?? []
            #expect(entries.first?.names == golden?["entries"]?[0]?.names)
            #expect(tail.json?["total"]?.int == entries.count)
            #expect(Set(entries.map { $0["actorId"]?.string }) == [Cast.ada.userId])
            // Includes teams: only platform admins read everything.
            let actions = Set(entries.compactMap { $0["action"]?.string })
            #expect(actions == ["integration.created", "team.created", "team_member.added"])
        }
    }

    @Test(arguments: [InternalEvent.deliver, AuditRoutes.tail])
    func `a user's identity can't call internal routes`(endpoint: Endpoint) async throws {
        try await IntegrationsAlone.run(Asked()) { api, _ in
            let body = try Golden.text("user-deleted-event")
            for fields in [
                bob, admin, [Cast.identity(of: "gateway", for: "entities")], [],
            ] {
                let refused = try await api.call("POST", endpoint.path, body: body, fields: fields)
                #expect(refused.status == 401, "\(endpoint.id): \(refused.text)")
            }
        }
    }

    @Test func `requests without an identity for this service are refused`() async throws {
        try await IntegrationsAlone.run(Asked()) { api, _ in
            let other = Cast.identity(of: Cast.ada, for: "entities")
            for endpoint in IntegrationRoutes.all + [IntegrationRoutes.listAudit] {
                let path = endpoint.parameterNames.reduce(endpoint.path) {
                    $0.replacing("{\($1)}", with: "x1")
                }
                for fields in [[], [other], ["Latchkey-Identity: x"], [gateway]] {
                    let refused = try await api.call(
                        endpoint.method.rawValue, path, body: "{}", fields: fields)
                    #expect(refused.status == 401, "\(endpoint.id): \(refused.text)")
                }
            }
        }
    }
}
