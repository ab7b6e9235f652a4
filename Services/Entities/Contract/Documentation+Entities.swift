import Contract
import Kernel

extension EntityBody: Documented {
    public static let meaning = "An app, service or chat extension."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("ent_")),
            Member("name", "What people call it.", example: "Release notes"),
            Member("slug", "Its name in URLs, unique over all entities.", .slug),
            Member("type", "What kind of thing it is; never changes.", .words(EntityWords.types)),
            Member(
                "description", "What it is for; `null` if it has none.",
                example: "Writes them for you"),
            Member(
                "organizationId",
                "The organization that it belongs to; `null` for a personal one.", example: .null),
            Member("ownerId", "Its owner, who always is one of its publishers.", .id("usr_")),
            Member("createdAt", "When it was created."),
            Member(
                "updatedAt",
                "When it, its owner, its organization or its latest version changed."),
            Member(
                "latestVersion", "The greatest by precedence; `null` before the first.", .version),
            Member(
                "access",
                "The first step that lets the caller in; only where the entity was asked for.",
                .words(EntityWords.steps)),
        ]
    }
}

extension EntitySummaryBody: Documented {
    public static let meaning =
        "What names an entity, also to somebody whose access to it may be gone."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("ent_")),
            Member("name", "What people call it.", example: "Release notes"),
            Member("slug", "Its name in URLs.", .slug),
            Member("type", "What kind of thing it is.", .words(EntityWords.types)),
        ]
    }
}

extension NewEntityBody: Documented {
    public static let meaning = "An entity to be."

    public static var members: [Member] {
        [
            Member("name", "What people call it.", .name(), example: "Release notes"),
            Member("type", "What kind of thing it is; never changes.", .words(EntityWords.types)),
            Member(
                "slug", "Its name in URLs; made from the name if it is left out.", .slug),
            Member("description", "What it is for.", .text(), example: "Writes them for you"),
            Member("organizationId", "The id of an organization that the caller belongs to."),
        ]
    }
}

extension EntityPatchBody: Documented {
    public static let meaning = "What is to change of an entity."

    public static var members: [Member] {
        [
            Member("name", "What people call it.", .name(), example: "Release notes"),
            Member("slug", "Its name in URLs.", .slug),
            Member(
                "description", "What it is for; `null` clears it.", .text().clearable,
                example: "Writes them for you"),
        ]
    }
}

extension UserReferenceBody: Documented {
    public static let meaning = "Names one user."

    public static var members: [Member] { [Member("userId", "The user.", .id("usr_"))] }
}

extension VersionBody: Documented {
    public static let meaning = "A published version of an entity."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("ver_")),
            Member("entityId", "The entity.", .id("ent_")),
            Member("version", "As it was pushed, build metadata included.", .version),
            Member("packageUrl", "Where the package is.", .packageURL),
            Member("sha256", "The package's SHA-256, in lower-case hexadecimal digits.", .sha256),
            Member("notes", "What is new; `null` if nobody said.", example: "First release."),
            Member("publishedBy", "Who pushed it.", .id("usr_")),
            Member("createdAt", "When it was pushed."),
        ]
    }
}

extension NewVersionBody: Documented {
    public static let meaning = "A version to publish."

    public static var members: [Member] {
        [
            Member("version", "Unique in the entity by precedence.", .version),
            Member(
                "packageUrl", "Where the package is: absolute, http or https, without user name.",
                .packageURL),
            Member("sha256", "The package's SHA-256, in lower-case hexadecimal digits.", .sha256),
            Member(
                "notes", "What is new.", .text(max: EntityLimits.notes), example: "First release."),
            Member(
                "backport", "Allows a version below the latest.", .plain.falling(backTo: false),
                example: false),
        ]
    }
}

extension InstallationBody: Documented {
    public static let meaning = "A user's installation of an entity."

    public static var members: [Member] {
        [
            Member("entityId", "The entity.", .id("ent_")),
            Member("version", "`null` if it was installed before there was one.", .version),
            Member("usable", "Whether the user still has access to the entity.", example: true),
            Member("installedAt", "When it was first installed."),
            Member("entity", "What names the entity."),
        ]
    }
}

extension InstallBody: Documented {
    public static let schemaName = "Install"
    public static let meaning = "What to install."

    public static var members: [Member] {
        [Member("version", "A version of the entity; the latest by default.", .version)]
    }
}

extension Rule {
    static var sha256: Rule {
        var rule = Rule()
        rule.pattern = "^[0-9a-f]{64}$"
        rule.example = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
        return rule
    }

    /// `VersionDraft` decides by Foundation's reading of URLs; these are those that anybody has.
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
