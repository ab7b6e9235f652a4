import InvitationsContract
import Inviting
import Kernel

extension InvitationLetter {
    /// To a workspace, with the link to the page where the invitee signs in and responds.
    init(
        toWorkspace name: String, giving permissions: WorkspacePermission, from inviter: String,
        link: String, until: Timestamp
    ) {
        let what =
            switch permissions {
            case .read: "view the workspace"
            case .write, .owner: "work in the workspace"
            }
        self.init(
            from: inviter, to: name, place: "the workspace ", what: what,
            instruction: "To accept or decline, open this link:",
            button: "View the invitation", link: link,
            terms: "You'll sign in with a code that we send to this address. The invitation "
                + "expires on \(until.day).")
    }
}
