import Contract
import Kernel

extension EntityBody: Documented {
    public static let meaning = "An app, service or chat extension."

    public static var members: [Member] {
        [
            Member("id", "The entity's id; never changes.", .id("ent_")),
            Member("name", "The display name.", example: "Release notes"),
            Member("slug", "The name in URLs, unique among all entities.", .slug),
            Member("type", "The kind of entity; never changes."),
            Member(
                "description", "The purpose of the entity; `null` if it has none.",
                example: "Writes them for you"),
            Member(
                "organizationId",
                "The organization the entity belongs to; `null` for a personal one.", example: .null
            ),
            Member("ownerId", "The owner, who is always one of the publishers.", .id("usr_")),
            Member("createdAt", "When the entity was created."),
            Member(
                "updatedAt",
                "When the entity, its owner, organization or latest version last changed."),
            Member(
                "latestVersion", "The greatest version by precedence; `null` before the first one.",
                .version),
            Member(
                "resharing",
                "Who can share the entity: `anyone` with access, or only its `publishers`."),
            .externalId(of: "entity"),
            Member(
                "access",
                "The first access step that applies to the caller; absent where the entity is only "
                    + "mentioned."),
        ]
    }
}

extension EntitySummaryBody: Documented {
    public static let meaning =
        "The identity of an entity, also shown to users who may no longer have access."

    public static var members: [Member] {
        [
            Member("id", "The entity's id; never changes.", .id("ent_")),
            Member("name", "The display name.", example: "Release notes"),
            Member("slug", "The name in URLs.", .slug),
            Member("type", "The kind of entity."),
        ]
    }
}

extension NewEntityBody: Documented {
    public static let meaning = "A new entity."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "Release notes"),
            Member("type", "The kind of entity; never changes.", .entityType),
            Member(
                "slug", "The name in URLs; derived from the name by default.", .slug),
            Member(
                "description", "The purpose of the entity.", .text(), example: "Writes them for you"
            ),
            Member(
                "organizationId", "An organization that the caller belongs to; none by default.",
                .plain.naming(.organization)),
            .resharing, .newExternalId(of: "entity"),
        ]
    }
}

extension EntityPatchBody: Documented {
    public static let meaning = "Changes to an entity."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "Release notes"),
            Member("slug", "The name in URLs.", .slug),
            Member(
                "description", "The purpose of the entity; `null` clears it.", .text().clearable,
                example: "Writes them for you"),
            .resharing, .newExternalId(of: "entity", isClearable: true),
        ]
    }
}

extension Member {
    fileprivate static let resharing = Member(
        "resharing",
        "Who can share the entity: `anyone` with access, or only its `publishers`.",
        .words(Resharing.allCases).falling(backTo: .string(Resharing.anyone.rawValue)))
}

extension UserReferenceBody: Documented {
    public static let meaning = "A reference to a user."

    public static var members: [Member] {
        [Member("userId", "The user.", .id("usr_").naming(.user))]
    }
}

extension VersionBody: Documented {
    public static let schemaName = "EntityVersion"
    public static let meaning = "A published version of an entity."

    public static var members: [Member] {
        [
            Member("id", "The version's id; never changes.", .id("ver_")),
            Member("entityId", "The entity.", .id("ent_")),
            Member(
                "version", "The version exactly as it was pushed, build metadata included.",
                .version),
            Member("packageUrl", "The URL of the package.", .packageURL),
            Member("sha256", "The package's SHA-256, in lower-case hexadecimal digits.", .sha256),
            Member("notes", "Release notes; `null` if there are none.", example: "First release."),
            Member("publishedBy", "The user who pushed the version.", .id("usr_")),
            Member("createdAt", "When the version was pushed."),
        ]
    }
}

extension NewVersionBody: Documented {
    public static let schemaName = "NewEntityVersion"
    public static let meaning = "A new version."

    public static var members: [Member] {
        [
            Member("version", "The version, unique within the entity by precedence.", .version),
            Member(
                "packageUrl", "The URL of the package: absolute, http or https, without user name.",
                .packageURL),
            Member("sha256", "The package's SHA-256, in lower-case hexadecimal digits.", .sha256),
            Member(
                "notes", "Release notes.", .text(max: EntityLimits.notes), example: "First release."
            ),
            Member(
                "backport", "Whether a version lower than the latest is allowed.",
                .plain.falling(backTo: false),
                example: false),
        ]
    }
}

extension InstallationBody: Documented {
    public static let meaning = "A user's installation of an entity."

    public static var members: [Member] {
        [
            Member("entityId", "The entity.", .id("ent_")),
            Member("version", "The installed version; `null` if there was none yet.", .version),
            Member("usable", "Whether the user still has access to the entity.", example: true),
            Member("installedAt", "When the entity was first installed."),
            Member("entity", "A summary of the entity."),
        ]
    }
}

extension InstallBody: Documented {
    public static let schemaName = "NewInstallation"
    public static let meaning = "What to install."

    public static var members: [Member] {
        [Member("version", "A version of the entity; the latest by default.", .version)]
    }
}

extension Rule {
    /// The values of `EntityType`.
    public static var entityType: Rule { .words(EntityType.allCases) }

    static var sha256: Rule {
        var rule = Rule()
        rule.pattern = "^[0-9a-f]{64}$"
        rule.example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
        return rule
    }

    /// `VersionDraft` accepts whatever Foundation parses; this pattern covers the usual URLs.
    static var packageURL: Rule {
        var rule = Rule()
        let character = "([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
        rule.length = 8...EntityLimits.packageURL
        rule.pattern =
            "^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,4})?"
            + "(/\(character))?(\\?\(character))?(#\(character))?$"
        rule.hint = "absolute URL"
        rule.example = "https://packages.example.com/notes-1.0.0.tgz"
        return rule
    }
}
