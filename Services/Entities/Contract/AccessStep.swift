/// The access hierarchy: what can give a user access, in the order in which it is checked.
public enum AccessStep: String, Codable, Sendable, CaseIterable, Comparable {
    /// The user is a publisher of the entity, as every owner is.
    case publisher
    /// The entity is shared with the user.
    case directShare = "direct_share"
    /// The entity is in a store of an organization that the user belongs to.
    case organizationStore = "organization_store"
    /// The entity is in a public store.
    case publicStore = "public_store"
    /// The user accepted an invitation to collaborate.
    case collaborator

    /// The place in the hierarchy.
    public var rank: Int {
        switch self {
        case .publisher: 0
        case .directShare: 1
        case .organizationStore: 2
        case .publicStore: 3
        case .collaborator: 4
        }
    }

    public static func < (a: AccessStep, b: AccessStep) -> Bool { a.rank < b.rank }
}
