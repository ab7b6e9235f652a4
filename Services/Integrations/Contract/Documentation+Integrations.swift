import Contract
import Kernel

extension IntegrationBody: Documented {
    public static let meaning = "What connects the platform with something else."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("int_")),
            Member("slug", "Its name in URLs, unique over all integrations.", example: "crm"),
            Member("name", "What people call it.", example: "CRM"),
            Member("description", "What it is for.", example: "Contacts of the sales team"),
            Member("ownerId", "The principal who owns it.", example: "user:ada"),
            Member("createdAt", "When it was created."),
            Member("updatedAt", "When it was last changed or handed over."),
            Member("_links", "Where it, its owner and its shares are."),
        ]
    }
}

extension IntegrationBody.Links: Documented {
    public static let schemaName = "IntegrationLinks"
    public static let meaning = "Where an integration and what belongs to it are."

    public static var members: [Member] {
        [
            Member("self", "The integration."), Member("owner", "Its owner."),
            Member("shares", "Its shares."),
        ]
    }
}

extension NewIntegrationBody: Documented {
    public static let meaning = "An integration to be."

    public static var members: [Member] {
        [
            Member("name", "What people call it.", .name(), example: "CRM"),
            Member(
                "slug", "Its name in URLs; made from the name if it is left out.", .slug,
                example: "crm"),
            Member("description", "What it is for.", .text()),
        ]
    }
}

extension IntegrationPatchBody: Documented {
    public static let meaning = "What is to change of an integration."

    public static var members: [Member] {
        [
            Member("name", "What people call it.", .name(), example: "CRM"),
            Member("slug", "Its name in URLs.", .slug, example: "crm"),
            Member("description", "What it is for; `null` clears it.", .text().clearable),
        ]
    }
}

extension IntegrationAccessBody: Documented {
    public static let meaning = "What a user's access to an integration amounts to."

    public static var members: [Member] {
        [
            Member("accessLevel", "The highest that he has.", .accessLevel, example: 1),
            Member(
                "via", "The principal whose share it is, or `owner`, or `platform_admin`.",
                example: "team:analytics"),
        ]
    }
}

extension IntegrationRootLinks: Documented {
    public static let meaning = "From here every resource of the context is found."

    public static var members: [Member] {
        [
            Member("self", "This page."), Member("next", "The next one, if there is one."),
            Member("prev", "The one before, if there is one."),
            Member("search", "A template for this list."),
            Member("inf:find", "A template for one integration."),
            Member("inf:find-share", "A template for one share."),
            Member("inf:access", "A template for the caller's access."),
            Member("inf:teams", "A template for the list of teams."),
            Member("inf:team", "A template for one team."),
            Member("curies", "Where relations that begin with `inf:` are explained."),
        ]
    }
}

extension Rule {
    static var accessLevel: Rule {
        var rule = Rule()
        rule.range = IntegrationLimits.accessLevels
        return rule
    }
}
