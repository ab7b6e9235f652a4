import Contract
import Kernel

/// Why operations on entities are refused: the service throws these, the API reference lists them.
public enum EntityProblems {
    public static let notPublisher = ProblemType.forbidden(
        "not_a_publisher", "Only publishers of the entity can do this.")
    public static let notOwner = ProblemType.forbidden(
        "not_the_owner", "Only the owner of the entity can do this.")
    public static let notCreator = ProblemType.forbidden(
        "not_the_creator", "Only the user who created the share can revoke it.")
    public static let resharingOff = ProblemType.forbidden(
        "resharing_off", "Only publishers can share this entity.")
    public static let externalShareNotAllowed = ProblemType.forbidden(
        "external_share_not_allowed",
        "Sharing with users outside the caller's organizations requires the scope "
            + "`entities:share_external`.")
    public static let invitationQuotaExceeded = ProblemType(
        .rateLimited, "invitation_quota_exceeded",
        "The caller has sent as many invitations as a user can, or has too many pending.")
    public static let lastPublisher = ProblemType.conflict(
        "last_publisher", "An entity must keep at least one publisher.")
    public static let ownerIsPublisher = ProblemType.conflict(
        "owner_is_publisher",
        "The owner must be a publisher: transfer ownership before removing them.")
    public static let versionExists = ProblemType.conflict(
        "version_exists", "The version already exists; build metadata makes no difference.")
    public static let versionNotGreater = ProblemType.conflict(
        "version_not_greater",
        "The version must be greater than the latest one, unless `backport` is true.")
    public static let accessUnknown = ProblemType.unavailable(
        "access_unknown",
        "Access can't be determined at the moment, because another service is unavailable.")
}
