import Contract
import Kernel

/// Why a request about workspaces is refused; those that workspaces share with entities are in
/// `InvitationProblems`.
public enum WorkspaceProblems {
    public static let ownerRequired = ProblemType.forbidden(
        "workspace_owner_required", "Only the owner of the workspace can do this.")
    public static let inviterOrOwnerRequired = ProblemType.forbidden(
        "inviter_or_owner_required",
        "Only the user who sent the invitation or the owner of the workspace can do this.")
    public static let emailMismatch = ProblemType.forbidden(
        InvitationProblems.emailMismatch.code,
        "`userEmail` must be your own address and the address that was invited.")
    public static let alreadyMember = ProblemType.conflict(
        "already_member", "This address belongs to a member of the workspace.")
    public static let full = ProblemType.conflict(
        "workspace_full",
        "A workspace can have at most \(WorkspaceLimits.people) members and pending invitations.")
    public static let ownerIsFixed = ProblemType.conflict(
        "owner_is_fixed",
        "The owner can't be removed or given other permissions. Transfer ownership first.")
    public static let answered = ProblemType.conflict(
        "invitation_answered", "The invitation has already been accepted or rejected.")
    public static let resentTooSoon = ProblemType(
        .rateLimited, "resent_too_soon",
        "An invitation can be resent once every \(WorkspaceLimits.resendPause) seconds.")
    /// What no GET shows has no tag that `If-Match` could name.
    static let preconditionFailed = ProblemType(
        .preconditionFailed, "precondition_failed", "`If-Match` must be `*`.")
}
