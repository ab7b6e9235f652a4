import EntitiesContract
import Kernel

/// A grant and its explanation.
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

    static func remote(_ step: AccessStep) -> AccessPath {
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
