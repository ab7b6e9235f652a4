/// Upper bounds.
public enum OrganizationLimits {
    /// Custom roles of an organization.
    public static let roles = 100
    /// Members in an organization's details; the list of members has all of them.
    public static let membersShown = 100
    /// Unicode scalars of a role's name.
    public static let roleName = 60
    /// Characters of a storage endpoint.
    public static let endpoint = 2048
    /// Characters of an access key's id and of its secret.
    public static let accessKeyId = 128
    public static let secretAccessKey = 256
}
