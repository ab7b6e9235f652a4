import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing

/// Workspaces in the invitations service alone: what it answers is what was agreed, to the byte,
/// and what it asks and hears.
@Suite struct WorkspacesAloneTests {
    private let ada = InvitationsAlone.identity(Cast.ada)
    private let bob = InvitationsAlone.identity(Cast.bob)
    private let gateway = Cast.identity(of: "gateway", for: "invitations")

    private func expect(
        _ answer: RawResponse, _ status: Int, is golden: String, _ asked: Asked,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
        // The e-mail is sent within milliseconds, so its state can vary.
        let text = asked.golden(answer.text)
            .replacing(#""emailStatus":"sent""#, with: #""emailStatus":"pending""#)
        #expect(text == (try Golden.text(golden)), sourceLocation: location)
    }

    private func items(_ golden: String) throws -> String {
        #"{"items":[\#(try Golden.text(golden))],"page":1,"pageSize":20,"total":1}"#
    }

    @Test func `a workspace is created, read and listed`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let made = try await alone.api.call(
                "POST", InvitationsAlone.workspaces, body: #"{"name":"Field research"}"#,
                fields: bob)
            asked.call(try #require(made["id"]), Cast.workspace)
            try expect(made, 201, is: "public-workspace", asked)
            let path = try #require(made.field("location"))
            try expect(
                try await alone.api.call("GET", path, fields: bob), 200, is: "public-workspace",
                asked)
            let list = try await alone.api.call("GET", InvitationsAlone.workspaces, fields: bob)
            #expect(asked.golden(list.text) == (try items("public-workspace")))
            // The caller is known from the token: no other service is called.
            #expect(asked.bodies.isEmpty)
        }
    }

    @Test func `an invitation queries inviter and invitee and is shown to both`()
        async throws
    {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            let invited = try await alone.inviteToWorkspace()
            try expect(invited, 200, is: "public-workspace-invitation", asked)
            #expect(asked.bodies.count == 2)
            #expect(asked.bodies.last == (try Golden.text("directory-query-email")))
            for (method, target, identity, golden) in [
                (
                    "POST", "\(InvitationsAlone.workspaces)/\(Cast.workspace)/pendingInvitations",
                    bob, "public-workspace-invitation"
                ),
                (
                    "GET", "/api/v2/workspaceInvitations?status=pending", ada,
                    "public-workspace-invitation-received"
                ),
            ] {
                let list = try await alone.api.call(
                    method, asked.real(target), fields: identity)
                let text = asked.golden(list.text)
                    .replacing(#""emailStatus":"sent""#, with: #""emailStatus":"pending""#)
                #expect(text == (try items(golden)))
            }
        }
    }

    @Test func `accepting adds a shared user and emits events`()
        async throws
    {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.inviteToWorkspace()
            let answered = try await alone.api.call(
                "POST", asked.real("/api/v2/workspaceInvitations/\(Cast.workspaceInvitation)"),
                body: #"{"status":"accepted","userEmail":"ada@example.com"}"#, fields: ada)
            #expect(answered.status == 200, "\(answered.text)")
            let path = asked.real("\(InvitationsAlone.workspaces)/\(Cast.workspace)/sharedUsers")
            let list = try await alone.api.call("GET", path, fields: bob)
            let shared = list.json?["items"]?.items.first { $0["permissions"]?.string == "read" }
            #expect(shared == JSONValue(try Golden.bytes("public-shared-user")))
            let changed = try await alone.api.call(
                "POST", "\(path)/\(Cast.ada.userId)", body: #"{"permissions":"write"}"#,
                fields: bob)
            #expect(changed["permissions"] == "write", "\(changed.text)")

            let feed = try await alone.api.call(
                "GET", "/api/v1/events?type=workspace.*&after=2", fields: bob)
            let told = JSONValue(Array(asked.golden(feed.text).utf8))?["data"]?.items ?? []
            let goldens = ["public-workspace-invitation-event", "public-workspace-member-event"]
            for (event, golden) in zip(told, goldens) {
                let agreed = JSONValue(try Golden.bytes(golden))
                #expect(event.names == agreed?.names, "\(golden)")
                for name in [
                    "type", "sequence", "created_at", "data", "actor_id", "subject", "parent",
                ] {
                    #expect(event[name] == agreed?[name], "\(golden) \(name)")
                }
            }
            #expect(told.count == 2, "\(feed.text)")
        }
    }

    @Test func `the link in the e-mail shows the invitation and can decline it`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.inviteToWorkspace()
            try await alone.readWorkspaceMail()
            let view = try await alone.query(
                InvitationQueries.view, "invitation-view-query-workspace")
            #expect(view == (try Golden.text("invitation-view-answer-workspace")))
            // Idempotent.
            for _ in 1...2 {
                let declined = try await alone.query(
                    InvitationQueries.answer, "invitation-answer-command-workspace")
                #expect(
                    declined == (try Golden.text("invitation-view-answer-workspace-declined")))
            }
        }
    }

    @Test func `applies user.deleted once: their workspaces are deleted without e-mails`()
        async throws
    {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.inviteToWorkspace()
            // The golden deletes Ada; here it is Bob.
            asked.call(Cast.bob.userId, Cast.ada.userId)
            try await expectTakenOnce("user-deleted-event", asked, alone.api, as: gateway)
            let list = try await alone.api.call("GET", InvitationsAlone.workspaces, fields: bob)
            #expect(list.json?["total"]?.int == 0, "\(list.text)")
            let mine = try await alone.api.call(
                "GET", "/api/v2/workspaceInvitations", fields: ada)
            #expect(mine.json?["total"]?.int == 0, "\(mine.text)")
        }
    }
}
