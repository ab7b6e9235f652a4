import Contract
import Kernel

/// Why an operation of this context can be refused: thrown where it is decided, listed where the
/// operation is declared.
public enum OrganizationProblems {
    // MARK: Permissions

    public static let notMember = ProblemType.forbidden(
        "not_a_member", "Only members of the organization can do this.")
    public static let insufficientRole = ProblemType.forbidden(
        "insufficient_role", "Your role in the organization lacks the required scope.")
    public static let ownerRequired = ProblemType.forbidden(
        "owner_required", "Only an owner of the organization can do this.")
    public static let roleExceedsOwn = ProblemType.forbidden(
        "more_than_own_role",
        "You can't grant, change or revoke a role with more permissions than your own.")
    public static let notAdmin = ProblemType.forbidden(
        "not_an_organization_admin",
        "Only owners and admins of the organization can list its audit entries.")
    public static let notPublisher = ProblemType.forbidden(
        "not_a_publisher", "Only a publisher of the entity can do this.")

    // MARK: Members and roles

    public static let alreadyMember = ProblemType.conflict(
        "already_member", "This user is already a member.")
    public static let lastOwner = ProblemType.conflict(
        "last_owner",
        "An organization must have at least one owner: make another member an owner first.")
    public static let builtInRole = ProblemType.conflict(
        "built_in_role", "Built-in roles can't be changed or deleted.")
    public static let roleInUse = ProblemType.conflict(
        "role_in_use", "A member has this role: give them another one first.")
    public static let roleNameTaken = ProblemType.conflict(
        "role_name_taken",
        "Another role of the organization already has this name (case is ignored).")
    public static let tooManyRoles = ProblemType.conflict(
        "too_many_roles",
        "An organization can have at most \(OrganizationLimits.roles) custom roles.")

    // MARK: Stores

    public static let alreadyPublished = ProblemType.conflict(
        "already_published", "The entity is already in this store.")
    public static let entitiesUnavailable = ProblemType.unavailable(
        "entities_unavailable", "We can't check at the moment whether you publish this entity.")

    // MARK: Storage: 422 with the value at fault, or 503 if the bucket could not be checked

    public static let storageEndpointInvalid = ProblemType(
        .invalid, "storage_endpoint_invalid",
        "The endpoint must be an http or https URL with a host and an optional port.")
    public static let storageDNSFailed = ProblemType(
        .invalid, "storage_dns_failed", "The endpoint's name could not be resolved.")
    public static let storageAddressForbidden = ProblemType(
        .invalid, "storage_address_forbidden",
        "The endpoint must have public addresses only: no private, loopback, link-local or "
            + "reserved ones.")
    public static let storageUnreachable = ProblemType(
        .invalid, "storage_unreachable",
        "The endpoint could not be reached, or the connection was lost.")
    public static let storageTimeout = ProblemType(
        .invalid, "storage_timeout", "The storage did not respond in time.")
    public static let storageTLSFailed = ProblemType(
        .invalid, "storage_tls_failed",
        "No secure connection: the endpoint's certificate or TLS version was not accepted.")
    public static let storageSignatureRefused = ProblemType(
        .invalid, "storage_signature_refused",
        "The secret access key does not belong to the access key.")
    public static let storageAccessKeyUnknown = ProblemType(
        .invalid, "storage_access_key_unknown", "The storage does not know the access key.")
    public static let storageBucketMissing = ProblemType(
        .invalid, "storage_bucket_missing", "The bucket does not exist.")
    public static let storageRegionWrong = ProblemType(
        .invalid, "storage_region_wrong", "The bucket is in another region.")
    public static let storagePermissionMissing = ProblemType(
        .invalid, "storage_permission_missing",
        "The access key must be allowed to write, read and delete objects; `detail` names what "
            + "is missing.")
    public static let storageClockSkewed = ProblemType(
        .invalid, "storage_clock_skewed", "The storage reports that this server's clock is wrong.")
    public static let storageAnswerUnexpected = ProblemType(
        .invalid, "storage_answer_unexpected", "The endpoint did not respond like S3 storage.")
    public static let storageCheckBusy = ProblemType.unavailable(
        "storage_check_busy", "Too many storage checks are running: try again in a moment.")
    public static let storageCheckUnavailable = ProblemType.unavailable(
        "storage_check_unavailable", "Storage can't be checked at the moment.")

    static let storage = [
        storageEndpointInvalid, storageDNSFailed, storageAddressForbidden, storageUnreachable,
        storageTimeout, storageTLSFailed, storageSignatureRefused, storageAccessKeyUnknown,
        storageBucketMissing, storageRegionWrong, storagePermissionMissing, storageClockSkewed,
        storageAnswerUnexpected, storageCheckBusy, storageCheckUnavailable,
    ]
}
