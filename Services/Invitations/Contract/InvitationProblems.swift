import Contract
import Kernel

/// Why the invitations context refuses a request.
public enum InvitationProblems {
    public static let ownerRequired = ProblemType.forbidden(
        "entity_owner_required", "Only the owner of the entity can do this.")
    public static let entitiesUnavailable = ProblemType.unavailable(
        "entities_unavailable", "Your access to this entity can't be checked at the moment.")

    // MARK: Sending

    public static let alreadyInvited = ProblemType.conflict(
        "already_invited",
        "This address already has a pending invitation; the problem names its id.")
    public static let alreadyCollaborator = ProblemType.conflict(
        "already_collaborator", "This address belongs to a collaborator of the entity.")
    public static let quotaExceeded = ProblemType(
        .rateLimited, "invitation_quota_exceeded",
        "A user can send \(InvitationLimits.hourly) invitations an hour and "
            + "\(InvitationLimits.daily) a day, and have \(InvitationLimits.pending) pending.")
    public static let tooManyResends = ProblemType.conflict(
        "too_many_resends",
        "An invitation can be resent \(InvitationLimits.resends) times. Revoke it and create "
            + "another.")
    public static let notPending = ProblemType.conflict(
        "invitation_not_pending", "The invitation is no longer pending.")

    // MARK: Accepting

    public static let unknownLink = ProblemType(
        .notFound, "not_found", "The token or claim doesn't belong to an invitation.")
    public static let emailMismatch = ProblemType.forbidden(
        "email_mismatch", "The invitation is for an e-mail address other than yours.")
    public static let expired = ProblemType(
        .gone, "invitation_expired", "The invitation has expired.")
    public static let revoked = ProblemType(
        .gone, "invitation_revoked", "The invitation was revoked or declined.")
    public static let used = ProblemType(
        .gone, "invitation_used", "The invitation has already been accepted.")
    public static let linkReplaced = ProblemType(
        .gone, "invitation_link_replaced",
        "This link was replaced when the invitation was resent. Use the link in the latest "
            + "e-mail.")
    public static let inviterGone = ProblemType(
        .gone, "inviter_gone", "The user who sent the invitation can no longer invite to this.")

    // MARK: Collaborators

    public static let cannotRemoveSelf = ProblemType.conflict(
        "cannot_remove_self",
        "You own the entity and can't remove yourself. Transfer ownership first.")
}
