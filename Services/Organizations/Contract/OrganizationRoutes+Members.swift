import Contract
import Kernel

extension OrganizationRoutes {
    static let members = EndpointGroup(
        "Members",
        "The members of an organization. You can't grant, change or revoke a role with more "
            + "permissions than your own, only owners can add, demote and remove owners, and the "
            + "last owner stays.",
        path: [id, Member("userId", "The member's user id.", .id("usr_").naming(.user))],
        [listMembers, addMember, updateMember, removeMember])

    private static let memberProblems =
        roleProblems + [OrganizationProblems.ownerRequired, OrganizationProblems.roleExceedsOwn]

    public static let listMembers = Endpoint(
        "listMembers", .get, "/api/organizations/{id}/members",
        summary: "List an organization's members", answers: .list(of: MemberBody.self))
    public static let addMember = Endpoint(
        "addMember", .post, "/api/organizations/{id}/members", scopes: write,
        summary: "Add a member by user id or e-mail address",
        details: "An unknown user or role is a 422.",
        takes: .json(NewMemberBody.self),
        answers: .created(MemberBody.self, "Member added."),
        problems: memberProblems + [
            OrganizationProblems.alreadyMember, .tooManyUnknownUsers,
            .quotaExceeded("members of the organization"),
        ])
    public static let updateMember = Endpoint(
        "updateMember", .patch, "/api/organizations/{id}/members/{userId}", scopes: write,
        summary: "Change a member's role", takes: .json(MemberPatchBody.self),
        answers: .ok(MemberBody.self, "The updated member."),
        problems: memberProblems + [OrganizationProblems.lastOwner])
    public static let removeMember = Endpoint(
        "removeMember", .delete, "/api/organizations/{id}/members/{userId}", scopes: write,
        summary: "Remove a member, or leave",
        details: "Every member can leave, except for the last owner. Access through the "
            + "organization's store ends with the user's next request, and the user is no longer a "
            + "publisher of the organization's entities.",
        answers: .noContent,
        problems: memberProblems + [OrganizationProblems.lastOwner])

    // MARK: Roles

    static let roles = EndpointGroup(
        "Roles",
        "The permissions of members. `owner` can do everything, `admin` everything except deleting "
            + "the organization and managing owners, `member` can share, and publish to the store; "
            + "custom roles list their scopes. The caller's token must have the scope as well.",
        path: [id, Member("roleId", "The role's id.", .id("rol_"))],
        [listRoles, createRole, updateRole, deleteRole])

    private static let customRoleProblems = roleProblems + [OrganizationProblems.roleExceedsOwn]

    public static let listRoles = Endpoint(
        "listRoles", .get, "/api/organizations/{id}/roles", summary: "List an organization's roles",
        answers: .list(of: RoleBody.self))
    public static let createRole = Endpoint(
        "createRole", .post, "/api/organizations/{id}/roles", scopes: write,
        summary: "Create a custom role", takes: .json(NewRoleBody.self),
        answers: .created(RoleBody.self),
        problems: customRoleProblems + [
            OrganizationProblems.roleNameTaken, OrganizationProblems.tooManyRoles,
        ])
    public static let updateRole = Endpoint(
        "updateRole", .patch, "/api/organizations/{id}/roles/{roleId}", scopes: write,
        summary: "Update a custom role",
        details: "Applies to the next request of every member who has it.",
        takes: .json(RolePatchBody.self), answers: .ok(RoleBody.self, "The updated role."),
        problems: customRoleProblems + [
            OrganizationProblems.builtInRole, OrganizationProblems.roleNameTaken,
        ])
    public static let deleteRole = Endpoint(
        "deleteRole", .delete, "/api/organizations/{id}/roles/{roleId}", scopes: write,
        summary: "Delete a custom role that no member has", answers: .noContent,
        problems: customRoleProblems + [
            OrganizationProblems.builtInRole, OrganizationProblems.roleInUse,
        ])

    // MARK: Storage

    static let storage = EndpointGroup(
        "Storage",
        "Where an organization's packages and assets are stored: managed by us, or in a bucket of "
            + "its own, which is checked before it is saved.", path: [id],
        [getStorageConfig, setStorageConfig])

    public static let getStorageConfig = Endpoint(
        "getStorageConfig", .get, "/api/organizations/{id}/storage-config",
        answersAtOnce: .always, summary: "Get the storage configuration",
        answers: .ok(StorageConfigBody.self, "The configuration, without its secret."))
    public static let setStorageConfig = Endpoint(
        "setStorageConfig", .post, "/api/organizations/{id}/storage-config", scopes: settings,
        summary: "Set the storage configuration",
        details: "A bucket is checked first: a small object is written, read and deleted there. If "
            + "that fails, the response names the step and nothing changes.",
        takes: .json(NewStorageConfigBody.self),
        answers: .ok(StorageConfigBody.self, "The new configuration."),
        problems: roleProblems + OrganizationProblems.storage)
}
