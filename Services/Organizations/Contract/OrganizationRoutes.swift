import Contract
import Kernel

/// Every public route of the organizations context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them, and OpenAPI and the reference page are generated from
/// them.
///
/// The caller's token must have the scopes named here, which the gateway checks; so must the
/// caller's role in the organization, which the service checks.
public enum OrganizationRoutes {
    static let write = [RoleScope.orgWrite.rawValue]
    static let settings = [RoleScope.orgSettings.rawValue]
    static let publish = [RoleScope.entitiesShareStore.rawValue]

    /// In the order of the product's reference.
    public static let groups = [organizations, members, roles, storage, store]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    /// What the paths of these routes have in common.
    static let id = Member(
        "id", "The organization's id or slug.", .id(like: "org_").naming(.organization))

    static let search = Member(
        "search", "Part of the name or slug; case is ignored.", .search(), example: "acme")

    /// Of every operation that needs a scope of the caller's role.
    static let roleProblems = [
        OrganizationProblems.notMember, OrganizationProblems.insufficientRole, .userDeleted,
    ]

    // MARK: Organizations

    static let organizations = EndpointGroup(
        "Organizations",
        "An organization has members, each with a role, and a store. For everyone else it does not "
            + "exist; platform admins can view it.",
        path: [id],
        [
            createOrganization, listOrganizations, getOrganization, updateOrganization,
            deleteOrganization, rotateNpmRegistryKey,
        ])

    public static let createOrganization = Endpoint(
        "createOrganization", .post, "/api/organizations", scopes: write,
        summary: "Create an organization",
        details: "The caller becomes its owner.",
        takes: .json(NewOrganizationBody.self),
        answers: .created(OrganizationDetailsBody.self, tagged: true),
        problems: [
            .userDeleted, .slugTaken, .externalIdTaken, .adminTokenRequired,
            .quotaExceeded("organizations created by the caller"),
        ])
    public static let listOrganizations = Endpoint(
        "listOrganizations", .get, "/api/organizations",
        summary: "List the organizations of the caller or of another user",
        details: "Newest first.", query: [search, .userWithAccess],
        answers: .list(of: OrganizationBody.self), problems: [.insufficientScope])
    public static let getOrganization = Endpoint(
        "getOrganization", .get, "/api/organizations/{id}",
        summary: "Get an organization with its members, roles and storage",
        details: "For members and platform admins. Shows the \(OrganizationLimits.membersShown) "
            + "longest-standing members; the list of members has all of them. Only members see "
            + "the npm registry key.",
        answers: .ok(OrganizationDetailsBody.self, "The organization."))
    public static let updateOrganization = Endpoint(
        "updateOrganization", .patch, "/api/organizations/{id}", scopes: write,
        summary: "Update an organization's name or slug",
        details: "Fields that the body leaves out keep their values.",
        takes: .json(OrganizationPatchBody.self),
        answers: .ok(OrganizationDetailsBody.self, "The updated organization.", tagged: true),
        problems: roleProblems + [.slugTaken, .externalIdTaken, .adminTokenRequired])
    public static let deleteOrganization = Endpoint(
        "deleteOrganization", .delete, "/api/organizations/{id}", scopes: write,
        summary: "Delete an organization",
        details: "For owners. Deletes its memberships, roles and store; its entities become "
            + "personal.",
        answers: .noContent,
        problems: [
            OrganizationProblems.notMember, OrganizationProblems.ownerRequired, .userDeleted,
        ])
    public static let rotateNpmRegistryKey = Endpoint(
        "rotateNpmRegistryKey", .post, "/api/organizations/{id}/npm-registry-key/rotate",
        scopes: settings, summary: "Rotate the npm registry key",
        details: "The old key stops working at once. The response to a repeated request with the "
            + "same `Idempotency-Key` leaves the key out.",
        answers: .ok(NpmRegistryKeyBody.self, "The new key."),
        problems: roleProblems)
}
