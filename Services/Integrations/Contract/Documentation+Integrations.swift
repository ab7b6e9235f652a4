import Contract
import Kernel

extension IntegrationBody: Documented {
    public static let meaning = "A connection between the platform and an external system."

    public static var members: [Member] {
        [
            Member("id", "The id; never changes.", .id("int_")),
            Member(
                "slug", "The name in URLs, unique among all integrations.", example: "crm"),
            Member("name", "The display name.", example: "CRM"),
            Member(
                "description", "The purpose of the integration.",
                example: "Contacts of the sales team"),
            .externalId(of: "integration"),
            Member("ownerId", "The principal that owns the integration.", example: "user:ada"),
            Member("createdAt", "When the integration was created."),
            Member("updatedAt", "When the integration or its owner last changed."),
            Member("_links", "Links to the integration, its owner and its shares."),
        ]
    }
}

extension IntegrationBody.Links: Documented {
    public static let schemaName = "IntegrationLinks"
    public static let meaning = "Links to an integration and to its parts."

    public static var members: [Member] {
        [
            Member("self", "The integration."), Member("owner", "Its owner."),
            Member("shares", "Its shares."),
        ]
    }
}

extension NewIntegrationBody: Documented {
    public static let meaning = "A new integration."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "CRM"),
            Member(
                "slug", "The name in URLs; derived from `name` if absent.", .slug,
                example: "crm"),
            Member("description", "The purpose of the integration.", .text()),
            .newExternalId(of: "integration"),
        ]
    }
}

extension IntegrationPatchBody: Documented {
    public static let meaning = "Changes to an integration."

    public static var members: [Member] {
        [
            Member("name", "The display name.", .name(), example: "CRM"),
            Member("slug", "The name in URLs.", .slug, example: "crm"),
            Member(
                "description", "The purpose of the integration; `null` clears it.",
                .text().clearable),
            .newExternalId(of: "integration", isClearable: true),
        ]
    }
}

extension IntegrationAccessBody: Documented {
    public static let meaning = "The caller's effective access to an integration."

    public static var members: [Member] {
        [
            Member("accessLevel", "The caller's highest level.", .accessLevel, example: 1),
            Member(
                "via",
                "The principal whose share gives that level, or `owner`, or `platform_admin`.",
                example: "team:analytics"),
        ]
    }
}

extension IntegrationRootLinks: Documented {
    public static let meaning = "Links from which a client reaches every resource of the context."

    public static var members: [Member] {
        [
            Member("self", "This page."), Member("next", "The next page, if there is one."),
            Member("prev", "The previous page, if there is one."),
            Member("search", "A template for this list."),
            Member("inf:find", "A template for one integration."),
            Member("inf:find-share", "A template for one share."),
            Member("inf:access", "A template for the caller's access."),
            Member("inf:teams", "A template for the list of teams."),
            Member("inf:team", "A template for one team."),
            Member("curies", "The documentation of relations that begin with `inf:`."),
        ]
    }
}

extension Rule {
    static var accessLevel: Rule {
        var rule = Rule()
        rule.range = IntegrationLimits.accessLevels
        rule.error = IntegrationLimits.accessLevelRule
        return rule
    }
}
