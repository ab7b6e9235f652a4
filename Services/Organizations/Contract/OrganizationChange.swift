import Contract
import Kernel

/// The changes of this context that its audit records.
public enum OrganizationChange: String, AuditedChange {
    case organizationCreated = "organization.created"
    case organizationUpdated = "organization.updated"
    case organizationDeleted = "organization.deleted"
    case registryKeyRotated = "npm_registry_key.rotated"
    case storageConfigured = "storage_config.changed"
    case memberAdded = "member.added"
    case memberRoleChanged = "member.role_changed"
    case memberRemoved = "member.removed"
    case roleCreated = "role.created"
    case roleUpdated = "role.updated"
    case roleDeleted = "role.deleted"
    case publicationCreated = "publication.created"
    case publicationUpdated = "publication.updated"
    case publicationRemoved = "publication.removed"

    public var declaration: ChangeDeclaration {
        switch self {
        case .organizationCreated:
            .change("An organization was created.", shows: OrganizationState.self)
        case .organizationUpdated:
            .change(
                "An organization's name, slug or external id changed.",
                shows: OrganizationState.self)
        case .organizationDeleted:
            .change(
                "An organization was deleted. Its members and publications have events of their "
                    + "own.", shows: OrganizationState.self)
        case .registryKeyRotated:
            .change(
                "An organization's npm registry key was rotated; neither key is shown.",
                of: "organization", shows: OrganizationState.self,
                as: "organization.npm_registry_key_rotated")
        case .storageConfigured:
            .change(
                "An organization's storage configuration changed.", of: "organization",
                shows: StorageConfigState.self)
        case .memberAdded: member("A user became a member of an organization.")
        case .memberRoleChanged: member("A member's role changed.")
        case .memberRemoved: member("A member was removed or left.")
        case .roleCreated: role("A role was created.")
        case .roleUpdated: role("A role's name or scopes changed.")
        case .roleDeleted: role("A role was deleted.")
        case .publicationCreated:
            publication("An entity was published in an organization's store.")
        case .publicationUpdated: publication("A publication became public or private.")
        case .publicationRemoved:
            publication("An entity was removed from an organization's store.")
        }
    }

    private func member(_ meaning: String) -> ChangeDeclaration {
        .change(meaning, of: "organization", shows: MemberState.self)
    }

    private func role(_ meaning: String) -> ChangeDeclaration {
        .change(meaning, of: "organization", shows: RoleState.self)
    }

    private func publication(_ meaning: String) -> ChangeDeclaration {
        .change(meaning, of: "organization", shows: PublicationState.self)
    }
}

public enum OrganizationState: AuditedState {
    public static let meaning = "An organization, as far as it matters to access."

    public static let members = [
        StateMember("name", "The organization's name.", example: "Acme"),
        StateMember("slug", "The organization's slug.", example: "acme"),
        .externalId(of: "organization"),
    ]
}

public enum StorageConfigState: AuditedState {
    public static let meaning = "An organization's storage configuration, without its secret."

    public static let members = [
        StateMember("mode", "The mode.", .words(StorageMode.allCases)),
        bucket("endpoint", "The URL of the external storage.", "https://s3.example.com"),
        bucket("bucket", "The bucket.", "acme-packages"),
        bucket("region", "The bucket's region.", "eu-central-1"),
        bucket("accessKeyId", "The access key's id.", "AKIAIOSFODNN7EXAMPLE"),
    ]

    private static func bucket(_ name: String, _ meaning: String, _ example: String) -> StateMember
    {
        StateMember(name, meaning, .plain, .longText, .optional, example: .string(example))
    }
}

public enum MemberState: AuditedState {
    public static let meaning = "A member of an organization."

    public static let members = [
        StateMember("userId", "The member's user id.", .id(like: "usr_")),
        StateMember("role", "The role's name.", example: "member"),
        StateMember("roleId", "The role's id.", .id(like: "rol_")),
    ]
}

public enum RoleState: AuditedState {
    public static let meaning = "A role of an organization."

    public static let members = [
        StateMember("name", "The role's name.", example: "Release manager"),
        StateMember("scopes", "The role's scopes.", .plain, .list, example: ["org:settings"]),
    ]
}

public enum PublicationState: AuditedState {
    public static let meaning = "The publication of an entity in an organization's store."

    public static let members = [
        StateMember("entityId", "The entity's id.", .id(like: "ent_")),
        StateMember("isPublic", "Whether everyone can see it.", .plain, .flag, example: false),
    ]
}
