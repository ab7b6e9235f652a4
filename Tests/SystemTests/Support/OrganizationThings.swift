import TestSupport
import Testing

/// Things of the organizations context that exist before schemathesis runs; its hooks
/// (deploy/lib/schemathesis_hooks.py) put them where a made-up id would end at 404.
struct OrganizationThings {
    /// By the tag of operations, or by the operation: for `LATCHKEY_TEST_IDS`, without the braces.
    let ids: String
    /// Members of bodies, by operation: for `LATCHKEY_TEST_BODIES`, without the braces.
    let bodies: String

    /// - Parameter entity: an entity of the admin; it is published to the store.
    init(_ stack: LiveStack, entity: String) async throws {
        let token = stack.adminToken
        func make(_ path: String, _ body: String) async throws -> String {
            let made = try await stack.api.call("POST", path, token: token, body: body)
            return try #require(made["id"] ?? made["userId"], "\(path): \(made.text)")
        }
        let member = try await stack.user("member").id
        let guest = try await stack.user("passing").id
        let changing = try await stack.entity(token, name: "Changing")
        let passing = try await stack.entity(token, name: "Passing")
        let id = try await make("/api/organizations", #"{"name":"Spare"}"#)
        let path = "/api/organizations/\(id)"
        _ = try await make(path + "/members", #"{"userId":"\#(member)"}"#)
        let role = try await make(path + "/roles", #"{"name":"spare","scopes":["org:write"]}"#)
        let publication = try await make(
            path + "/store", #"{"entityId":"\#(entity)","isPublic":true}"#)
        ids = """
            "Organizations": {"id": "\(id)"}, "Storage": {"id": "\(id)"},
            "Members": {"id": "\(id)", "userId": "\(member)"},
            "Roles": {"id": "\(id)", "roleId": "\(role)"},
            "Stores": {"id": "\(id)", "publicationId": "\(publication)"},
            "removeMember": {"id": "\(id)", "userId": "\(guest)"}
            """
        bodies = """
            "addMember": {"userId": "\(guest)", "email": null, "role": "member"},
            "updateMember": {"role": "admin"}, "updateRole": {"name": "spare"},
            "publishEntity": {"entityId": ["\(changing)", "\(passing)"]},
            "unpublishEntity": {"entityId": "\(changing)"}
            """
    }
}
