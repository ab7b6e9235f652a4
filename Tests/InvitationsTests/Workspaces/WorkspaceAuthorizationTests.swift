import Contract
import GatewayContract
import InvitationsContract
import Journal
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Invitations

/// What somebody gets from a route.
private enum Verdict: String {
    case ok
    case unauthenticated
    case readOnly = "read_only_token"
    case noScope = "insufficient_scope"
    case hidden = "not_found"
    case owner = "workspace_owner_required"
    case inviter = "inviter_or_owner_required"
    case mismatch = "email_mismatch"
    case fixed = "owner_is_fixed"

    var status: Int {
        switch self {
        case .ok: 200
        case .unauthenticated: 401
        case .hidden: 404
        case .fixed: 409
        default: 403
        }
    }
}

/// Who asks. All but the first have the route's scopes alone, unless it says otherwise.
private enum Who: String, CaseIterable {
    case anonymous
    /// Who may do the most with a token that may only read.
    case reader
    /// The same with a token that has all scopes but the route's.
    case scopeless
    case stranger
    /// Whose address is invited.
    case invitee
    case readMember
    case writeMember
    /// Owned it before, and sent the invitation that is pending; may write.
    case former
    case owner
    case platformAdmin
}

private struct Row {
    let success: Int
    /// In the order of `Who`, from the stranger on; those before follow from the route.
    let verdicts: String
    var body: String?

    init(_ success: Int, _ verdicts: String, body: String? = nil) {
        self.success = success
        self.verdicts = verdicts
        self.body = body
    }
}

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
    "inviteToWorkspace": Row(200, owned, body: #"{"invitedEmail":"new@example.com"}"#),
    "listPendingWorkspaceInvitations": Row(200, members),
    "listSharedUsers": Row(200, members),
    // Somebody else than the caller.
    "changeSharedUserPermissions": Row(200, owned, body: #"{"permissions":"write"}"#),
    "changeSharedUserPermissions himself": Row(
        200, "hidden hidden owner owner owner fixed hidden", body: #"{"permissions":"write"}"#),
    "removeSharedUser": Row(200, owned),
    "removeSharedUser himself": Row(200, "hidden hidden ok ok ok fixed hidden"),
    "listMyWorkspaceInvitations": Row(200, everybody),
    "answerWorkspaceInvitation": Row(
        200, "mismatch ok mismatch mismatch mismatch mismatch mismatch",
        body: #"{"status":"accepted","userEmail":"invitee@example.com"}"#),
    "changeWorkspaceInvitationExpiration": Row(
        200, sent, body: #"{"expirationDate":"2026-06-01T00:00:00Z"}"#),
    "resendWorkspaceInvitation": Row(200, sent),
    "withdrawWorkspaceInvitation": Row(204, sent),
]

private let verdicts: [String: Verdict] = [
    "ok": .ok, "hidden": .hidden, "owner": .owner, "inviter": .inviter, "mismatch": .mismatch,
    "fixed": .fixed,
]

@Suite struct WorkspaceAuthorizationTests {
    /// A workspace with one of each.
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
            // It may be sent again.
            served.clock.advance(seconds: 60)
            try await served.settleMails()
        }

        func request(_ route: Endpoint, _ user: String) -> String {
            let place = route.path.replacing("{workspaceId}", with: id)
                .replacing("{invitationId}", with: invitation)
                .replacing("{userId}", with: user)
            return "\(route.method.rawValue) \(place)"
        }

        func caller(_ who: Who, _ route: Endpoint) -> Caller? {
            switch who {
            case .anonymous: nil
            case .reader: served.user(mightiest(route), readOnly: true)
            case .scopeless:
                served.user(
                    mightiest(route),
                    scopes: Scopes.known.filter {
                        $0 != Scopes.all && !route.scopes.contains($0)
                    })
            case .platformAdmin:
                served.user("platformadmin", scopes: route.scopes, isAdmin: true)
            default: served.user(who.rawValue.lowercased(), scopes: route.scopes)
            }
        }

        private func mightiest(_ route: Endpoint) -> String {
            route.id == "answerWorkspaceInvitation" ? "invitee" : "owner"
        }
    }

    private static func route(_ name: String) throws -> Endpoint {
        let id = String(name.prefix { $0 != " " })
        return try #require(WorkspaceRoutes.all.first { $0.id == id })
    }

    private func expected(_ who: Who, _ row: Row, _ route: Endpoint) throws -> Verdict {
        // Those of who may do the most follow.
        switch who {
        case .anonymous: return .unauthenticated
        case .reader where !route.readsOnly: return .readOnly
        case .scopeless where !route.scopes.isEmpty: return .noScope
        case .reader, .scopeless: return .ok
        default: break
        }
        let words = row.verdicts.split(separator: " ")
        try #require(words.count == Who.allCases.count - 3)
        let index = try #require(Who.allCases.firstIndex(of: who)) - 3
        return try #require(verdicts[String(words[index])])
    }

    @Test(arguments: rows.keys.sorted())
    func `every route admits exactly those whom it is for, and a refusal changes nothing`(
        _ name: String
    ) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        try await ServedInvitations.run { served in
            var scene = try await Scene(served)
            for who in Who.allCases {
                let caller = scene.caller(who, route)
                let himself = caller?.userId ?? "usr_target"
                let target = scene.request(
                    route, name.hasSuffix(" himself") ? himself : "usr_target")
                let verdict = try expected(who, row, route)
                let before = try served.database.everything()
                let answer = try await served.send(target, row.body, as: caller)
                let place: Comment = "\(who) \(target): \(answer.status) \(answer.text)"
                let isChanged = try served.database.everything() != before
                if verdict == .ok {
                    #expect(answer.status == row.success, place)
                    #expect(isChanged != route.readsOnly, place)
                } else {
                    #expect(answer.status == verdict.status, place)
                    #expect(answer.code == verdict.rawValue, place)
                    #expect(!isChanged, place)
                }
                if isChanged { scene = try await Scene(served) }
            }
        }
    }

    @Test func `the matrix has a row for every route, and none for what is no route`() {
        let ids = rows.keys.filter { !$0.contains(" ") }
        #expect(Set(ids) == Set(WorkspaceRoutes.all.map(\.id)))
    }

    @Test func `what changes something needs the scope, and what reads needs none`() {
        for route in WorkspaceRoutes.all {
            #expect(route.scopes == (route.readsOnly ? [] : ["workspaces:write"]), "\(route.id)")
            #expect(route.access == .user)
        }
        let reading = WorkspaceRoutes.all.filter { $0.method == .post && $0.readsOnly }
        #expect(reading.map(\.id) == ["listPendingWorkspaceInvitations"])
    }

    @Test func `a token that may only read, and has no scope, reads everything`() async throws {
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

    // MARK: What is hidden

    private static let hiding = rows.keys.sorted().filter { name in
        (try? route(name).path.contains("{")) == true && !name.contains(" ")
    }

    /// Whoever answers for another is told so (`email_mismatch`), as it is said of it.
    @Test(arguments: hiding.filter { $0 != "answerWorkspaceInvitation" })
    func `what is hidden and what is missing differ in nothing`(_ name: String) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let stranger = served.user("stranger")
            let target = scene.request(route, "usr_target")
            let id = route.path.contains("{workspaceId}") ? scene.id : scene.invitation
            let hidden = try await served.send(target, row.body, as: stranger)
            #expect(hidden.status == 404 && hidden.code == "not_found", "\(hidden.text)")
            for other in [
                "01890000-0000-7000-8000-000000000000", "x", "%C3%BC", id.uppercased(),
                id + "0", "ent_01JHMZ0000000000000000000A",
            ] {
                let nowhere = try await served.send(
                    target.replacing(id, with: other), row.body, as: stranger)
                #expect(nowhere.status == hidden.status)
                let text = nowhere.text.replacing("/\(other)", with: "/\(id)")
                #expect(text == hidden.text, "\(other)")
                #expect(nowhere.fields.map(\.name) == hidden.fields.map(\.name))
            }
            // Nor does who is in it learn of users who are not, or do not exist.
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
    func `an invitation that there is none of can't be answered`(_ id: String) async throws {
        try await ServedInvitations.run { served in
            let bob = served.user("bob")
            let answer = try await served.send(
                "POST /api/v2/workspaceInvitations/\(id)",
                #"{"status":"accepted","userEmail":"bob@example.com"}"#, as: bob)
            #expect(answer.status == 404 && answer.code == "not_found")
        }
    }

    @Test(arguments: hiding)
    func `ids in upper case are the same ids`(_ name: String) async throws {
        let (route, row) = (try Self.route(name), try #require(rows[name]))
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let who: Who = name == "answerWorkspaceInvitation" ? .invitee : .owner
            let id = route.path.contains("{workspaceId}") ? scene.id : scene.invitation
            let target = scene.request(route, "usr_target")
                .replacing(id, with: id.uppercased())
            let answer = try await served.send(
                target, row.body, as: scene.caller(who, route))
            #expect(answer.status == row.success, "\(answer.text)")
            #expect(!answer.text.contains(id.uppercased()))
        }
    }

    @Test func `an invitation is not read by itself, and the answer says what it takes`()
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
