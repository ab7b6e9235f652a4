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
    /// With whom the entity is shared, and whom a store lets in.
    case friend
    case customer
    /// Another publisher, who can see the entity.
    case publisher
    case collaborator
    case viewer
    /// The invited user.
    case invitee
    case owner
    case platformAdmin
}

private typealias Row = MatrixLine

private let managed = "hidden owner owner owner owner owner hidden ok hidden"

/// One row for each route: a route without a row fails.
private let rows: [String: Row] = [
    "createInvitation": Row(201, managed, body: #"{"email":"new@example.com"}"#),
    "createInvitations": Row(
        200, managed, body: #"{"invitations":[{"email":"new@example.com"}]}"#),
    "listInvitations": Row(200, managed),
    "getInvitation": Row(200, managed),
    "revokeInvitation": Row(200, managed),
    "resendInvitation": Row(200, managed),
    "listCollaborators": Row(200, "hidden owner owner owner ok ok hidden ok hidden"),
    // A user other than the caller.
    "removeCollaborator": Row(204, managed),
    "removeCollaborator self": Row(
        204, "hidden hidden hidden hidden ok ok hidden own hidden"),
    "listMyInvitations": Row(200, "ok ok ok ok ok ok ok ok ok"),
    "acceptInvitation": Row(
        200, "mismatch mismatch mismatch mismatch mismatch mismatch ok mismatch mismatch",
        body: #"{"token":"TOKEN"}"#),
    "declineInvitation": Row(
        200, "mismatch mismatch mismatch mismatch mismatch mismatch ok mismatch mismatch",
        body: #"{"token":"TOKEN"}"#),
]

private let legend: [Substring: Refusal] = [
    "hidden": .hidden, "owner": Refusal(403, "entity_owner_required"),
    "mismatch": Refusal(403, "email_mismatch"), "own": Refusal(409, "cannot_remove_self"),
]

@Suite struct AuthorizationTests {
    /// An entity with one of each.
    private struct Scene {
        let served: ServedInvitations
        let id: String
        let invitation: JSONValue

        init(_ served: ServedInvitations) async throws {
            self.served = served
            let owner = served.user("owner")
            id = served.entity(by: owner)
            for name in ["collaborator", "viewer", "target"] {
                let user = served.user(name)
                let role = name == "viewer" ? name : "collaborator"
                let made = try await served.invite(
                    "\(name)@example.com", to: id, by: owner, #","role":"\#(role)""#)
                let accepted = try await served.accept(try served.token(made), by: user)
                try #require(accepted.status == 200, "\(accepted.text)")
            }
            for name in ["friend", "publisher"] {
                served.entities.share(id, with: served.user(name).userId)
            }
            served.entities.open(id, to: served.user("customer").userId)
            invitation = try await served.invite("invitee@example.com", to: id, by: owner)
            try await served.settleMails()
        }

        func request(_ route: Endpoint, _ user: String) -> String {
            let place = route.path.replacing("{id}", with: id)
                .replacing("{invId}", with: invitation["id"]?.string ?? "")
                .replacing("{userId}", with: user)
            return "\(route.method.rawValue) \(place)"
        }

        func body(_ row: Row) throws -> String? {
            row.body?.replacing("TOKEN", with: try served.token(invitation))
        }
    }

    private static func route(_ name: String) throws -> Endpoint {
        let id = String(name.prefix { $0 != " " })
        return try #require(InvitationRoutes.all.first { $0.id == id })
    }

    @Test(arguments: rows.keys.sorted())
    func `every route admits exactly the intended callers, and a refusal changes nothing`(
        _ name: String
    ) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        let matrix = try MatrixRow(
            route, success: row.success,
            strongest: ["acceptInvitation", "declineInvitation"].contains(route.id)
                ? Who.invitee : .owner, words: row.verdicts,
            legend)
        try await ServedInvitations.run { served in
            try await matrix.check(on: served) {
                try await Scene(served)
            } request: { scene, who in
                let user = name.hasSuffix(" self") ? "\(who)".lowercased() : "target"
                return (scene.request(route, "usr_\(user)"), try scene.body(row))
            }
        }
    }

    @Test func `the matrix has exactly one row for each route`() {
        let ids = rows.keys.filter { !$0.contains(" ") }
        // Those of webhooks and workspaces have matrices of their own.
        let others = WebhookRoutes.all + WorkspaceRoutes.all
        let routes = Set(InvitationRoutes.all).subtracting(others)
        #expect(Set(ids) == Set(routes.map(\.id)))
    }

    // MARK: Hidden things

    private static let hiding = rows.keys.sorted().filter { name in
        (try? route(name).path.contains("{id}")) == true
    }

    @Test(arguments: hiding)
    func `hidden and missing things are indistinguishable`(_ name: String) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let stranger = served.user("stranger")
            let target = scene.request(route, "usr_target")
            let body = try scene.body(row)
            try await served.expectHidden(
                target, body, scene.id, from: stranger,
                as: ["ent_01JHMZ0000000000000000000A", "x", "%C3%BC"])
        }
    }

    @Test func `another entity's invitation and a missing one are indistinguishable`() async throws
    {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let owner = served.user("owner")
            let other = served.entity("Other", by: owner)
            let id = try #require(scene.invitation["id"]?.string)
            for (method, ending) in [("GET", ""), ("DELETE", ""), ("POST", "/resend")] {
                let target = "\(method) /api/v1/entities/\(other)/invitations/\(id)\(ending)"
                let strayed = try await served.send(target, as: owner)
                #expect(strayed.status == 404)
                for missing in ["inv_01JHMZ0000000000000000000A", "x"] {
                    let nowhere = try await served.send(
                        target.replacing(id, with: missing), as: owner)
                    #expect(nowhere.text.replacing("/" + missing, with: "/" + id) == strayed.text)
                }
            }
        }
    }

    @Test func `requests without an identity are refused, and users can't call internal routes`()
        async throws
    {
        try await ServedInvitations.run { served in
            try await served.expectNoUsers(at: InvitationQueries.all)
        }
    }
}
