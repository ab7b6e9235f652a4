import Kernel
import Mail
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Short forms of what is done with workspaces over HTTP.
extension ServedInvitations {
    /// The id of a new workspace.
    func workspace(_ name: String = "Lab", by owner: Caller) async throws -> String {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST /api/v2/workspaces", #"{"name":"\#(name)"}"#, as: owner)
        try #require(made.status == 201, "\(made.text)")
        return try #require(made["id"])
    }

    /// A new invitation, as the API shows it.
    @discardableResult
    func invite(
        _ email: String, intoWorkspace id: String, by owner: Caller, _ permissions: String = "read"
    ) async throws -> JSONValue {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST /api/v2/workspaces/\(id)/invite",
            #"{"invitedEmail":"\#(email)","permissions":"\#(permissions)"}"#, as: owner)
        try #require(made.status == 200, "\(made.text)")
        return try #require(made.json)
    }

    func answer(
        _ invitation: JSONValue, _ status: String, by user: Caller
    ) async throws -> RawResponse {
        let (id, email) = (try #require(invitation["id"]?.string), invitation["invitedEmail"])
        return try await send(
            "POST /api/v2/workspaceInvitations/\(id)",
            #"{"status":"\#(status)","userEmail":"\#(email?.string ?? "")"}"#, as: user)
    }

    /// Invites a user to a workspace and accepts.
    func member(
        _ name: String, of id: String, by owner: Caller, _ permissions: String = "read"
    ) async throws -> Caller {
        let user = user(name)
        let made = try await invite(
            "\(name)@example.com", intoWorkspace: id, by: owner, permissions)
        let accepted = try await answer(made, "accepted", by: user)
        try #require(accepted.status == 200, "\(accepted.text)")
        return user
    }

    func handOver(_ id: String, to user: Caller, by owner: Caller) async throws {
        let answer = try await send(
            "PUT /api/v2/workspaces/\(id)/owner", #"{"userId":"\#(user.userId)"}"#, as: owner)
        try #require(answer.status == 200, "\(answer.text)")
    }

    /// Waits until no mail is on its way: how one ends would change rows.
    func settleMails() async throws {
        let database = database
        let isSettled = await eventually {
            (try? database.hasPendingMails()) == false
        }
        try #require(isSettled)
    }

    /// The token in the newest mail to an address.
    func workspaceToken(_ email: String) async throws -> String {
        let mailbox = self.mailbox
        #expect(await eventually { !mailbox.mails(to: email).isEmpty }, "no mail")
        let mail = try #require(mailbox.mails(to: email).last)
        let link = /invitations\/accept\?token=([0-9a-f-]{36}\.[A-Za-z0-9_-]{43})/
        return String(try #require(mail.firstMatch(of: link)).1)
    }
}
