import Foundation
import TestSupport
import Testing

/// Workspaces through all processes.
@Suite(.serialized) struct WorkspaceTests {
    /// The commands of the README.
    private static func life() throws -> String {
        let file = Venv.root + "/Services/Invitations/README.md"
        let readme = try String(contentsOfFile: file, encoding: .utf8)
        let section = try #require(
            readme.firstMatch(of: /## The life of a workspace\n[^#]*?```sh\n((?:.|\n)*?)\n```/))
        return String(section.1)
    }

    @Test func `the README's example of a workspace works`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        try stack.adminToken.write(
            toFile: stack.dataFolder + "/admin-token", atomically: true, encoding: .utf8)
        let script = try Self.life()
        // They can be repeated.
        for _ in 1...2 {
            let played = try await Program.run(
                "bash", ["-c", script],
                ["B": "http://127.0.0.1:\(stack.gatewayPort)", "DATA": stack.dataFolder])
            #expect(
                played.status == 0 && played.output.hasSuffix("done\n"),
                "\(played.output)")
            for action in [
                "workspace.created", "workspace_invitation.created",
                "workspace_invitation.accepted", "workspace_member.added",
                "workspace_member.changed", "workspace.handed_over",
                "workspace_invitation.expiration_changed", "workspace_invitation.revoked",
                "workspace_member.removed",
            ] {
                #expect(played.output.contains(#""action":"\#(action)""#), "\(action)")
            }
            for type in [
                "workspace.invitation_sent", "workspace.invitation_accepted",
                "workspace.permissions_changed",
            ] {
                #expect(played.output.contains(#""type":"\#(type)""#), "\(type)")
            }
        }
        await stack.killAll()
    }

    @Test func `an invitee gets into the workspace by the mailed link and the page`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let workspace = try await stack.workspace(ada.token)
        let invitation = try await stack.invite(
            "grace@example.com", toWorkspace: workspace, by: ada.token, permissions: "write")
        let link = try await stack.workspaceLink("grace@example.com")
        #expect(link.hasPrefix("/invitations/accept?token=\(invitation)."))
        let page = try await stack.api.call("GET", link)
        #expect(page.status == 200, "\(page.text)")
        #expect(page.text.contains("invites you to work in the workspace Field research"))
        // Viewing changes nothing, and an invalid link is 404.
        #expect(try await stack.sharedUsers(workspace, by: ada.token).count == 1)
        let wrong = try await stack.api.call("GET", String(link.dropLast()) + "x")
        #expect(wrong.status == 404)

        // The browser requests a code, enters it, and accepts.
        let token = String(link.split(separator: "=")[1])
        func submit(_ form: String, _ cookie: String? = nil) async throws -> RawResponse {
            try await stack.api.send(
                """
                POST /invitations/accept HTTP/1.1\r\nHost: latchkey\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\
                \(cookie.map { "Cookie: \($0)\r\n" } ?? "")\
                Content-Length: \(form.utf8.count)\r\n\r\n\(form)
                """, toHead: false)
        }
        let mailed = try await submit("token=\(token)&action=code")
        #expect(mailed.status == 200 && mailed.text.contains("We sent a code"))
        let code = try await stack.mailedCode("grace@example.com")
        let entered = try await submit("token=\(token)&action=enter&code=\(code)")
        #expect(entered.status == 303, "\(entered.text)")
        let cookie = try #require(entered.field("set-cookie")?.split(separator: ";").first)
        stack.issue(String(cookie.split(separator: "=").last ?? ""))
        let asked = try await stack.api.call("GET", link, fields: ["Cookie: \(cookie)"])
        let proof = try #require(
            asked.text.firstMatch(of: /name="proof" value="([^"]+)"/)?.1, "\(asked.text)")
        for _ in 1...2 {
            let accepted = try await submit(
                "token=\(token)&proof=\(proof)&action=accept", String(cookie))
            #expect(accepted.status == 200 && accepted.text.contains("You now have access to"))
        }
        let users = try await stack.sharedUsers(workspace, by: ada.token)
        #expect(users.values.sorted() == ["owner", "write"])
        // Links are secrets and appear in no log.
        stack.issue(String(token.split(separator: ".").last ?? ""))
        for secret in stack.secrets { #expect(!stack.logs.contains(secret)) }
        #expect(await stack.stop())
    }

    @Test(.enabled(if: WebhookReceiver.isInstalled, WebhookReceiver.reason))
    func `the owner's webhook receives all events, signed and in order`() async throws {
        let stack = try await LiveStack(["LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true"])
        try await stack.start()
        let ada = try await stack.user("ada")
        let receiver = try await WebhookReceiver()
        let types =
            #"["workspace.invitation_sent","workspace.invitation_accepted","#
            + #""workspace.invitation_rejected","workspace.permissions_changed","#
            + #""workspace.member_removed"]"#
        let made = try await stack.api.call(
            "POST", "/api/v1/webhooks", token: ada.token,
            body: #"{"url":"\#(receiver.url)/in","events":\#(types)}"#)
        let secret = try #require(made["secret"], "\(made.text)")
        stack.issue(secret)
        try await receiver.trust(secret)
        let workspace = try await stack.workspace(ada.token)
        let grace = try await stack.member("grace", of: workspace, by: ada.token)
        let path = "/api/v2/workspaces/\(workspace)/sharedUsers/\(grace.id)"
        _ = try await stack.api.call(
            "POST", path, token: ada.token, body: #"{"permissions":"write"}"#)
        _ = try await stack.api.call("POST", path + "/remove", token: ada.token)
        let hedy = try await stack.user("hedy")
        let second = try await stack.invite(
            "hedy@example.com", toWorkspace: workspace, by: ada.token)
        _ = try await stack.answer(second, "rejected", as: "hedy@example.com", by: hedy.token)
        let expected = [
            "invitation_sent", "invitation_accepted", "permissions_changed", "member_removed",
            "invitation_sent", "invitation_rejected",
        ].map { "workspace.\($0)" }
        #expect(await eventually(within: 20_000) { receiver.messages.count == expected.count })
        #expect(receiver.messages.allSatisfy { $0.isVerified })
        #expect(receiver.messages.map(\.type) == expected)
        let sequences = receiver.messages.compactMap(\.sequence)
        #expect(sequences.count == expected.count && sequences == sequences.sorted())
        await stack.killAll()
    }

    @Test func `a deleted user's workspaces go to a member who can write, and memberships end`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let workspace = try await stack.workspace(ada.token)
        let alone = try await stack.workspace(ada.token, name: "Alone")
        let reader = try await stack.member("reader", of: workspace, by: ada.token)
        let writer = try await stack.member(
            "writer", of: workspace, by: ada.token, permissions: "write")
        let pending = try await stack.invite(
            "late@example.com", toWorkspace: workspace, by: ada.token)
        let deleted = try await stack.api.call(
            "DELETE", "/api/users/\(ada.id)", token: stack.adminToken)
        #expect(deleted.status == 204, "\(deleted.text)")
        var users: [String: String] = [:]
        for _ in 0..<500 where users != [reader.id: "read", writer.id: "owner"] {
            users = try await stack.sharedUsers(workspace, by: writer.token)
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(users == [reader.id: "read", writer.id: "owner"])
        let late = try await stack.user("late")
        let answered = try await stack.answer(
            pending, "accepted", as: "late@example.com", by: late.token)
        #expect(answered.status == 410 && answered.code == "invitation_revoked")
        // The other workspace had no other members: only its audit is left.
        let proof = try await stack.api.call(
            "GET", "/api/audit?workspaceId=\(alone)", token: stack.adminToken)
        #expect(proof.json?["items"]?[0]?["action"]?.string == "workspace.deleted")
        await stack.killAll()
    }

    @Test func `acknowledged writes survive a kill, and the restart needs no other service`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let workspace = try await stack.workspace(ada.token)
        let grace = try await stack.member(
            "grace", of: workspace, by: ada.token, permissions: "write")
        var expected = [ada.id: "owner", grace.id: "write"]
        for round in 1...3 {
            let pending = try await stack.invite(
                "late\(round)@example.com", toWorkspace: workspace, by: ada.token)
            await stack.invitations?.killNow()
            try stack.startInvitations()
            try await stack.ready()
            #expect(try await stack.sharedUsers(workspace, by: ada.token) == expected)
            let late = try await stack.user("late\(round)")
            let answered = try await stack.answer(
                pending, "accepted", as: "late\(round)@example.com", by: late.token)
            #expect(answered.status == 200, "\(answered.text)")
            expected[late.id] = "read"
        }
        await stack.invitations?.killNow()
        try stack.startInvitations()
        try await stack.ready()
        #expect(try await stack.sharedUsers(workspace, by: ada.token) == expected)
        let counts = try await SQLite.run(
            "SELECT count(*) FROM audit WHERE action = 'workspace_member.added'", on: stack,
            "invitations")
        #expect(counts == "4\n")
        await stack.killAll()
    }
}
