import Contract
import Kernel

/// Every public route of the organizations context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them, OpenAPI and the reference page are made from them.
///
/// The scopes that they name must be in the caller's token; his role in the organization must have
/// them too, which the service checks.
public enum OrganizationRoutes {
    static let write = ["org:write"]
    static let settings = ["org:settings"]
    static let publish = ["entities:share_store"]

    /// In the order of the product's reference.
    public static let groups = [organizations, members, roles, storage, store]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    /// What the paths of these routes have in common.
    static let id = Member("id", "The organization: its id or its slug.", .id(like: "org_"))

    static let search = Member(
        "search", "Part of the name or slug, in any case.", .search(), example: "acme")

    // MARK: Problems that several routes have in common

    static let notMember = ProblemType.forbidden(
        "not_a_member",
        "The caller sees it, as a platform admin or in public, but is no member.")
    static let insufficientRole = ProblemType.forbidden(
        "insufficient_role", "The caller's role in the organization lacks the scope.")
    static let ownerRequired = ProblemType.forbidden(
        "owner_required", "Only an owner of the organization may do this.")
    static let moreThanOwn = ProblemType.forbidden(
        "more_than_own_role",
        "It is about a role that may do more than the caller's own: nobody gives or takes what he "
            + "has not.")
    static let userDeleted = ProblemType.forbidden(
        "user_deleted", "The caller was deleted while the request was on its way.")
    static let slugTaken = ProblemType.conflict(
        "slug_taken", "Another organization has this slug already.")
    static let lastOwner = ProblemType.conflict(
        "last_owner", "An organization keeps at least one owner.")

    // MARK: Organizations

    static let organizations = EndpointGroup(
        "Organizations",
        "Who belongs together. An organization has members, each with a role, and a store; whoever "
            + "is no member is told that it does not exist. Platform admins may look.",
        path: [id],
        [
            createOrganization, listOrganizations, getOrganization, updateOrganization,
            deleteOrganization, rotateNpmRegistryKey,
        ])

    public static let createOrganization = Endpoint(
        "createOrganization", .post, "/api/organizations", scopes: write,
        summary: "Create an organization; the caller becomes its owner",
        takes: .json(NewOrganizationBody.self),
        answers: .created(OrganizationDetailsBody.self, tagged: true),
        problems: [
            userDeleted, slugTaken, .quotaExceeded("organizations created by the caller"),
        ])
    public static let listOrganizations = Endpoint(
        "listOrganizations", .get, "/api/organizations",
        summary: "The organizations that the caller belongs to", query: [search],
        answers: .list(of: OrganizationBody.self))
    public static let getOrganization = Endpoint(
        "getOrganization", .get, "/api/organizations/{id}",
        summary: "One organization with its members, roles and storage; members only",
        details: "It shows the \(OrganizationLimits.membersShown) longest-standing members; the "
            + "list of members has all. Its npm registry key is shown to members alone, and not "
            + "to platform admins.",
        answers: .ok(OrganizationDetailsBody.self, "The organization."))
    public static let updateOrganization = Endpoint(
        "updateOrganization", .patch, "/api/organizations/{id}", scopes: write,
        summary: "Change an organization's name or slug",
        details: "What the body does not mention stays.",
        takes: .json(OrganizationPatchBody.self),
        answers: .ok(OrganizationDetailsBody.self, "The organization as it is now.", tagged: true),
        problems: [notMember, insufficientRole, userDeleted, slugTaken])
    public static let deleteOrganization = Endpoint(
        "deleteOrganization", .delete, "/api/organizations/{id}", scopes: write,
        summary: "Delete an organization; owners only",
        details: "Its memberships, roles and store go with it; its entities become personal.",
        answers: .noContent, problems: [notMember, ownerRequired, userDeleted])
    public static let rotateNpmRegistryKey = Endpoint(
        "rotateNpmRegistryKey", .post, "/api/organizations/{id}/npm-registry-key/rotate",
        scopes: settings, summary: "Replace the organization's npm registry key",
        details: "The old key is no longer valid. The answer to a repeated request with the same "
            + "`Idempotency-Key` leaves the key out.",
        answers: .ok(NpmRegistryKeyBody.self, "The new key."),
        problems: [notMember, insufficientRole, userDeleted])
}
