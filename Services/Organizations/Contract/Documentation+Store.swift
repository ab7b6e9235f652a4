import Contract
import EntitiesContract
import Kernel

extension StorageConfigBody: Documented {
    public static let meaning = "Where an organization's packages and assets are stored."

    public static var members: [Member] {
        [
            Member("mode", "Managed by us, or in an external bucket."),
            Member("external", "The bucket; present if `mode` is `external`."),
        ]
    }
}

extension ExternalStorageBody: Documented {
    public static let meaning = "A bucket, without its secret."

    public static var members: [Member] {
        bucketMembers.map { Member($0.name, $0.meaning, example: $0.example) } + [
            Member(
                "secretAccessKeySet", "Always true: the secret is stored and never returned.",
                example: true)
        ]
    }
}

extension NewStorageConfigBody: Documented {
    public static let schemaName = "NewStorageConfig"
    public static let meaning = "A new storage configuration."

    public static var members: [Member] {
        [
            Member(
                "mode", "Managed by us, or in an external bucket.",
                .words(StorageMode.allCases)),
            Member(
                "external", "The bucket; required if `mode` is `external`, forbidden otherwise."),
        ]
    }
}

extension NewExternalStorageBody: Documented {
    public static let meaning = "A new bucket, which is checked before it is saved."

    public static var members: [Member] {
        bucketMembers + [
            Member(
                "secretAccessKey", "The secret of the access key; encrypted at rest.",
                .visible(OrganizationLimits.secretAccessKey),
                example: "example-of-a-secret-that-opens-nothing")
        ]
    }
}

private let bucketMembers = [
    Member(
        "provider", "The protocol: `s3` for every S3-compatible storage.",
        .words(["s3"], named: "StorageProvider")),
    Member(
        "endpoint", "The absolute https or http URL, without a path.", .endpoint,
        example: "https://s3.eu-central-1.amazonaws.com"),
    Member("bucket", "The bucket's name.", .bucket, example: "acme-packages"),
    Member("region", "The region that requests are signed for.", .region, example: "eu-central-1"),
    Member(
        "accessKeyId", "The id of the access key.", .visible(OrganizationLimits.accessKeyId),
        example: "AKIAIOSFODNN7EXAMPLE"),
]

extension PublicationBody: Documented {
    public static let meaning = "An entity in the store of an organization."

    public static var members: [Member] {
        [
            Member("id", "The publication's id.", .id("pub_")),
            Member("organizationId", "The organization that owns the store.", .id("org_")),
            Member("entity", "The published entity."),
            Member("isPublic", "Whether everyone sees it, or only members.", example: true),
            Member("publishedBy", "The user who published it.", .id("usr_")),
            Member("publishedAt", "When it was published."),
            Member("updatedAt", "When `isPublic` last changed."),
        ]
    }
}

extension PublicationBody.Entity: Documented {
    public static let schemaName = "PublishedEntity"
    public static let meaning = "An entity as a store shows it."

    public static var members: [Member] {
        [
            Member("id", "The entity's id.", .id("ent_")),
            Member("name", "The entity's display name.", example: "Release notes"),
            Member("type", "The kind of entity.", .entityType),
        ]
    }
}

extension NewPublicationBody: Documented {
    public static let meaning = "A new publication."

    public static var members: [Member] {
        [
            Member(
                "entityId", "The id of an entity that the caller publishes.",
                .id(like: "ent_").naming(.entity)),
            Member(
                "isPublic", "Whether everyone sees it, or only members.",
                .plain.falling(backTo: false),
                example: true),
        ]
    }
}

extension EntityReferenceBody: Documented {
    public static let meaning = "A reference to an entity."

    public static var members: [Member] {
        [Member("entityId", "The entity's id.", .id(like: "ent_").naming(.entity))]
    }
}

extension PublicationPatchBody: Documented {
    public static let meaning = "The changes to a publication."

    public static var members: [Member] {
        [Member("isPublic", "Whether everyone sees it, or only members.", example: false)]
    }
}

extension PublicStoreBody: Documented {
    public static let meaning = "An organization with a public store."

    public static var members: [Member] {
        [
            Member("id", "The organization's id.", .id("org_")),
            Member("name", "The display name.", example: "Acme"),
            Member("slug", "The name in URLs.", example: "acme"),
            Member("createdAt", "When the organization was created."),
            Member("publicationCount", "The number of public publications.", example: 1),
        ]
    }
}

extension Rule {
    /// Visible ASCII.
    fileprivate static func visible(_ maximum: Int) -> Rule {
        var rule = Rule()
        rule.length = 1...maximum
        rule.pattern = "^[!-~]+$"
        rule.hint = "visible ASCII"
        return rule
    }

    /// `StorageDraft` decides, by Foundation's parsing of URLs; this is the common subset.
    fileprivate static var endpoint: Rule {
        var rule = Rule()
        rule.length = 8...OrganizationLimits.endpoint
        rule.pattern = "^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,4})?/?$"
        rule.hint = "absolute URL without path"
        return rule
    }

    /// S3's rule for the names of buckets.
    fileprivate static var bucket: Rule {
        var rule = Rule()
        rule.length = 3...63
        rule.pattern = "^[a-z0-9](\\.?[a-z0-9-])*\\.?[a-z0-9]$"
        rule.hint = "a-z, 0-9, hyphen and single dots"
        return rule
    }

    fileprivate static var region: Rule {
        var rule = Rule()
        rule.length = 1...50
        rule.pattern = "^[a-z0-9-]+$"
        rule.hint = "a-z, 0-9 and hyphen"
        return rule
    }
}
