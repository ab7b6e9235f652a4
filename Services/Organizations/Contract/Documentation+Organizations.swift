import Contract
import Kernel

extension OrganizationBody: Documented {
    public static let meaning = "An organization in its members' lists."

    public static var members: [Member] { organizationMembers }
}

private let organizationMembers = [
    Member("id", "The organization's id.", .id("org_")),
    Member("name", "The display name.", example: "Acme"),
    Member("slug", "The name in URLs, unique among all organizations.", example: "acme"),
    Member("createdAt", "When the organization was created."),
    Member("memberCount", "The number of members.", example: 1),
    .externalId(of: "organization"),
    Member("role", "The name of the caller's role.", example: "owner"),
]

extension OrganizationDetailsBody: Documented {
    public static let meaning = "An organization with its members, roles and storage."

    public static var members: [Member] {
        organizationMembers.map { member in
            member.name == "role"
                ? Member(
                    "role", "The name of the caller's role; `null` for a platform admin.",
                    example: "owner") : member
        } + [
            Member(
                "members", "The longest-standing members, oldest first.",
                .list(1...OrganizationLimits.membersShown, of: .plain)),
            Member("roles", "The built-in and the custom roles."),
            Member("storageConfig", "Where packages and assets are stored."),
            Member(
                "npmRegistryKey", "The key to the npm registry; only for members.",
                example: "npm_live_example-of-a-key-that-opens-nothing"),
        ]
    }
}

extension NewOrganizationBody: Documented {
    public static let meaning = "A new organization."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "Acme"),
            Member(
                "slug", "The name in URLs; derived from the name if omitted.", .slug,
                example: "acme"),
            .newExternalId(of: "organization"),
        ]
    }
}

extension OrganizationPatchBody: Documented {
    public static let meaning = "The changes to an organization."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "Acme"),
            Member("slug", "The name in URLs.", .slug, example: "acme"),
            .newExternalId(of: "organization", isClearable: true),
        ]
    }
}

extension NpmRegistryKeyBody: Documented {
    public static let meaning = "An organization's npm registry key."

    public static var members: [Member] {
        [
            Member(
                "npmRegistryKey",
                "The new key; absent in the response to a repeated request.",
                example: "npm_live_example-of-a-key-that-opens-nothing")
        ]
    }
}

extension MemberBody: Documented {
    public static let schemaName = "OrganizationMember"
    public static let meaning = "A member of an organization."

    public static var members: [Member] {
        [
            Member("userId", "The user's id.", .id("usr_")),
            Member(
                "email",
                "The e-mail address; empty, as the name is, just after the user was deleted.",
                example: "ada@example.com"),
            Member("displayName", "The user's display name.", example: "Ada"),
            Member("role", "The name of the member's role.", example: "owner"),
            Member("roleId", "The id of the member's role.", .id("rol_")),
            Member("joinedAt", "When the user joined."),
        ]
    }
}

extension NewMemberBody: Documented {
    public static let schemaName = "NewOrganizationMember"
    public static let meaning = "A new member, given by exactly one of `userId` and `email`."

    public static var members: [Member] {
        [
            Member("userId", "The user's id.", .id("usr_").naming(.user)),
            // Without an example: only one of the two may be given.
            Member("email", "The user's e-mail address.", .emailWithoutExample),
            Member(
                "role", "The name or id of a role; `member` if omitted.",
                .plain.falling(backTo: "member"), example: "member"),
        ]
    }
}

extension MemberPatchBody: Documented {
    public static let schemaName = "OrganizationMemberPatch"
    public static let meaning = "The changes to a member."

    public static var members: [Member] {
        [Member("role", "The name or id of a role.", example: "admin")]
    }
}

extension RoleBody: Documented {
    public static let schemaName = "OrganizationRole"
    public static let meaning = "A role in an organization."

    public static var members: [Member] {
        [
            Member("id", "The role's id.", .id("rol_")),
            Member("name", "The name, unique in the organization.", example: "publisher"),
            Member(
                "builtIn",
                "Whether it is one of the unchangeable roles that every organization has.",
                example: false),
            Member(
                "scopes", "The permissions of its members; `*` stands for all.",
                example: ["entities:share_store"]),
        ]
    }
}

extension NewRoleBody: Documented {
    public static let schemaName = "NewOrganizationRole"
    public static let meaning = "A new custom role."

    public static var members: [Member] {
        [
            Member(
                "name", "The name, unique in the organization (case is ignored).", .roleName,
                example: "publisher"),
            Member("scopes", "The permissions of its members.", .roleScopes),
        ]
    }
}

extension RolePatchBody: Documented {
    public static let schemaName = "OrganizationRolePatch"
    public static let meaning = "The changes to a custom role."

    public static var members: [Member] {
        [
            Member(
                "name", "The name, unique in the organization (case is ignored).", .roleName,
                example: "publisher"),
            Member("scopes", "The permissions of its members.", .roleScopes),
        ]
    }
}

extension Rule {
    /// A role is referred to by name or id, so no name can look like an id.
    fileprivate static var roleName: Rule {
        name(max: OrganizationLimits.roleName, notBeginning: "rol_")
    }

    fileprivate static var roleScopes: Rule {
        let scopes = RoleScope.allCases
        var rule = list(0...scopes.count, of: words(scopes))
        rule.example = ["entities:share_store"]
        return rule
    }

    fileprivate static var emailWithoutExample: Rule {
        var rule = email
        rule.example = nil
        return rule
    }
}
