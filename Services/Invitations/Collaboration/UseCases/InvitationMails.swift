import Contract
import InvitationsContract
import Inviting
import Kernel
import Mail
import SQLite

/// The e-mails that contain invitations, and the links in them.
struct InvitationMails: Sendable {
    let outbox: InvitationOutbox

    func acceptURL(_ invitation: Invitation, _ secrets: InvitationSecrets) -> String {
        "\(outbox.publicURL)/invitations/accept?token=\(secrets.token(of: invitation))"
    }

    /// As the API shows it.
    func body(
        _ invitation: Invitation, _ secrets: InvitationSecrets, showsLink: Bool = true
    ) -> InvitationBody {
        InvitationBody(
            id: invitation.id, entityId: invitation.entityId, email: invitation.email,
            role: invitation.role, status: invitation.status,
            invitedBy: invitation.invitedBy,
            acceptURL: showsLink ? acceptURL(invitation, secrets) : nil,
            expiresAt: invitation.expiresAt, createdAt: invitation.createdAt,
            acceptedAt: invitation.acceptedAt,
            emailStatus: invitation.delivery.status,
            emailError: invitation.delivery.reason)
    }

    /// Sends it with a new claim, which replaces the former one.
    func send(
        _ invitation: inout Invitation, _ entityName: String, from inviter: UserProfile,
        _ secrets: InvitationSecrets, _ random: any RandomSource, in tx: Transaction
    ) throws {
        let claim = InvitationSecrets.makeClaim(of: invitation.id, random)
        invitation.claimDigest = InvitationSecrets.digest(claim)
        let letter = InvitationLetter(
            to: entityName, as: invitation.role, from: inviter.displayName, invitation.message,
            link: "\(outbox.publicURL)/invitations/claim?claim=\(claim)",
            until: invitation.expiresAt)
        try outbox.send(letter, with: &invitation, in: tx)
    }
}

extension InvitationsUseCases {
    /// Stores how an e-mail ended, if it was one of an invitation to an entity.
    package static func settle(_ mail: MailOutcome, in tx: Transaction) throws {
        try InvitationStore.settle(mail.id, as: MailDelivery(mail), in: tx)
    }
}
