import Contract
import EntitiesContract
import Kernel

extension StorageConfigBody: Documented {
    public static let meaning = "Where an organization's packages and assets are kept."

    public static var members: [Member] {
        [
            Member(
                "mode", "By us, or in a bucket of its own.",
                .words(OrganizationWords.storageModes)),
            Member("external", "The bucket, where `mode` is `external`."),
        ]
    }
}

extension ExternalStorageBody: Documented {
    public static let meaning = "A bucket, without the secret that opens it."

    public static var members: [Member] {
        bucketMembers.map { Member($0.name, $0.meaning, example: $0.example) } + [
            Member(
                "secretAccessKeySet", "Always true: the secret is kept, and never answered.",
                example: true)
        ]
    }
}

extension NewStorageConfigBody: Documented {
    public static let schemaName = "NewStorageConfig"
    public static let meaning = "Where packages and assets are to be kept."

    public static var members: [Member] {
        [
            Member(
                "mode", "By us, or in a bucket of its own.",
                .words(OrganizationWords.storageModes)),
            Member("external", "The bucket; required where `mode` is `external`, and only there."),
        ]
    }
}

extension NewExternalStorageBody: Documented {
    public static let meaning = "A bucket to be used. It is tried before it is taken."

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
        "provider", "Whatever speaks S3's protocol.", .words(OrganizationWords.storageProviders)),
    Member(
        "endpoint", "Where it is reached: an absolute https or http URL.", .endpoint,
        example: "https://s3.eu-central-1.amazonaws.com"),
    Member("bucket", "Its name.", .bucket, example: "acme-packages"),
    Member("region", "The region that requests are signed for.", .region, example: "eu-central-1"),
    Member(
        "accessKeyId", "Names the key.", .visible(OrganizationLimits.accessKeyId),
        example: "AKIAIOSFODNN7EXAMPLE"),
]

extension PublicationBody: Documented {
    public static let meaning = "An entity in the store of an organization."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("pub_")),
            Member("organizationId", "Whose store it is in.", .id("org_")),
            Member("entity", "What is published."),
            Member("isPublic", "Whether everybody sees it, or members alone.", example: true),
            Member("publishedBy", "Who published it.", .id("usr_")),
            Member("publishedAt", "When it was published."),
            Member("updatedAt", "When it was last shown or hidden."),
        ]
    }
}

extension PublicationBody.Entity: Documented {
    public static let schemaName = "PublishedEntity"
    public static let meaning = "What a store shows of an entity."

    public static var members: [Member] {
        [
            Member("id", "The entity.", .id("ent_")),
            Member("name", "What people call it.", example: "Release notes"),
            Member("type", "What kind of thing it is.", .words(EntityWords.types)),
        ]
    }
}

extension NewPublicationBody: Documented {
    public static let meaning = "What is to be published."

    public static var members: [Member] {
        [
            Member("entityId", "An entity that the caller publishes.", .id(like: "ent_")),
            Member(
                "isPublic", "Whether everybody is to see it.", .plain.falling(backTo: false),
                example: true),
        ]
    }
}

extension EntityReferenceBody: Documented {
    public static let meaning = "Names one entity."

    public static var members: [Member] {
        [Member("entityId", "The entity.", .id(like: "ent_"))]
    }
}

extension PublicationPatchBody: Documented {
    public static let meaning = "What is to change of a publication."

    public static var members: [Member] {
        [Member("isPublic", "Whether everybody is to see it.", example: false)]
    }
}

extension PublicStoreBody: Documented {
    public static let meaning = "An organization whose store everybody may look into."

    public static var members: [Member] {
        [
            Member("id", "The organization.", .id("org_")),
            Member("name", "What people call it.", example: "Acme"),
            Member("slug", "Its name in URLs.", example: "acme"),
            Member("createdAt", "When it was created."),
            Member("publicationCount", "How many of its publications are public.", example: 1),
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

    /// `StorageDraft` decides by Foundation's reading of URLs; these are those that anybody has.
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
