import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// A workspace and users with different relations to it, each with one.
struct WorkspaceChangeCast {
    let served: ServedInvitations
    let owner: Caller
    let heir: Caller
    let member: Caller
    let invitee: Caller
    let invitation: String
    let id: String
    var path: String { "/api/v2/workspaces/\(id)" }

    init(_ served: ServedInvitations) async throws {
        self.served = served
        owner = served.user("wowner")
        id = try await served.workspace(by: owner)
        heir = try await served.member("wheir", of: id, by: owner, "write")
        member = try await served.member("wmember", of: id, by: owner)
        invitee = served.user("winvitee")
        let made = try await served.invite(
            "winvitee@example.com", intoWorkspace: id, by: owner)
        invitation = "/api/v2/workspaceInvitations/\(made["id"]?.string ?? "")"
        // Long enough to resend.
        served.clock.advance(seconds: 61)
    }

    /// The owner transfers the workspace and stays a member.
    private var handOver: WriteTrial.Loss {
        (
            take: { [served, owner, heir, id] in
                try await served.handOver(id, to: heir, by: owner)
            }, status: 403
        )
    }

    /// The owner transfers it and leaves.
    private var leaving: WriteTrial.Loss {
        (
            take: { [served, owner, heir, id, path] in
                try await served.handOver(id, to: heir, by: owner)
                let gone = try await served.send(
                    "POST \(path)/sharedUsers/\(owner.userId)/remove", as: owner)
                try #require(gone.status == 200, "\(gone.text)")
            }, status: 404
        )
    }

    private func trial(
        _ request: String, _ body: String? = nil, shownBy: String? = nil,
        loss: WriteTrial.Loss? = nil
    ) -> WriteTrial {
        served.trial(request, body, as: owner, shownBy: shownBy, loss: loss)
    }

    func trial(of route: String) async throws -> WriteTrial? {
        switch route {
        case "createWorkspace":
            WriteTrial(
                "POST /api/v2/workspaces", #"{"name":"New"}"#, as: served.sending(as: member),
                loss: served.deletion(of: member))
        case "updateWorkspace": trial("PATCH \(path)", #"{"name":"X"}"#, shownBy: path)
        case "deleteWorkspace": trial("DELETE \(path)", shownBy: path)
        case "transferWorkspace":
            trial("PUT \(path)/owner", #"{"userId":"usr_wheir"}"#, shownBy: path)
        case "createWorkspaceInvitation":
            trial("POST \(path)/invite", #"{"invitedEmail":"x@example.com"}"#, loss: handOver)
        case "updateSharedUser":
            trial(
                "POST \(path)/sharedUsers/usr_wmember", #"{"permissions":"write"}"#,
                loss: handOver)
        case "removeSharedUser":
            trial("POST \(path)/sharedUsers/usr_wmember/remove", loss: handOver)
        case "answerWorkspaceInvitation":
            served.trial(
                "POST \(invitation)",
                #"{"status":"accepted","userEmail":"winvitee@example.com"}"#,
                as: invitee, refusing: 403,
                loss: (
                    take: { [served] in
                        served.directory.change("usr_winvitee", email: "other@example.com")
                    }, status: 403
                ))
        case "updateWorkspaceInvitationExpiration":
            trial(
                "POST \(invitation)/expiration", #"{"expirationDate":"\#(inTenDays)"}"#,
                loss: leaving)
        case "resendWorkspaceInvitation": trial("POST \(invitation)/resend", loss: leaving)
        case "revokeWorkspaceInvitation": trial("DELETE \(invitation)")
        default: nil
        }
    }

    private var inTenDays: String {
        served.clock.now().adding(seconds: 10 * 86_400).rfc3339
    }
}

/// A member leaves: the success must not make a repeated request fail.
@Suite struct RepeatedLeavingTests {
    @Test func `a repeated request to leave gets its stored response`() async throws {
        try await ServedInvitations.run { served in
            let cast = try await WorkspaceChangeCast(served)
            let request = "POST \(cast.path)/sharedUsers/\(cast.member.userId)/remove"
            let key = ["Idempotency-Key: k"]
            let first = try await served.send(request, as: cast.member, fields: key)
            let second = try await served.send(request, as: cast.member, fields: key)
            #expect(first.status == 200 && second.status == 200 && second.text == first.text)
            #expect(second.field("idempotency-replayed") == "true")
            // Without the key it is a new request by a former member.
            #expect(try await served.send(request, as: cast.member).status == 404)
        }
    }

    @Test func `leaving reveals nothing to a non-member`() async throws {
        try await ServedInvitations.run { served in
            let cast = try await WorkspaceChangeCast(served)
            let stranger = served.user("stranger")
            for path in [cast.path, "/api/v2/workspaces/00000000-0000-4000-8000-000000000000"] {
                for fields in [[], ["If-Match: \"stale\""], ["If-None-Match: *"]] {
                    let answer = try await served.send(
                        "POST \(path)/sharedUsers/\(stranger.userId)/remove", as: stranger,
                        fields: fields)
                    #expect(answer.status == 404)
                }
            }
        }
    }
}
