import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// `GET /api/audit?workspaceId=`
@Suite struct WorkspaceAuditAPITests {
    private static let members = [
        "actingId", "action", "actorId", "after", "at", "before", "id", "parent", "requestId",
        "subject", "tokenId",
    ]

    @Test func `the owner can read the audit, platform admins even after deletion`() async throws {
        try await ServedInvitations.run { served in
            let (ada, root) = (served.user("ada"), served.user("root", isAdmin: true))
            let id = try await served.workspace(by: ada)
            let bob = try await served.member("bob", of: id, by: ada, "write")
            let path = "GET /api/audit?workspaceId=\(id)"
            let own = try await served.send(path, as: ada)
            #expect(own.status == 200 && own.json?["total"]?.int == 4)
            #expect(own.json?["items"]?.items.allSatisfy { $0.names == Self.members } == true)
            let actions = own.json?["items"]?.items.compactMap { $0["action"]?.string }
            #expect(
                actions == [
                    "workspace_member.added", "workspace_invitation.accepted",
                    "workspace_invitation.created", "workspace.created",
                ])
            let newest = try #require(own.json?["items"]?[0])
            #expect(newest["actorId"]?.string == bob.userId)
            #expect(newest["tokenId"]?.string == "tok_1" && newest["requestId"]?.string == "r-1")
            #expect(newest["subject"]?["type"]?.string == "workspace_member")
            #expect(newest["parent"]?["type"]?.string == "workspace")
            #expect(newest["parent"]?["id"]?.string == id)
            #expect(newest["before"] == .null)
            #expect(newest["after"]?["permissions"]?.string == "write")
            #expect(try await served.send(path, as: root).text == own.text)
            let upper = try await served.send(
                "GET /api/audit?workspaceId=\(id.uppercased())", as: ada)
            #expect(upper.json?["items"] == own.json?["items"])
            // A read-only token is enough.
            let reader = served.user("ada", scopes: [], readOnly: true)
            #expect(try await served.send(path, as: reader).status == 200)
            _ = try await served.send("DELETE /api/v2/workspaces/\(id)", as: ada)
            #expect(try await served.send(path, as: ada).status == 404)
            let late = try await served.send(path, as: root)
            #expect(late.status == 200 && late.json?["total"]?.int == 6)
            #expect(
                late.json?["items"]?[0]?["action"]?.string == "workspace.deleted", "\(late.text)")
        }
    }

    @Test func `members can't read the audit, for others it doesn't exist`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let bob = try await served.member("bob", of: id, by: ada, "write")
            let carol = try await served.member("carol", of: id, by: ada)
            _ = try await served.invite("dan@example.com", intoWorkspace: id, by: ada)
            let path = "GET /api/audit?workspaceId="
            for caller in [bob, carol] {
                let refused = try await served.send(path + id, as: caller)
                #expect(refused.status == 403 && refused.code == "workspace_owner_required")
            }
            let hidden = try await served.send(path + id, as: served.user("eve"))
            #expect(hidden.status == 404 && hidden.code == "not_found")
            let invitee = try await served.send(path + id, as: served.user("dan"))
            #expect(invitee.text == hidden.text && invitee.status == 404)
            for other in ["x", "01890000-0000-7000-8000-000000000000"] {
                for caller in [ada, served.user("eve")] {
                    let nowhere = try await served.send(path + other, as: caller)
                    #expect(nowhere.status == 404 && nowhere.text == hidden.text)
                }
            }
            #expect(try await served.send(path + id, as: nil).status == 401)
            // The former owner can no longer read it; the new owner can.
            try await served.handOver(id, to: bob, by: ada)
            #expect(try await served.send(path + id, as: bob).status == 200)
            #expect(
                try await served.send(path + id, as: ada).code == "workspace_owner_required")
        }
    }

    @Test func `the audit can be filtered and has pages`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let other = try await served.workspace("Other", by: ada)
            let bob = try await served.member("bob", of: id, by: ada)
            let path = "GET /api/audit?workspaceId=\(id)"
            let bobs = try await served.send("\(path)&actorId=\(bob.userId)", as: ada)
            #expect(bobs.json?["total"]?.int == 2)
            let first = try await served.send("\(path)&to=2026-01-15T09:00:02Z", as: ada)
            #expect(first.json?["items"]?[0]?["action"]?.string == "workspace.created")
            #expect(first.json?["total"]?.int == 1)
            let page = try await served.send("\(path)&page=2&pageSize=3", as: ada)
            #expect(page.json?["items"]?.items.count == 1 && page.json?["total"]?.int == 4)
            #expect(page.field("link")?.contains("rel=\"prev\"") == true)
            let others = try await served.send("GET /api/audit?workspaceId=\(other)", as: ada)
            #expect(others.json?["total"]?.int == 1)
            let nothing = try await served.send("GET /api/audit", as: ada)
            #expect(nothing.status == 422 && nothing.pointers == ["/workspaceId"])
            let wrong = try await served.send("\(path)&from=yesterday", as: ada)
            #expect(wrong.status == 422 && wrong.pointers == ["/from"])
        }
    }
}
