import Contract
import InvitationsContract
import Inviting
import Kernel
import Mail
import Presentation
import SQLite

/// The e-mails that contain invitations, and the links in them.
extension InvitationsUseCases {
    func acceptURL(_ invitation: Invitation) -> String {
        "\(outbox.publicURL)/invitations/accept?token=\(secrets.token(of: invitation))"
    }

    /// As the API shows it, with its current status: the sweep that stores an expiry runs some
    /// seconds late.
    /// - Parameter showsLink: false in stored responses.
    func body(of invitation: Invitation, showsLink: Bool = true) -> InvitationBody {
        InvitationBody(
            id: invitation.id, entityId: invitation.entityId, email: invitation.email,
            role: invitation.role, status: invitation.status(at: clock.now()),
            invitedBy: invitation.invitedBy,
            acceptURL: showsLink ? acceptURL(invitation) : nil,
            expiresAt: invitation.expiresAt, locale: invitation.locale,
            returnURL: invitation.returnURL,
            createdAt: invitation.createdAt,
            acceptedAt: invitation.acceptedAt,
            emailStatus: invitation.delivery.status,
            emailError: outbox.error(of: invitation.delivery))
    }

    /// Sends it with a new claim, which signs the invitee in and replaces the former one.
    /// - Parameter invitee: if they have an account.
    func send(
        _ invitation: inout Invitation, _ entityName: String, from inviter: UserProfile,
        to invitee: UserProfile?, in tx: Transaction
    ) throws {
        let claim = InvitationSecrets.makeClaim(of: invitation.id, random)
        invitation.claimDigest = InvitationSecrets.digest(claim)
        let role: InvitedAs =
            switch invitation.role {
            case .collaborator: .collaborator
            case .viewer: .viewer
            }
        let letter = InvitationLetter(
            from: inviter, to: entityName, as: role, message: invitation.message,
            link: "\(outbox.publicURL)/invitations/claim?claim=\(claim)", signsIn: true,
            expiresAt: invitation.expiresAt)
        try outbox.send(
            letter, in: [invitation.locale, invitee?.locale], with: &invitation, in: tx)
    }

    /// Stores how an e-mail ended, if it was one of an invitation to an entity.
    package static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        try InvitationStore.settle(mail.id, as: MailDelivery(mail), in: tx)
    }
}
