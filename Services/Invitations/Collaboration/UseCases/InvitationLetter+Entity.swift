import InvitationsContract
import Inviting
import Kernel

extension InvitationLetter {
    /// To an entity, with the link that signs the invitee in.
    init(
        to entityName: String, as role: CollaboratorRole, from inviter: String,
        _ message: String?, link: String, until: Timestamp
    ) {
        let what =
            switch role {
            case .collaborator: "work on"
            case .viewer: "view"
            }
        self.init(
            from: inviter, to: entityName, message: message, what: what,
            instruction: "To accept, open this link and select the button:",
            button: "Accept invitation", link: link,
            terms: "This link signs you in, so don't forward it. It works once and expires on "
                + "\(until.day).")
    }
}
