import Contract
import GatewayContract
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// What somebody gets from a route.
private enum Verdict: String {
    case ok
    case unauthenticated
    case readOnly = "read_only_token"
    case noScope = "insufficient_scope"
    case hidden = "not_found"
    case outside = "not_a_member"
    case weak = "insufficient_role"
    case owners = "owner_required"
    case admins = "not_an_organization_admin"

    var status: Int {
        switch self {
        case .ok: 200
        case .unauthenticated: 401
        case .hidden: 404
        default: 403
        }
    }
}

/// What a route asks of its callers.
private struct Row {
    /// Of the member's role, beyond his membership.
    enum Need {
        /// Any caller.
        case nothing
        case membership
        case scope
        case admin
        case owner
    }

    var body: String?
    let need: Need
    /// What an owner gets who sends `body`.
    let success: Int
    /// Whether a platform admin may.
    var isForPlatformAdmins = false
    /// Whether it is seen by everybody if the store has a public part.
    var isStore = false
}

/// One row for each route: a route without a row fails.
private let matrix: [String: Row] = [
    "createOrganization": Row(body: #"{"name":"New"}"#, need: .nothing, success: 201),
    "listOrganizations": Row(need: .nothing, success: 200),
    "getOrganization": Row(need: .membership, success: 200, isForPlatformAdmins: true),
    "updateOrganization": Row(body: #"{"name":"Other"}"#, need: .scope, success: 200),
    "deleteOrganization": Row(need: .owner, success: 204),
    "rotateNpmRegistryKey": Row(need: .scope, success: 200),
    "listMembers": Row(need: .membership, success: 200, isForPlatformAdmins: true),
    "addMember": Row(
        body: #"{"userId":"usr_new","role":"bare"}"#, need: .scope, success: 201),
    "changeMember": Row(body: #"{"role":"barer"}"#, need: .scope, success: 200),
    "removeMember": Row(need: .scope, success: 204),
    "listRoles": Row(need: .membership, success: 200, isForPlatformAdmins: true),
    "createRole": Row(body: #"{"name":"new","scopes":[]}"#, need: .scope, success: 201),
    "updateRole": Row(body: #"{"name":"renamed"}"#, need: .scope, success: 200),
    "deleteRole": Row(need: .scope, success: 204),
    "getStorageConfig": Row(need: .membership, success: 200, isForPlatformAdmins: true),
    "setStorageConfig": Row(
        body: """
            {"mode":"external","external":{"provider":"s3","endpoint":"https://s3.example.com",\
            "bucket":"acme","region":"auto","accessKeyId":"A","secretAccessKey":"S"}}
            """, need: .scope, success: 200),
    "listPublications": Row(need: .membership, success: 200, isStore: true),
    "publishEntity": Row(need: .scope, success: 201, isStore: true),
    "unpublishEntity": Row(need: .scope, success: 204, isStore: true),
    "getPublication": Row(need: .membership, success: 200, isStore: true),
    "updatePublication": Row(need: .scope, success: 200, isStore: true),
    "deletePublication": Row(need: .scope, success: 204, isStore: true),
    "listPublicStores": Row(need: .nothing, success: 200),
    "listAudit": Row(need: .admin, success: 200, isForPlatformAdmins: true),
]

private enum Who: CaseIterable {
    case anonymous
    case stranger
    case platformAdmin
    /// An owner, with a token that has all scopes but the route's.
    case scopeless
    /// An owner, with a token that may only read.
    case reader
    /// Custom roles with no scope, and with the route's alone.
    case bare
    case exact
    case member
    case admin
    case owner

    func verdict(_ row: Row, _ route: Endpoint, isPublic: Bool) -> Verdict {
        let changes = route.method != .get
        switch self {
        case .anonymous: return .unauthenticated
        case .reader where changes: return .readOnly
        case .scopeless where !route.scopes.isEmpty: return .noScope
        default: break
        }
        if row.need == .nothing { return .ok }
        switch self {
        case .stranger, .platformAdmin:
            if row.isStore, isPublic { return changes ? .outside : .ok }
            guard self == .platformAdmin else { return .hidden }
            if row.isForPlatformAdmins { return .ok }
            // He sees the organization; its store only if everybody does.
            let isSeen =
                !row.isStore || route.id == "publishEntity" || route.id == "unpublishEntity"
            return isSeen ? .outside : .hidden
        case .bare, .exact, .member: return own(row, route)
        case .admin: return row.need == .owner ? .owners : .ok
        default: return .ok
        }
    }

    /// What a role with a list of scopes lets one do.
    private func own(_ row: Row, _ route: Endpoint) -> Verdict {
        switch row.need {
        case .nothing, .membership: return .ok
        case .admin: return .admins
        case .owner: return .owners
        case .scope:
            if self == .exact { return .ok }
            let has = self == .member && route.scopes == ["entities:share_store"]
            return has ? .ok : .weak
        }
    }
}

@Suite struct AuthorizationTests {
    /// An organization with one of each, and what a route is tried with.
    private struct Scene {
        let served: ServedOrganizations
        let owner: Caller
        let path: String
        let target: Caller
        let roleId: String
        let publicationId: String
        let entity: String
        let isPublic: Bool

        init(_ served: ServedOrganizations, _ route: Endpoint, isPublic: Bool) async throws {
            self.served = served
            self.isPublic = isPublic
            owner = served.user("owner")
            path = try await served.organization(by: owner)
            _ = try await served.role("bare", [], in: path, by: owner)
            _ = try await served.role("barer", [], in: path, by: owner)
            _ = try await served.role("exact", route.scopes, in: path, by: owner)
            roleId = try await served.role("unused", [], in: path, by: owner)
            for name in ["bare", "exact", "member", "admin"] {
                try await served.join(served.user(name), path, as: name, by: owner)
            }
            target = served.user("target")
            try await served.join(target, path, as: "bare", by: owner)
            _ = served.user("new")
            // All of them publish it: this is about the organization.
            entity = served.entities.add()
            for name in ["owner", "bare", "exact", "member", "admin", "stranger"] {
                served.entities.change(entity) { $0.publishers.insert("usr_\(name)") }
            }
            publicationId = try await served.publish(
                entity, publicly: isPublic, to: path, by: owner)
        }

        /// The request that is tried, with what is in this scene.
        func request(_ route: Endpoint, _ row: Row) throws -> (target: String, body: String?) {
            var place = route.path.replacing("/api/organizations/{id}", with: path)
            for (name, id) in [
                ("userId", target.userId), ("roleId", roleId), ("publicationId", publicationId),
            ] { place = place.replacing("{\(name)}", with: id) }
            var body = row.body
            switch route.id {
            // One more entity of the same publishers.
            case "publishEntity":
                let other = served.entities.add()
                for name in ["owner", "bare", "exact", "member", "admin", "stranger"] {
                    served.entities.change(other) { $0.publishers.insert("usr_\(name)") }
                }
                body = #"{"entityId":"\#(other)","isPublic":true}"#
            case "unpublishEntity": body = #"{"entityId":"\#(entity)"}"#
            case "updatePublication": body = #"{"isPublic":\#(!isPublic)}"#
            case "listAudit": place += "?organizationId=\(path.split(separator: "/").last ?? "")"
            default: break
            }
            return ("\(route.method.rawValue) \(place)", body)
        }

        func caller(_ who: Who, _ route: Endpoint) -> Caller? {
            switch who {
            case .anonymous: nil
            case .platformAdmin: served.user("root", isAdmin: true)
            case .scopeless:
                served.user(
                    "owner",
                    scopes: Scopes.known.filter {
                        $0 != Scopes.all && !route.scopes.contains($0)
                    })
            case .reader: served.user("owner", readOnly: true)
            // Exactly what the route needs, so that nothing else helps.
            default: served.user("\(who)", scopes: route.scopes)
            }
        }
    }

    private static let routes = OrganizationRoutes.all + [AuditRoutes.list]

    @Test(arguments: routes.map(\.id), [false, true])
    func `every route admits exactly those whom it is for, and a refusal changes nothing`(
        _ id: String, _ isPublic: Bool
    ) async throws {
        let route = try #require(Self.routes.first { $0.id == id })
        let row = try #require(matrix[id], "\(id) has no row")
        try await ServedOrganizations.run { served in
            var scene = try await Scene(served, route, isPublic: isPublic)
            for who in Who.allCases {
                let (target, body) = try scene.request(route, row)
                let verdict = who.verdict(row, route, isPublic: isPublic)
                let before = try served.database.everything()
                let answer = try await served.send(target, body, as: scene.caller(who, route))
                let place: Comment = "\(who) \(target): \(answer.status) \(answer.text)"
                if verdict == .ok {
                    #expect(answer.status == row.success, place)
                    if route.method != .get {
                        #expect(try served.database.everything() != before, place)
                        // A scene of its own for whoever is next.
                        scene = try await Scene(served, route, isPublic: isPublic)
                    }
                } else {
                    #expect(
                        answer.status == verdict.status && answer.code == verdict.rawValue, place)
                    #expect(try served.database.everything() == before, place)
                }
            }
        }
    }

    @Test func `the matrix has no row for what is no route`() {
        #expect(Set(matrix.keys) == Set(Self.routes.map(\.id)))
    }

    @Test(arguments: routes.filter { $0.path.contains("{") || $0.id == "listAudit" }.map(\.id))
    func `what is hidden and what is missing differ in nothing`(_ id: String) async throws {
        let route = try #require(Self.routes.first { $0.id == id })
        let row = try #require(matrix[id])
        try await ServedOrganizations.run { served in
            let scene = try await Scene(served, route, isPublic: false)
            let stranger = served.user("stranger")
            let (target, body) = try scene.request(route, row)
            let organizationId = String(scene.path.split(separator: "/").last ?? "")
            let missing = "org_01JHMZ0000000000000000000A"
            let hidden = try await served.send(target, body, as: stranger)
            #expect(hidden.status == 404 && hidden.code == "not_found", "\(hidden.text)")
            // A query that is no UTF-8 is malformed, whatever it is about.
            let others = [missing, "no-such-slug", "%C3%BC"] + (id == "listAudit" ? [] : ["%FF"])
            for other in others {
                let nowhere = try await served.send(
                    target.replacing(organizationId, with: other), body, as: stranger)
                #expect(nowhere.status == hidden.status)
                #expect(
                    nowhere.text.replacing(other, with: organizationId) == hidden.text, "\(other)")
                #expect(nowhere.fields.map(\.name) == hidden.fields.map(\.name))
            }
        }
    }

    @Test func `what belongs to another organization is missing in this one`() async throws {
        try await ServedOrganizations.run { served in
            let route = OrganizationRoutes.updateRole
            let foreign = try await Scene(served, route, isPublic: true)
            let eve = served.user("eve")
            let path = try await served.organization("Evil", by: eve)
            let before = try served.database.everything()
            let ids = [
                ("roles", foreign.roleId), ("store", foreign.publicationId),
                ("members", foreign.target.userId),
            ]
            for (kind, id) in ids {
                let patch = ["roles": #"{"name":"x"}"#, "store": #"{"isPublic":true}"#]
                let body = patch[kind] ?? #"{"role":"owner"}"#
                for (method, body) in [("PATCH", body), ("DELETE", nil)] {
                    let answer = try await served.send(
                        "\(method) \(path)/\(kind)/\(id)", body, as: eve)
                    #expect(answer.status == 404, "\(method) \(kind): \(answer.text)")
                }
            }
            #expect(try served.database.everything() == before)
        }
    }
}
