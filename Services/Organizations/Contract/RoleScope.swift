/// What a custom role can grant: the scopes that have a meaning within an organization.
public enum RoleScope: String, CaseIterable, Sendable {
    case entitiesShare = "entities:share"
    case entitiesShareExternal = "entities:share_external"
    case entitiesShareStore = "entities:share_store"
    case entitiesWrite = "entities:write"
    case orgSettings = "org:settings"
    case orgWrite = "org:write"
}
