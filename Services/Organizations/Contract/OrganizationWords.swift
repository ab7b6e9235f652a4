/// The words of the organizations context: its domain knows the same, which a test compares.
public enum OrganizationWords {
    /// The roles that every organization has, the mightiest first.
    public static let builtInRoles = ["owner", "admin", "member"]
    /// What a custom role can give: the scopes that mean something inside of an organization.
    public static let roleScopes = [
        "entities:share", "entities:share_external", "entities:share_store", "entities:write",
        "org:settings", "org:write",
    ]
    /// Where an organization keeps packages and assets.
    public static let storageModes = ["managed", "external"]
    public static let storageProviders = ["s3"]
}

/// How much there can be.
public enum OrganizationLimits {
    /// Custom roles of an organization.
    public static let roles = 100
    /// Members that the details of an organization show; the list of members has them all.
    public static let membersShown = 100
    /// Unicode scalars of a role's name.
    public static let roleName = 60
    /// Characters of a storage's endpoint.
    public static let endpoint = 2048
    /// Characters of an access key's id and of its secret.
    public static let accessKeyId = 128
    public static let secretAccessKey = 256
}
