import EntitiesContract
import Kernel

/// A grant and its explanation.
struct AccessPath: Sendable, Equatable {
    let via: AccessStep
    /// The share or publication; nil for publishers and collaborators.
    let grantId: String?
    let grantedBy: String
    let grantedAt: Timestamp
    /// The organization whose store gives access.
    var organizationId: String?
    let detail: String

    static func publisher(_ publisher: Publisher) -> AccessPath {
        AccessPath(
            via: .publisher, grantId: nil, grantedBy: publisher.addedBy,
            grantedAt: publisher.addedAt,
            detail: "Publisher since \(publisher.addedAt.rfc3339).")
    }

    static func share(_ share: Share) -> AccessPath {
        AccessPath(
            via: .directShare, grantId: share.id, grantedBy: share.createdBy,
            grantedAt: share.createdAt,
            detail: "Shared by \(share.createdBy) on \(share.createdAt.rfc3339).")
    }

    static func collaborator(addedBy inviter: String, at time: Timestamp) -> AccessPath {
        AccessPath(
            via: .collaborator, grantId: nil, grantedBy: inviter, grantedAt: time,
            detail: "Collaborator since \(time.rfc3339), invited by \(inviter).")
    }

    /// - Parameter isPublic: whether the publication opens the entity to everybody, or to the
    ///   organization's members.
    static func publication(
        _ id: String, in organizationId: String, isPublic: Bool, by publisher: String,
        at time: Timestamp
    ) -> AccessPath {
        AccessPath(
            via: isPublic ? .publicStore : .organizationStore, grantId: id, grantedBy: publisher,
            grantedAt: time, organizationId: organizationId,
            detail: "Published to the \(isPublic ? "public " : "")store of \(organizationId) by "
                + "\(publisher) on \(time.rfc3339).")
    }
}
