import Contract
import Kernel

/// The changes of this context that its audit records.
public enum EntityChange: String, AuditedChange {
    case entityCreated = "entity.created"
    case entityUpdated = "entity.updated"
    case entityOwnerChanged = "entity.owner_changed"
    case entityDeleted = "entity.deleted"
    case shareCreated = "share.created"
    case shareRemoved = "share.removed"
    case sharePassedOn = "share.passed_on"
    case publisherAdded = "publisher.added"
    case publisherRemoved = "publisher.removed"
    case versionPublished = "version.published"

    public var declaration: ChangeDeclaration {
        switch self {
        case .entityCreated: .change("An entity was created.", shows: EntityState.self)
        case .entityUpdated:
            .change(
                "An entity was renamed, or its slug, organization, external id or sharing changed.",
                shows: EntityState.self)
        case .entityOwnerChanged:
            .change(
                "The ownership of an entity was transferred; for the new owner.",
                shows: EntityOwnerState.self)
        case .entityDeleted:
            .change(
                "An entity was deleted. Its shares and publishers have events of their own.",
                shows: EntityState.self)
        case .shareCreated:
            .change(
                "An entity was shared with a user.", of: "entity", shows: EntityShareState.self)
        case .shareRemoved:
            .change(
                "A user's share of an entity was revoked.", of: "entity",
                shows: EntityShareState.self)
        case .sharePassedOn:
            .change(
                "The creator of a share was deleted or offboarded; the entity's owner can revoke "
                    + "it from now on.", of: "entity", shows: EntityShareCreatorState.self)
        case .publisherAdded:
            .change(
                "A user became a publisher of an entity.", of: "entity", shows: PublisherState.self)
        case .publisherRemoved:
            .change(
                "A user is no longer a publisher of an entity.", of: "entity",
                shows: PublisherState.self)
        case .versionPublished:
            .change(
                "A version of an entity was published.", of: "entity", shows: VersionState.self)
        }
    }
}

public enum EntityState: AuditedState {
    public static let meaning = "An entity, as far as it matters to access."

    public static let members = [
        StateMember("name", "The entity's name.", example: "Release notes"),
        StateMember("slug", "The entity's slug.", example: "release-notes"),
        StateMember("type", "The type.", .words(EntityType.allCases)),
        StateMember(
            "organizationId", "The organization that it belongs to.", .id(like: "org_"), .text,
            .orNull),
        StateMember("ownerId", "The owner's user id.", .id(like: "usr_")),
        .externalId(of: "entity"),
        StateMember("resharing", "Who can share the entity.", .words(Resharing.allCases)),
    ]
}

public enum EntityOwnerState: AuditedState {
    public static let meaning = "The owner of an entity."

    public static let members = [
        StateMember("ownerId", "The owner's user id.", .id(like: "usr_"))
    ]
}

public enum EntityShareState: AuditedState {
    public static let meaning = "A user's direct access to an entity."

    public static let members = [
        StateMember("userId", "The user who has access.", .id(like: "usr_")),
        StateMember("createdBy", "The user who shared the entity.", .id(like: "usr_")),
    ]
}

public enum EntityShareCreatorState: AuditedState {
    public static let meaning = "The user who can revoke a share."

    public static let members = [
        StateMember("createdBy", "The user's id.", .id(like: "usr_"))
    ]
}

public enum PublisherState: AuditedState {
    public static let meaning = "A publisher of an entity."

    public static let members = [
        StateMember("userId", "The publisher's user id.", .id(like: "usr_")),
        StateMember("addedBy", "The user who added the publisher.", .id(like: "usr_")),
    ]
}

public enum VersionState: AuditedState {
    public static let meaning = "A version of an entity."

    public static let members = [
        StateMember("version", "The version.", example: "1.0.0"),
        StateMember(
            "sha256", "The digest of the package.",
            example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ]
}
