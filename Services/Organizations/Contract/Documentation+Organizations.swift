import Contract
import Kernel

extension OrganizationBody: Documented {
    public static let meaning = "An organization, as its members see it in lists."

    public static var members: [Member] { organizationMembers }
}

private let organizationMembers = [
    Member("id", "Never changes.", .id("org_")),
    Member("name", "What people call it.", example: "Acme"),
    Member("slug", "Its name in URLs, unique over all organizations.", example: "acme"),
    Member("createdAt", "When it was created."),
    Member("memberCount", "How many members it has.", example: 1),
    Member("role", "The name of the caller's own role.", example: "owner"),
]

extension OrganizationDetailsBody: Documented {
    public static let meaning = "An organization with its members, roles and storage."

    public static var members: [Member] {
        organizationMembers.map { member in
            member.name == "role"
                ? Member(
                    "role", "The name of the caller's own role; `null` for a platform admin.",
                    example: "owner") : member
        } + [
            Member(
                "members", "The longest-standing, first of all.",
                .list(1...OrganizationLimits.membersShown, of: .plain)),
            Member("roles", "The built-in ones, and those that it has made."),
            Member("storageConfig", "Where its packages and assets are kept."),
            Member(
                "npmRegistryKey", "For members alone.",
                example: "npm_live_example-of-a-key-that-opens-nothing"),
        ]
    }
}

extension NewOrganizationBody: Documented {
    public static let meaning = "An organization to be."

    public static var members: [Member] {
        [
            Member("name", "What people call it.", .name(), example: "Acme"),
            Member(
                "slug", "Its name in URLs; made from the name if it is left out.", .slug,
                example: "acme"),
        ]
    }
}

extension OrganizationPatchBody: Documented {
    public static let meaning = "What is to change of an organization."

    public static var members: [Member] {
        [
            Member("name", "What people call it.", .name(), example: "Acme"),
            Member("slug", "Its name in URLs.", .slug, example: "acme"),
        ]
    }
}

extension NpmRegistryKeyBody: Documented {
    public static let meaning = "The key to an organization's npm registry."

    public static var members: [Member] {
        [
            Member(
                "npmRegistryKey",
                "Left out where the answer to a repeated request is given again.",
                example: "npm_live_example-of-a-key-that-opens-nothing")
        ]
    }
}

extension MemberBody: Documented {
    public static let meaning = "A member of an organization."

    public static var members: [Member] {
        [
            Member("userId", "The user.", .id("usr_")),
            Member(
                "email", "Empty, as the name, for a moment after he was deleted.",
                example: "ada@example.com"),
            Member("displayName", "What people call him.", example: "Ada"),
            Member("role", "The name of his role.", example: "owner"),
            Member("roleId", "His role.", .id("rol_")),
            Member("joinedAt", "When he became a member."),
        ]
    }
}

extension NewMemberBody: Documented {
    public static let meaning = "Who is to become a member: exactly one of `userId` and `email`."

    public static var members: [Member] {
        [
            Member("userId", "The user.", .id("usr_")),
            // Without an example: only one of the two may be given.
            Member("email", "The user's e-mail address.", .emailWithoutExample),
            Member(
                "role", "The name or id of a role; `member` if it is left out.",
                .plain.falling(backTo: "member"), example: "member"),
        ]
    }
}

extension MemberPatchBody: Documented {
    public static let meaning = "What is to change of a member."

    public static var members: [Member] {
        [Member("role", "The name or id of a role.", example: "admin")]
    }
}

extension RoleBody: Documented {
    public static let meaning = "A role in an organization."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("rol_")),
            Member("name", "Unique in the organization.", example: "publisher"),
            Member("builtIn", "Whether every organization has it, unchanged.", example: false),
            Member(
                "scopes", "What it lets its holders do; `*` stands for all.",
                example: ["entities:share_store"]),
        ]
    }
}

extension NewRoleBody: Documented {
    public static let meaning = "A custom role to be."

    public static var members: [Member] {
        [
            Member(
                "name", "Unique in the organization, in whatever case.", .roleName,
                example: "publisher"),
            Member("scopes", "What it lets its holders do.", .roleScopes),
        ]
    }
}

extension RolePatchBody: Documented {
    public static let meaning = "What is to change of a custom role."

    public static var members: [Member] {
        [
            Member(
                "name", "Unique in the organization, in whatever case.", .roleName,
                example: "publisher"),
            Member("scopes", "What it lets its holders do.", .roleScopes),
        ]
    }
}

extension Rule {
    /// A role is given by name or id: nothing may be both.
    fileprivate static var roleName: Rule {
        name(max: OrganizationLimits.roleName, notBeginning: "rol_")
    }

    fileprivate static var roleScopes: Rule {
        var rule = list(
            0...OrganizationWords.roleScopes.count, of: words(OrganizationWords.roleScopes))
        rule.example = ["entities:share_store"]
        return rule
    }

    fileprivate static var emailWithoutExample: Rule {
        var rule = email
        rule.example = nil
        return rule
    }
}
