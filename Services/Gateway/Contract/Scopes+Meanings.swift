import Contract

/// What each scope is for, in the order of the reference.
extension Scopes {
    /// Every scope that a token can have.
    public static let meanings = [
        ScopeMeaning(
            all,
            "Every scope, those of later versions included. A user's token never has those that "
                + "only platform admins can use."),
        ScopeMeaning(
            "entities:write",
            "Create, change, install and delete entities, and manage their publishers and versions."
        ),
        ScopeMeaning("entities:share", "Share entities with colleagues, and revoke shares."),
        ScopeMeaning(
            "entities:share_external",
            "Share entities also with users who are in none of the caller's organizations."),
        ScopeMeaning(
            "entities:share_store",
            "Publish entities in an organization's store. The member's role must have it as well."),
        ScopeMeaning(
            "org:write",
            "Create organizations, and manage their members and roles. The member's role must have "
                + "it as well."),
        ScopeMeaning(
            "org:settings",
            "Change an organization's settings: its storage and the npm registry key. The member's "
                + "role must have it as well."),
        ScopeMeaning("integration:write", "Create, change and delete integrations."),
        ScopeMeaning("integration:share", "Share integrations with users and teams."),
        ScopeMeaning("integration:changeOwner", "Transfer integrations to users."),
        ScopeMeaning(
            "integration:changeOwnerToTeam",
            "Transfer integrations also to teams; `integration:changeOwner` is needed as well."),
        ScopeMeaning("team:write", "Create, change and delete teams, and manage their members."),
        ScopeMeaning("invitations:write", "Invite people to entities, and remove collaborators."),
        ScopeMeaning(
            "workspaces:write",
            "Create, change and delete workspaces, invite people to them, and manage permissions."),
        ScopeMeaning("webhooks:write", "Create, change, test and delete webhooks."),
        ScopeMeaning("tokens:write", "Create and revoke the caller's tokens, and end sessions."),
        ScopeMeaning(
            "users:admin",
            "Create, change, suspend and delete users, and manage their tokens and sessions. Only "
                + "for platform admins."),
        ScopeMeaning(
            "users:act_as",
            "Make requests for other users with `Latchkey-User`. Only for platform admins."),
        ScopeMeaning(
            "access:check",
            "Ask what any user has access to, and who has access to anything. Only for platform "
                + "admins."),
        ScopeMeaning(
            "access:revoke",
            "Revoke any user's access, and offboard users. Only for platform admins."),
        ScopeMeaning(
            "events:read", "Read the events of the whole platform. Only for platform admins."),
        ScopeMeaning(
            "scim",
            "Provision users and teams by SCIM, for an identity provider. Only for platform admins."
        ),
    ]
}
