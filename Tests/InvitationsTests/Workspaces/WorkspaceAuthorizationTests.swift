import Contract
import GatewayContract
import InvitationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The caller.
private enum Who: String, CaseIterable {
    case stranger
    /// The invited user.
    case invitee
    case readMember
    case writeMember
    /// The former owner, who sent the pending invitation and can write.
    case former
    case owner
    case platformAdmin
}

private typealias Row = MatrixLine

private let everybody = "ok ok ok ok ok ok ok"
private let members = "hidden hidden ok ok ok ok hidden"
private let owned = "hidden hidden owner owner owner ok hidden"
private let sent = "hidden inviter hidden hidden ok ok hidden"

/// One row for each route: a route without a row fails.
private let rows: [String: Row] = [
    "createWorkspace": Row(201, everybody, body: #"{"name":"New"}"#),
    "listWorkspaces": Row(200, everybody),
    "getWorkspace": Row(200, members),
    "updateWorkspace": Row(200, owned, body: #"{"name":"New"}"#),
    "deleteWorkspace": Row(204, owned),
    "transferWorkspace": Row(200, owned, body: #"{"userId":"usr_target"}"#),
    "createWorkspaceInvitation": Row(200, owned, body: #"{"invitedEmail":"new@example.com"}"#),
    "listWorkspaceInvitations": Row(200, members),
    "listSharedUsers": Row(200, members),
    // A user other than the caller.
    "updateSharedUser": Row(200, owned, body: #"{"permissions":"write"}"#),
    "updateSharedUser self": Row(
        200, "hidden hidden owner owner owner fixed hidden", body: #"{"permissions":"write"}"#),
    "removeSharedUser": Row(200, owned),
    "removeSharedUser self": Row(200, "hidden hidden ok ok ok fixed hidden"),
    "listMyWorkspaceInvitations": Row(200, everybody),
    "answerWorkspaceInvitation": Row(
        200, "mismatch ok mismatch mismatch mismatch mismatch mismatch",
        body: #"{"status":"accepted","userEmail":"invitee@example.com"}"#),
    "updateWorkspaceInvitationExpiration": Row(
        200, sent, body: #"{"expirationDate":"2026-06-01T00:00:00Z"}"#),
    "resendWorkspaceInvitation": Row(200, sent),
    "revokeWorkspaceInvitation": Row(204, sent),
]

private let legend: [Substring: Refusal] = [
    "hidden": .hidden, "owner": Refusal(403, "workspace_owner_required"),
    "inviter": Refusal(403, "inviter_or_owner_required"),
    "mismatch": Refusal(403, "email_mismatch"), "fixed": Refusal(409, "owner_is_fixed"),
]

@Suite struct WorkspaceAuthorizationTests {
    /// A workspace with one user of each kind.
    private struct Scene {
        let served: ServedInvitations
        let id: String
        let invitation: String

        init(_ served: ServedInvitations) async throws {
            self.served = served
            let former = served.user("former")
            id = try await served.workspace(by: former)
            for name in ["readMember", "target", "writeMember", "owner"] {
                let permissions = name.hasPrefix("write") ? "write" : "read"
                _ = try await served.member(
                    name.lowercased(), of: id, by: former, permissions)
            }
            let made = try await served.invite(
                "invitee@example.com", intoWorkspace: id, by: former)
            invitation = try #require(made["id"]?.string)
            try await served.handOver(id, to: served.user("owner"), by: former)
            // It can be resent.
            served.clock.advance(seconds: 60)
            try await served.settleMails()
        }

        func request(_ route: Endpoint, _ user: String) -> String {
            let place = route.path.replacing("{workspaceId}", with: id)
                .replacing("{invitationId}", with: invitation)
                .replacing("{userId}", with: user)
            return "\(route.method.rawValue) \(place)"
        }
    }

    private static func route(_ name: String) throws -> Endpoint {
        let id = String(name.prefix { $0 != " " })
        return try #require(WorkspaceRoutes.all.first { $0.id == id })
    }

    @Test(arguments: rows.keys.sorted())
    func `every route admits exactly the intended callers, and a refusal changes nothing`(
        _ name: String
    ) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        let matrix = try MatrixRow(
            route, success: row.success,
            strongest: route.id == "answerWorkspaceInvitation" ? Who.invitee : .owner,
            words: row.verdicts, legend)
        try await ServedInvitations.run { served in
            try await matrix.check(on: served) {
                try await Scene(served)
            } request: { scene, who in
                let user = name.hasSuffix(" self") ? "\(who)".lowercased() : "target"
                return (scene.request(route, "usr_\(user)"), row.body)
            }
        }
    }

    @Test func `the matrix has exactly one row for each route`() {
        let ids = rows.keys.filter { !$0.contains(" ") }
        #expect(Set(ids) == Set(WorkspaceRoutes.all.map(\.id)))
    }

    @Test func `writes need the scope, reads don't`() {
        for route in WorkspaceRoutes.all {
            #expect(route.scopes == (route.readsOnly ? [] : ["workspaces:write"]), "\(route.id)")
            #expect(route.access == .user)
        }
        let reading = WorkspaceRoutes.all.filter { $0.method == .post && $0.readsOnly }
        #expect(reading.map(\.id) == ["listWorkspaceInvitations"])
    }

    @Test func `a read-only token without scopes can read everything`() async throws {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let reader = served.user("owner", scopes: [], readOnly: true)
            let routes = WorkspaceRoutes.all.filter(\.readsOnly)
            #expect(routes.count == 5)
            for route in routes {
                let answer = try await served.send(scene.request(route, "x"), as: reader)
                #expect(answer.status == 200, "\(route.id): \(answer.text)")
            }
        }
    }

    // MARK: Hidden things

    private static let hiding = rows.keys.sorted().filter { name in
        (try? route(name).path.contains("{")) == true && !name.contains(" ")
    }

    /// Responding for another user is `email_mismatch`, as documented.
    @Test(arguments: hiding.filter { $0 != "answerWorkspaceInvitation" })
    func `hidden and missing things are indistinguishable`(_ name: String) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let stranger = served.user("stranger")
            let target = scene.request(route, "usr_target")
            let id = route.path.contains("{workspaceId}") ? scene.id : scene.invitation
            let others = [
                "01890000-0000-7000-8000-000000000000", "x", "%C3%BC", id.uppercased(),
                id + "0", "ent_01JHMZ0000000000000000000A",
            ]
            try await served.expectHidden(
                target, row.body, "/" + id, from: stranger, as: others.map { "/" + $0 })
            // Members don't learn which other users exist.
            guard route.path.contains("{userId}") else { return }
            let owner = served.user("owner")
            let absent = ["usr_stranger", "usr_nobody", "x", "%C3%BC"]
            for user in absent {
                let answer = try await served.send(
                    scene.request(route, user), row.body, as: owner)
                #expect(answer.status == 404 && answer.code == "not_found", "\(answer.text)")
            }
        }
    }

    @Test(arguments: ["x", "01890000-0000-7000-8000-000000000000", "inv_1"])
    func `an unknown invitation can't be answered`(_ id: String) async throws {
        try await ServedInvitations.run { served in
            let bob = served.user("bob")
            let answer = try await served.send(
                "POST /api/v2/workspaceInvitations/\(id)",
                #"{"status":"accepted","userEmail":"bob@example.com"}"#, as: bob)
            #expect(answer.status == 404 && answer.code == "not_found")
        }
    }

    @Test(arguments: hiding)
    func `ids are case-insensitive`(_ name: String) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let who: Who = name == "answerWorkspaceInvitation" ? .invitee : .owner
            let id = route.path.contains("{workspaceId}") ? scene.id : scene.invitation
            let target = scene.request(route, "usr_target")
                .replacing(id, with: id.uppercased())
            let answer = try await served.send(
                target, row.body, as: served.caller(who, .exact, route))
            #expect(answer.status == row.success, "\(answer.text)")
            #expect(!answer.text.contains(id.uppercased()))
        }
    }

    @Test func `GET of a single invitation is 405 with Allow`()
        async throws
    {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let wrong = try await served.send(
                "GET /api/v2/workspaceInvitations/\(scene.invitation)",
                as: served.user("invitee"))
            #expect(wrong.status == 405)
            #expect(wrong.field("allow")?.contains("DELETE") == true)
            #expect(wrong.field("allow")?.contains("POST") == true)
        }
    }
}
