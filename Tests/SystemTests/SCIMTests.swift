import Foundation
import TestSupport
import Testing

/// An identity provider against five processes.
@Suite(.serialized) struct SCIMTests {
    @Test(
        .enabled(
            if: Venv.has("scim2-tester"),
            "deploy/test installs scim2-tester into .build/venv"))
    func `a checker that others wrote finds nothing`() async throws {
        let stack = try await LiveStack(["LATCHKEY_RATE_LIMIT": "0"])
        try await stack.start()
        let tried = try await Program.run(
            Venv.folder + "python",
            [
                Venv.root + "/deploy/lib/scim_check.py", "http://127.0.0.1:\(stack.gatewayPort)",
                stack.adminToken,
            ])
        #expect(tried.status == 0, "\(tried.output)")
        await stack.killAll()
    }

    private func send(
        _ stack: LiveStack, _ method: String, _ path: String, _ body: String? = nil,
        fields: [String] = []
    ) async throws -> RawResponse {
        try await stack.api.call(
            method, "/scim/v2" + path, token: stack.adminToken, body: body, fields: fields)
    }

    private func patch(
        _ stack: LiveStack, _ path: String, _ operations: String, fields: [String] = []
    ) async throws -> RawResponse {
        try await send(
            stack, "PATCH", path,
            #"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"#
                + #""Operations":[\#(operations)]}"#, fields: fields)
    }

    @Test func `people come, work in groups, and are out within a second`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        var users: [String] = []
        for name in ["ada", "grace"] {
            let made = try await send(
                stack, "POST", "/Users",
                #"{"userName":"\#(name)@example.com","externalId":"okta-\#(name)"}"#)
            users.append(try #require(made["id"], "\(made.text)"))
        }
        let group = try await send(
            stack, "POST", "/Groups", #"{"displayName":"Analytics Team","externalId":"00g"}"#)
        let team = try #require(group["id"], "\(group.text)")
        let added = try await patch(
            stack, "/Groups/\(team)",
            #"{"op":"Add","path":"members","value":[{"value":"\#(users[0])"},"#
                + #"{"value":"\#(users[1])"}]}"#)
        #expect(
            added.status == 204 && added.field("etag")?.hasPrefix("W/") == true, "\(added.text)")
        try await checkGroup(stack, team, users)

        // The team gives access to what is shared with it.
        let integration = try await stack.api.call(
            "POST", "/api/integrations", token: stack.adminToken, body: #"{"name":"CRM"}"#)
        let crm = try #require(integration["id"], "\(integration.text)")
        let shared = try await stack.api.call(
            "PUT", "/api/integrations/\(crm)/shares/team:\(team)", token: stack.adminToken,
            body: #"{"accessLevel":1}"#)
        #expect(shared.status == 200, "\(shared.text)")
        let ada = try await stack.token(of: users[0])
        func sees() async throws -> Int {
            try await stack.api.call("GET", "/api/integrations/\(crm)", token: ada).status
        }
        #expect(try await sees() == 200)

        let off = try await patch(
            stack, "/Users/\(users[0])", #"{"op":"Replace","path":"active","value":"False"}"#)
        #expect(off.status == 200)
        #expect(try await sees() == 401)
        let isKnown = await eventually(within: 1_000) {
            let checked = try? await stack.api.call(
                "POST", "/access/v1/evaluation", token: stack.adminToken,
                body: """
                    {"subject":{"type":"user","id":"okta-ada"},"action":{"name":"access"},
                     "resource":{"type":"integration","id":"\(crm)"}}
                    """)
            return checked?.json?["decision"] == .bool(false)
        }
        #expect(isKnown)
        let gone = try await patch(
            stack, "/Groups/\(team)",
            #"{"op":"Remove","path":"members[value eq \"\#(users[1])\"]"}"#)
        #expect(gone.status == 204)
        #expect(try await send(stack, "DELETE", "/Groups/\(team)").status == 204)
        #expect(try await send(stack, "GET", "/Groups/\(team)").status == 404)
        #expect(try await send(stack, "DELETE", "/Users/\(users[1])").status == 204)
        await stack.killAll()
    }

    private func checkGroup(
        _ stack: LiveStack, _ team: String, _ users: [String]
    ) async throws {
        let shown = try await send(stack, "GET", "/Groups/\(team)")
        let members = shown.json?["members"]?.items ?? []
        #expect(Set(members.compactMap { $0["value"]?.string }) == Set(users), "\(shown.text)")
        #expect(members.first?["type"] == .string("User"))
        for filter in [
            "displayName%20eq%20%22analytics%20team%22", "externalId%20eq%20%2200g%22",
            "members%20eq%20%22\(users[0])%22",
            "id%20eq%20%22\(team)%22%20and%20members.value%20eq%20%22\(users[1])%22",
            "displayName%20sw%20%22Ana%22",
        ] {
            let found = try await send(stack, "GET", "/Groups?filter=\(filter)")
            #expect(found.json?["totalResults"] == .number(1), "\(filter): \(found.text)")
        }
        let none = try await send(
            stack, "GET", "/Groups?filter=members%20eq%20%22usr_x%22&excludedAttributes=members")
        #expect(none.json?["totalResults"] == .number(0))
        let managed = try await stack.api.call(
            "GET", "/api/teams/\(team)", token: stack.adminToken)
        #expect(managed["managedBy"] == "scim")
        let byHand = try await stack.api.call(
            "PUT", "/api/teams/\(team)/members/ada", token: stack.adminToken,
            body: #"{"role":"admin"}"#)
        #expect(byHand.status == 200)
        let refused = try await stack.api.call(
            "DELETE", "/api/teams/\(team)/members/ada", token: stack.adminToken)
        #expect(refused.status == 409 && refused.code == "managed_by_scim")
        let tag = try #require(shown.field("etag"))
        let renamed = try await patch(
            stack, "/Groups/\(team)", #"{"op":"Replace","path":"displayName","value":"Analysts"}"#,
            fields: ["If-Match: \(tag)"])
        #expect(renamed.status == 204, "\(renamed.text)")
        let stale = try await patch(
            stack, "/Groups/\(team)", #"{"op":"replace","path":"displayName","value":"X"}"#,
            fields: ["If-Match: \(tag)"])
        #expect(stale.status == 412, "\(stale.text)")
        let unknown = try await patch(
            stack, "/Groups/\(team)", #"{"op":"add","path":"members","value":[{"value":"usr_x"}]}"#)
        #expect(unknown.status == 400)
        #expect(unknown.json?["scimType"] == .string("invalidValue"))
    }
}
