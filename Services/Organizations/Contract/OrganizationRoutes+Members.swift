import Contract
import Kernel

extension OrganizationRoutes {
    static let members = EndpointGroup(
        "Members",
        "Who belongs to an organization. Nobody gives or takes a role that may do more than his "
            + "own; only owners name and remove owners; the last owner stays.",
        path: [id, Member("userId", "The member.", .id("usr_"))],
        [listMembers, addMember, changeMember, removeMember])

    public static let listMembers = Endpoint(
        "listMembers", .get, "/api/organizations/{id}/members",
        summary: "The members of an organization", answers: .list(of: MemberBody.self))
    public static let addMember = Endpoint(
        "addMember", .post, "/api/organizations/{id}/members", scopes: write,
        summary: "Make a user a member, by his id or his e-mail address",
        details: "A user who does not exist is 422, as is a role that does not.",
        takes: .json(NewMemberBody.self),
        answers: .created(MemberBody.self, "He is a member now."),
        problems: [
            notMember, insufficientRole, ownerRequired, moreThanOwn, userDeleted,
            .conflict("already_member", "The user is already a member."), .tooManyUnknownUsers,
            .quotaExceeded("members of the organization"),
        ])
    public static let changeMember = Endpoint(
        "changeMember", .patch, "/api/organizations/{id}/members/{userId}", scopes: write,
        summary: "Give a member another role", takes: .json(MemberPatchBody.self),
        answers: .ok(MemberBody.self, "The member as he is now."),
        problems: [
            notMember, insufficientRole, ownerRequired, moreThanOwn, userDeleted, lastOwner,
        ])
    public static let removeMember = Endpoint(
        "removeMember", .delete, "/api/organizations/{id}/members/{userId}", scopes: write,
        summary: "Remove a member; every member may leave, but for the last owner",
        details: "What the organization's store opened to him is closed at his next request; he is "
            + "no longer a publisher of the organization's entities.",
        answers: .noContent,
        problems: [
            notMember, insufficientRole, ownerRequired, moreThanOwn, userDeleted, lastOwner,
        ])

    // MARK: Roles

    static let roles = EndpointGroup(
        "Roles",
        "What members may do in an organization. `owner` may do all, `admin` all but delete the "
            + "organization and name owners, `member` may share and publish to the store; custom "
            + "roles list their scopes. A token must have the scope too.",
        path: [id, Member("roleId", "The role.", .id("rol_"))],
        [listRoles, createRole, updateRole, deleteRole])

    static let builtInRole = ProblemType.conflict(
        "built_in_role", "The roles that every organization has are as they are.")
    static let roleNameTaken = ProblemType.conflict(
        "role_name_taken", "Another role of the organization has this name, in whatever case.")

    public static let listRoles = Endpoint(
        "listRoles", .get, "/api/organizations/{id}/roles", summary: "The roles of an organization",
        answers: .list(of: RoleBody.self))
    public static let createRole = Endpoint(
        "createRole", .post, "/api/organizations/{id}/roles", scopes: write,
        summary: "Make a custom role", takes: .json(NewRoleBody.self),
        answers: .created(RoleBody.self),
        problems: [
            notMember, insufficientRole, moreThanOwn, userDeleted, roleNameTaken,
            .conflict(
                "too_many_roles",
                "An organization has at most \(OrganizationLimits.roles) custom roles."),
        ])
    public static let updateRole = Endpoint(
        "updateRole", .patch, "/api/organizations/{id}/roles/{roleId}", scopes: write,
        summary: "Change a custom role", details: "It holds for its members' next requests.",
        takes: .json(RolePatchBody.self), answers: .ok(RoleBody.self, "The role as it is now."),
        problems: [
            notMember, insufficientRole, moreThanOwn, userDeleted, builtInRole, roleNameTaken,
        ])
    public static let deleteRole = Endpoint(
        "deleteRole", .delete, "/api/organizations/{id}/roles/{roleId}", scopes: write,
        summary: "Delete a custom role that nobody has", answers: .noContent,
        problems: [
            notMember, insufficientRole, moreThanOwn, userDeleted, builtInRole,
            .conflict("role_in_use", "A member has it: give him another one first."),
        ])

    // MARK: Storage

    static let storage = EndpointGroup(
        "Storage",
        "Where an organization's packages and assets are kept: by us, or in a bucket of its own, "
            + "which is tried before it is taken.", path: [id],
        [getStorageConfig, setStorageConfig])

    public static let getStorageConfig = Endpoint(
        "getStorageConfig", .get, "/api/organizations/{id}/storage-config",
        summary: "Where an organization's packages and assets are kept",
        answers: .ok(StorageConfigBody.self, "The configuration, without its secret."))
    public static let setStorageConfig = Endpoint(
        "setStorageConfig", .post, "/api/organizations/{id}/storage-config", scopes: settings,
        summary: "Say where packages and assets are to be kept",
        details: "A bucket is proved first: a small object is written, read and deleted there. If "
            + "that fails, the answer says at what, and nothing is changed.",
        takes: .json(NewStorageConfigBody.self),
        answers: .ok(StorageConfigBody.self, "The configuration as it is now."),
        problems: [notMember, insufficientRole, userDeleted] + storageFailures)
}
