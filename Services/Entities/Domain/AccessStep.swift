import Kernel

/// What can let a user in, in the order in which it is looked at: the access hierarchy.
public enum AccessStep: String, Codable, Sendable, CaseIterable, Comparable {
    /// He publishes the entity, or owns it (an owner is always a publisher).
    case publisher
    /// It is shared with him.
    case directShare = "direct_share"
    /// It is published to a store of an organization that he belongs to.
    case organizationStore = "organization_store"
    /// It is in a store that everybody sees.
    case publicStore = "public_store"
    /// He accepted an invitation to work on it.
    case collaborator

    /// Its place among all.
    fileprivate var rank: Int {
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

/// Several of them.
public struct AccessSteps: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let organizationStore = AccessSteps(.organizationStore)
    public static let publicStore = AccessSteps(.publicStore)
    public static let collaborator = AccessSteps(.collaborator)

    private init(_ step: AccessStep) { rawValue = 1 << step.rank }

    /// In the order of the hierarchy.
    var inOrder: [AccessStep] { AccessStep.allCases.filter { contains(AccessSteps($0)) } }

    /// The one that decides.
    var first: AccessStep? { isEmpty ? nil : AccessStep.allCases[rawValue.trailingZeroBitCount] }
}

/// One question: may this user access this entity?
public struct AccessQuery: Sendable, Hashable {
    public let entityId: String
    public let userId: String

    public init(entityId: String, userId: String) {
        self.entityId = entityId
        self.userId = userId
    }
}

/// A grant, with its reason in words.
struct AccessPath: Sendable, Equatable {
    let via: AccessStep
    let detail: String

    static func publisher(_ publisher: Publisher) -> AccessPath {
        AccessPath(via: .publisher, detail: "Publisher since \(publisher.addedAt.rfc3339).")
    }

    static func share(_ share: Share) -> AccessPath {
        AccessPath(
            via: .directShare, detail: "Shared by \(share.createdBy) on \(share.createdAt.rfc3339)."
        )
    }

    static func elsewhere(_ step: AccessStep) -> AccessPath {
        let detail =
            switch step {
            case .publisher: "Publisher."
            case .directShare: "Shared directly."
            case .organizationStore: "Published to a store of one of the user's organizations."
            case .publicStore: "Published to a public store."
            case .collaborator: "Collaborator by invitation."
            }
        return AccessPath(via: step, detail: detail)
    }
}
