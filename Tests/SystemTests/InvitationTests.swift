import Foundation
import TestSupport
import Testing

/// Invitations through all processes, from the mail to access and its end.
@Suite(.serialized) struct InvitationTests {
    /// Ada owns an entity.
    private struct Scene {
        let stack: LiveStack
        let ada: (id: String, token: String)
        let entity: String
        var path: String { "/api/v1/entities/\(entity)" }

        init(_ settings: [String: String] = [:]) async throws {
            stack = try await LiveStack(settings)
            try await stack.start()
            ada = try await stack.user("ada")
            entity = try await stack.entity(ada.token)
        }

        /// The status of a GET of the entity, and the source of access.
        func access(_ token: String) async throws -> (status: Int, via: String?) {
            let seen = try await stack.api.call(
                "GET", "/api/entities/\(entity)", token: token)
            return (seen.status, seen["access"])
        }

        func status(of name: String) async throws -> String? {
            let list = try await stack.api.call(
                "GET", path + "/invitations?page_size=100", token: ada.token)
            return list.json?["data"]?.items
                .first { $0["email"]?.string == "\(name)@example.com" }?["status"]?.string
        }

        func handOver(to userId: String) async throws {
            let handed = try await stack.api.call(
                "PUT", "/api/entities/\(entity)/owner", token: ada.token,
                body: #"{"userId":"\#(userId)"}"#)
            #expect(handed.status == 200, "\(handed.text)")
        }
    }

    @Test func `the mailed link gives access in one step, and removal ends it at the next request`()
        async throws
    {
        let scene = try await Scene()
        let (stack, ada) = (scene.stack, scene.ada)
        let link = try await stack.invite("grace", to: scene.entity, by: ada.token)
        let claim = try await stack.claim("grace")
        #expect(claim != link)
        // Viewing the page changes nothing.
        for target in ["/invitations/accept?token=\(link)", "/invitations/claim?claim=\(claim)"] {
            for method in ["GET", "HEAD", "GET"] {
                #expect(try await stack.api.call(method, target).status == 200, "\(target)")
            }
        }
        #expect(try await scene.status(of: "grace") == "pending")
        let grace = try await stack.takeUp(claim)
        #expect(try await scene.access(grace.token) == (200, "collaborator"))
        #expect(try await scene.status(of: "grace") == "accepted")
        let again = try await stack.api.call(
            "POST", "/api/v1/invitations/claim", body: #"{"claim":"\#(claim)"}"#)
        #expect(again.status == 410 && again.code == "invitation_used", "\(again.text)")
        // The link that the inviter knows gives no access.
        let foreign = try await stack.api.call(
            "POST", "/api/v1/invitations/accept", token: ada.token,
            body: #"{"token":"\#(link)"}"#)
        #expect(foreign.status == 403 && foreign.code == "email_mismatch", "\(foreign.text)")

        let removed = try await stack.api.call(
            "DELETE", scene.path + "/collaborators/\(grace.id)", token: ada.token)
        #expect(removed.status == 204, "\(removed.text)")
        #expect(try await scene.access(grace.token).status == 404)
        let audit = try await stack.api.call(
            "GET", "/api/audit?entityId=\(scene.entity)", token: ada.token)
        let actions = audit.json?["items"]?.items.compactMap { $0["action"]?.string }
        #expect(
            actions == [
                "collaborator.removed", "collaborator.added", "invitation.accepted",
                "invitation.created", "publisher.added", "entity.created",
            ], "\(audit.text)")
        for secret in stack.secrets { #expect(!stack.logs.contains(secret)) }
        #expect(await stack.stop())
    }

    @Test func `after a transfer the former owner's invitations are refused, and they can leave`()
        async throws
    {
        let scene = try await Scene()
        let (stack, ada) = (scene.stack, scene.ada)
        let grace = try await stack.user("grace")
        let link = try await stack.invite("bob", to: scene.entity, by: ada.token)
        let claim = try await stack.claim("bob")
        let membership = scene.path + "/collaborators/\(ada.id)"
        let tooEarly = try await stack.api.call("DELETE", membership, token: ada.token)
        #expect(tooEarly.status == 409 && tooEarly.code == "cannot_remove_self")
        try await scene.handOver(to: grace.id)

        let claimed = try await stack.api.call(
            "POST", "/api/v1/invitations/claim", body: #"{"claim":"\#(claim)"}"#)
        #expect(claimed.status == 410 && claimed.code == "inviter_gone", "\(claimed.text)")
        let bob = try await stack.token(
            of: try #require(
                try await stack.api.call(
                    "GET", "/api/users?search=bob", token: stack.adminToken
                ).json?["items"]?[0]?["id"]?.string))
        let accepted = try await stack.api.call(
            "POST", "/api/v1/invitations/accept", token: bob, body: #"{"token":"\#(link)"}"#)
        #expect(accepted.status == 410 && accepted.code == "inviter_gone", "\(accepted.text)")
        #expect(try await scene.access(bob).status == 404)

        // Invited by the new owner, Ada can stay, and leave like everyone.
        let back = try await stack.invite("ada", to: scene.entity, by: grace.token)
        let taken = try await stack.api.call(
            "POST", "/api/v1/invitations/accept", token: ada.token,
            body: #"{"token":"\#(back)"}"#)
        #expect(taken.status == 200, "\(taken.text)")
        let unpublished = try await stack.api.call(
            "DELETE", "/api/entities/\(scene.entity)/publishers/\(ada.id)", token: grace.token)
        #expect(unpublished.status == 204, "\(unpublished.text)")
        #expect(try await scene.access(ada.token) == (200, "collaborator"))
        let left = try await stack.api.call("DELETE", membership, token: ada.token)
        #expect(left.status == 204, "\(left.text)")
        #expect(try await scene.access(ada.token).status == 404)
        await stack.killAll()
    }

    @Test func `a deleted collaborator disappears from the list`() async throws {
        let scene = try await Scene()
        let (stack, ada) = (scene.stack, scene.ada)
        _ = try await stack.invite("grace", to: scene.entity, by: ada.token)
        let grace = try await stack.takeUp(try await stack.claim("grace"))
        func collaborators() async throws -> Int? {
            try await stack.api.call("GET", scene.path + "/collaborators", token: ada.token)
                .json?["total"]?.int
        }
        #expect(try await collaborators() == 1)
        let deleted = try await stack.api.call(
            "DELETE", "/api/users/\(grace.id)", token: stack.adminToken)
        #expect(deleted.status == 204)
        #expect(try await eventually { try await collaborators() == 0 })
        await stack.killAll()
    }

    @Test
    func `without the invitations service local grants work and the rest is 503, until it is back`()
        async throws
    {
        let scene = try await Scene()
        let (stack, ada) = (scene.stack, scene.ada)
        _ = try await stack.invite("grace", to: scene.entity, by: ada.token)
        let grace = try await stack.takeUp(try await stack.claim("grace"))
        await stack.invitations?.killNow()
        for _ in 0..<5 {
            #expect(try await scene.access(ada.token) == (200, "publisher"))
            #expect(try await scene.access(grace.token).status == 503)
            let page = try await stack.api.call("GET", "/invitations/accept?token=x")
            #expect(page.status == 503 || page.status == 502, "\(page.text)")
        }
        try stack.start(.invitations)
        try await stack.ready()
        let isHealed = try await eventually {
            try await scene.access(grace.token) == (200, "collaborator")
        }
        #expect(isHealed)
        await stack.killAll()
    }

    @Test func `an invitation that ended while the service was down expires soon after its start`()
        async throws
    {
        let scene = try await Scene()
        let stack = scene.stack
        let link = try await stack.invite("grace", to: scene.entity, by: scene.ada.token)
        let claim = try await stack.claim("grace")
        await stack.invitations?.killNow()
        // A week passes.
        try await SQLite.run("UPDATE invitations SET expires_at = 1", on: stack, "invitations")
        try stack.start(.invitations)
        try await stack.ready()
        #expect(try await eventually { try await scene.status(of: "grace") == "expired" })
        let late = try await stack.api.call(
            "POST", "/api/v1/invitations/claim", body: #"{"claim":"\#(claim)"}"#)
        #expect(late.status == 410 && late.code == "invitation_expired", "\(late.text)")
        #expect(try await stack.api.call("GET", "/invitations/accept?token=\(link)").status == 410)
        // The sweep records it and emits the event.
        let isTold = try await eventually(within: 10_000) {
            let audit = try await stack.api.call(
                "GET", "/api/audit?entityId=\(scene.entity)", token: scene.ada.token)
            return audit.json?["items"]?[0]?["action"]?.string == "invitation.expired"
        }
        #expect(isTold)
        #expect(await stack.stop())
        let told = try await SQLite.run(
            "SELECT count(*) FROM events WHERE type = 'invitation.expired'", on: stack,
            "invitations")
        #expect(told == "1\n")
    }

    @Test func `an acknowledged invitation survives a kill, and so does its mail`() async throws {
        let scene = try await Scene()
        let stack = scene.stack
        for point in ["mail.read", "mail.sent", "mail.marked"] {
            let name = point.replacing(".", with: "-")
            try await stack.restart(.invitations, ["LATCHKEY_FAULT_POINT": point])
            // The service can be killed before it responds.
            _ = try? await stack.api.call(
                "POST", scene.path + "/invitations", token: scene.ada.token,
                body: #"{"email":"\#(name)@example.com"}"#)
            #expect(await stack.invitations?.ended(within: 10) != nil, "\(point) not reached")
            try stack.start(.invitations)
            try await stack.ready()
            let user = try await stack.takeUp(try await stack.claim(name))
            let isIn = try await eventually {
                try await scene.access(user.token) == (200, "collaborator")
            }
            #expect(isIn, "\(point)")
        }
        await stack.killAll()
    }
}
