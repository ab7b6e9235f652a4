import Contract
import GatewayContract
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

private let outside = Refusal(403, "not_a_member")
private let weak = Refusal(403, "insufficient_role")
private let owners = Refusal(403, "owner_required")
private let admins = Refusal(403, "not_an_organization_admin")

/// What a route requires of its callers.
private struct Row {
    /// Of the member's role.
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
    /// The status for an owner who sends `body`.
    let success: Int
    /// Whether platform admins can do it.
    var isForPlatformAdmins = false
    /// Whether everyone can do it if the store has public publications.
    var isStore = false
    /// Whether the owner of the published entity can do it, who is no member.
    var isForEntityOwner = false
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
    "updateMember": Row(body: #"{"role":"barer"}"#, need: .scope, success: 200),
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
    "unpublishEntity": Row(
        need: .scope, success: 204, isStore: true, isForEntityOwner: true),
    "getPublication": Row(need: .membership, success: 200, isStore: true),
    "updatePublication": Row(need: .scope, success: 200, isStore: true),
    "deletePublication": Row(
        need: .scope, success: 204, isStore: true, isForEntityOwner: true),
    "listPublicStores": Row(need: .nothing, success: 200),
    "listAudit": Row(need: .admin, success: 200, isForPlatformAdmins: true),
]

private enum Who: CaseIterable {
    case stranger
    case platformAdmin
    case entityOwner
    /// Custom roles with no scope, and with the route's scope only.
    case bare
    case exact
    case member
    case admin
    case owner

    /// Their refusal; nil: allowed.
    func refusal(_ row: Row, _ route: Endpoint, isPublic: Bool) -> Refusal? {
        if row.need == .nothing { return nil }
        switch self {
        case .entityOwner where row.isForEntityOwner: return nil
        case .stranger, .platformAdmin, .entityOwner:
            if row.isStore, isPublic { return route.readsOnly ? nil : outside }
            guard self == .platformAdmin else { return .hidden }
            if row.isForPlatformAdmins { return nil }
            // They see the organization, and its store only if it is public.
            let isSeen =
                !row.isStore || route.id == "publishEntity" || route.id == "unpublishEntity"
            return isSeen ? outside : .hidden
        case .bare, .exact, .member: return own(row, route)
        case .admin: return row.need == .owner ? owners : nil
        case .owner: return nil
        }
    }

    /// What a role with a list of scopes permits.
    private func own(_ row: Row, _ route: Endpoint) -> Refusal? {
        switch row.need {
        case .nothing, .membership: return nil
        case .admin: return admins
        case .owner: return owners
        case .scope:
            if self == .exact { return nil }
            let has = self == .member && route.scopes == ["entities:share_store"]
            return has ? nil : weak
        }
    }
}

@Suite struct AuthorizationTests {
    /// An organization with one of each kind of caller, and the targets of requests.
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
            // Its creator, its owner and its publisher are different users.
            let founder = served.user("founder")
            path = try await served.organization(by: founder)
            try await served.join(owner, path, as: "owner", by: founder)
            let left = try await served.send("DELETE \(path)/members/usr_founder", as: owner)
            try #require(left.status == 204, "\(left.text)")
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
            // All of them are publishers of the entity: this is about the organization.
            entity = served.entities.add()
            for name in ["owner", "bare", "exact", "member", "admin", "stranger"] {
                served.entities.change(entity) { $0.publishers.insert("usr_\(name)") }
            }
            served.entities.change(entity) {
                $0.publishers.insert("usr_entityowner")
                $0.owner = "usr_entityowner"
            }
            publicationId = try await served.publish(
                entity, publicly: isPublic, to: path, by: served.user("admin"))
        }

        /// The request with this scene's ids.
        func request(_ route: Endpoint, _ row: Row) throws -> (target: String, body: String?) {
            var place = route.path.replacing("/api/organizations/{id}", with: path)
            for (name, id) in [
                ("userId", target.userId), ("roleId", roleId), ("publicationId", publicationId),
            ] { place = place.replacing("{\(name)}", with: id) }
            var body = row.body
            switch route.id {
            // Another entity with the same publishers.
            case "publishEntity":
                let other = served.entities.add()
                for name in [
                    "owner", "bare", "exact", "member", "admin", "stranger", "entityowner",
                ] {
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
    }

    private static let routes = OrganizationRoutes.all + [OrganizationRoutes.listAudit]

    @Test(arguments: routes.map(\.id), [false, true])
    func `every route admits exactly the callers in the matrix, and a refusal changes nothing`(
        _ id: String, _ isPublic: Bool
    ) async throws {
        let route = try #require(Self.routes.first { $0.id == id })
        let row = try #require(matrix[id], "\(id) has no row")
        let matrix = MatrixRow(
            route, success: row.success, strongest: Who.owner,
            Who.allCases.map { ($0, $0.refusal(row, route, isPublic: isPublic)) })
        try await ServedOrganizations.run { served in
            try await matrix.check(on: served) {
                try await Scene(served, route, isPublic: isPublic)
            } request: { scene, _ in
                try scene.request(route, row)
            }
        }
    }

    @Test func `every row of the matrix is a route`() {
        #expect(Set(matrix.keys) == Set(Self.routes.map(\.id)))
    }

    @Test(arguments: routes.filter { $0.path.contains("{") || $0.id == "listAudit" }.map(\.id))
    func `hidden and missing organizations have identical responses`(_ id: String) async throws {
        let route = try #require(Self.routes.first { $0.id == id })
        let row = try #require(matrix[id])
        try await ServedOrganizations.run { served in
            let scene = try await Scene(served, route, isPublic: false)
            let stranger = served.user("stranger")
            let (target, body) = try scene.request(route, row)
            let organizationId = String(scene.path.split(separator: "/").last ?? "")
            let missing = "org_01JHMZ0000000000000000000A"
            // A query that isn't UTF-8 is malformed in any case.
            let others = [missing, "no-such-slug", "%C3%BC"] + (id == "listAudit" ? [] : ["%FF"])
            try await served.expectHidden(
                target, body, organizationId, from: stranger, as: others)
        }
    }

    @Test func `what belongs to another organization is a 404 in this one`() async throws {
        try await ServedOrganizations.run { served in
            let route = OrganizationRoutes.updateRole
            let foreign = try await Scene(served, route, isPublic: true)
            let eve = served.user("eve")
            let path = try await served.organization("Evil", by: eve)
            let before = try served.database.dump()
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
            #expect(try served.database.dump() == before)
        }
    }
}
