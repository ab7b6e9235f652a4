import Foundation
import TestSupport
import Testing

/// The running system against its OpenAPI document, tested by third-party programs.
@Suite(.serialized) struct OpenAPITests {
    @Test(
        .enabled(
            if: Venv.has("schemathesis"), "deploy/test installs schemathesis into .build/venv"))
    func `the document is OpenAPI 3.1, and every response conforms to it`() async throws {
        let stack = try await LiveStack([
            "LATCHKEY_SIGN_IN_LIMIT": "0", "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true",
            "LATCHKEY_RETURN_ORIGINS": "https://app.example.com",
            "LATCHKEY_JWT_ISSUERS": "http://127.0.0.1:9;audience=https://api.example.com",
        ])
        try await stack.start()
        let address = "http://127.0.0.1:\(stack.gatewayPort)/openapi.json"
        let document = try await stack.api.call("GET", "/openapi.json")
        let file = stack.folder.path + "/openapi.json"
        try Data(document.body).write(to: URL(fileURLWithPath: file))
        let validator = try await Program.run(Venv.folder + "openapi-spec-validator", [file])
        #expect(validator.status == 0, "\(validator.output)")

        let seen = stack.folder.path + "/seen.json"
        let entity = try await stack.entity(stack.adminToken, name: "Spare")
        let organization = try await OrganizationThings(stack, entity: entity)
        let integration = try await IntegrationThings(stack)
        let invitation = try await InvitationThings(stack)
        let workspace = try await WorkspaceThings(stack)
        let code = try await stack.code("signing-in@example.com")
        let signIn =
            #""createSession": {"email": "signing-in@example.com", "code": "\#(code)"}"#
        let ids = [organization.ids, integration.ids, invitation.ids, workspace.ids].joined(
            separator: ",\n")
        let bodies = [
            organization.bodies, integration.bodies, invitation.bodies, workspace.bodies, signIn,
            SCIMThings.bodies,
        ]
        let tried = try await Program.run(
            Venv.folder + "schemathesis",
            [
                "--config-file", Venv.root + "/deploy/lib/schemathesis.toml", "run", address,
                "--header", "Authorization: Bearer \(stack.adminToken)", "--seed", "1",
                "--max-examples", "20", "--continue-on-failure", "--no-color",
            ],
            [
                "SCHEMATHESIS_HOOKS": Venv.root + "/deploy/lib/schemathesis_hooks.py",
                "LATCHKEY_TEST_IDS": try await Self.ids(of: stack, entity, and: ids),
                "LATCHKEY_TEST_BODIES": "{\(bodies.joined(separator: ",\n"))}",
                "LATCHKEY_TEST_OWN": try await Self.own(stack), "LATCHKEY_TEST_SEEN": seen,
            ], in: stack.folder.path)
        #expect(tried.status == 0, "\(tried.output)")
        try Self.checkReach(seen)
        await stack.killAll()
    }

    /// A run whose token stopped working would find no errors either.
    private static func checkReach(_ path: String) throws {
        let seen = JSONValue([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        let names = try #require(seen?.names)
        #expect(names.count > 30)
        // The run's users have API tokens, and no sessions; and codes that lead back to an app are
        // made by pages, and those to the console by an identity provider.
        let ofOthers: Set = [
            "deleteCurrentSession", "deleteSession", "deleteUserSession", "exchangeCode",
            "createProviderSession",
        ]
        let silent = names.filter { name in
            !ofOthers.contains(name)
                && !(seen?[name]?.names.contains { $0.hasPrefix("2") } ?? false)
        }
        #expect(silent.isEmpty, "never succeeded: \(silent)")
    }

    /// Existing things by the tag of operations that take their ids.
    private static func ids(
        of stack: LiveStack, _ entity: String, and others: String
    ) async throws -> String {
        let token = stack.adminToken
        let user = try await stack.user("spare")
        let path = "/api/entities/\(entity)"
        let sha256 = String(repeating: "a", count: 64)
        let version =
            #"{"version":"0.0.1","packageUrl":"https://example.com/a","sha256":"\#(sha256)"}"#
        #expect(
            try await stack.api.call("POST", path + "/versions", token: token, body: version).status
                == 201)
        let publisher = #"{"userId":"\#(user.id)"}"#
        #expect(
            try await stack.api.call("POST", path + "/publishers", token: token, body: publisher)
                .status == 201)
        _ = try await stack.user("guest")
        let shared = try await stack.api.call(
            "POST", path + "/shares", token: token, body: #"{"emails":["guest@example.com"]}"#)
        let share = shared.json?["created"]?[0]?["id"]?.string ?? ""
        // One to be deleted: the run may create all of its own after the last attempt.
        let spare = try await stack.api.call(
            "POST", "/api/tokens", token: token, body: #"{"name":"spare","scopes":["org:write"]}"#)
        stack.issue(spare["token"] ?? "")
        let extra = try await stack.api.call(
            "POST", "/api/tokens", token: token,
            body: #"{"name":"extra","scopes":[],"userId":"\#(user.id)"}"#)
        stack.issue(extra["token"] ?? "")
        let leaving = try await stack.user("departing")
        let begun = try await stack.api.call(
            "DELETE", "/api/users/\(leaving.id)/access", token: token)
        let operation = try #require(begun["operationId"], "\(begun.text)")
        let group = try await stack.api.call(
            "POST", "/scim/v2/Groups", token: token, body: #"{"displayName":"Spare"}"#)
        let team = try #require(group["id"], "\(group.text)")
        return """
            {"SCIM": {"id": "\(user.id)"}, \(ofGroups(team)),
             "getSCIMSchema": {"id": "urn:ietf:params:scim:schemas:core:2.0:User"},
             "getSCIMResourceType": {"id": "User"},
             "Operations": {"id": "\(operation)"},
             "deleteToken": {"id": "\(spare["id"] ?? "")"}, "Users": {"id": "\(user.id)"},
             "deleteUserToken": {"id": "\(user.id)", "tokenId": "\(extra["id"] ?? "")"},
             "Entities": {"entityId": "\(entity)"},
             "Shares": {"entityId": "\(entity)", "shareId": "\(share)"},
             "Publishers": {"entityId": "\(entity)", "userId": "\(user.id)"},
             "Versions": {"entityId": "\(entity)", "version": "0.0.1"},
             "Installations": {"entityId": "\(entity)"}, "Access": {"entityId": "\(entity)"},
             \(others)}
            """
    }

    private static func ofGroups(_ team: String) -> String {
        ["getSCIMGroup", "setSCIMGroup", "updateSCIMGroup"].map {
            #""\#($0)": {"id": "\#(team)"}"#
        }.joined(separator: ", ")
    }

    /// The user and token of the run.
    private static func own(_ stack: LiveStack) async throws -> String {
        let me = try await stack.api.call("GET", "/api/me", token: stack.adminToken)
        return #"["\#(me["id"] ?? "")", "\#(me["tokenId"] ?? "")"]"#
    }
}
