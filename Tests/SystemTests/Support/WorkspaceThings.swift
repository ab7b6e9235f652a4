import Foundation
import Kernel
import TestSupport
import Testing

/// Things of workspaces that exist before schemathesis runs; its hooks
/// (deploy/lib/schemathesis_hooks.py) put them where a made-up id would end at 404.
struct WorkspaceThings {
    /// By the tag of operations, or by the operation: for `LATCHKEY_TEST_IDS`, without the braces.
    let ids: String
    /// Members of bodies, by operation: for `LATCHKEY_TEST_BODIES`, without the braces.
    let bodies: String

    init(_ stack: LiveStack) async throws {
        let token = stack.adminToken
        let workspace = try await stack.workspace(token)
        let member = try await stack.member("sharing", of: workspace, by: token)
        // A user to be removed.
        let leaving = try await stack.member("removed", of: workspace, by: token)
        let staying = try await stack.invite(
            "pending@example.com", toWorkspace: workspace, by: token)
        // Sent long enough ago to be resent.
        try await SQLite.run(
            "PRAGMA busy_timeout = 5000; "
                + "UPDATE workspace_invitations SET sent_at = sent_at - 60000 "
                + "WHERE id = '\(staying)'",
            on: stack, "invitations")
        // Once it is transferred, the run no longer owns it.
        let given = try await stack.workspace(token, name: "Given away")
        let heir = try await stack.member("heir", of: given, by: token)
        // Another user invites the user of the run.
        let other = try await stack.user("host")
        let theirs = try await stack.workspace(other.token, name: "Theirs")
        let mine = try await stack.invite("admin@localhost", toWorkspace: theirs, by: other.token)
        let soon = SystemClock().now().adding(seconds: 30 * 86_400).rfc3339
        ids = """
            "Workspaces": {"workspaceId": "\(workspace)"},
            "Workspace sharing": {"workspaceId": "\(workspace)", "userId": "\(member.id)"},
            "Workspace invitations": {"invitationId": "\(staying)"},
            "removeSharedUser": {"workspaceId": "\(workspace)", "userId": "\(leaving.id)"},
            "transferWorkspace": {"workspaceId": "\(given)"},
            "answerWorkspaceInvitation": {"invitationId": "\(mine)"}
            """
        bodies = """
            "transferWorkspace": {"userId": "\(heir.id)"},
            "answerWorkspaceInvitation": {"userEmail": "admin@localhost"},
            "updateWorkspaceInvitationExpiration": {"expirationDate": "\(soon)"}
            """
    }
}
