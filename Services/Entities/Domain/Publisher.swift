import EntitiesContract
import Kernel

/// A user who can push versions of an entity and change it.
struct Publisher: Sendable, Equatable {
    let entityId: String
    let userId: String
    let addedBy: String
    let addedAt: Timestamp
    /// The membership of the entity's organization on which the right depends: it ends with that
    /// membership, whenever it was written. nil: another publisher gave the right.
    var membershipId: String?

    /// Any publisher except the owner can be removed, and at least one stays.
    static func checkRemoval(of userId: String, ownerId: String, count: Int) throws(Fault) {
        guard count > 1 else { throw Fault(EntityProblems.lastPublisher) }
        try checkNotOwner(userId, ownerId)
    }

    static func checkNotOwner(_ userId: String, _ ownerId: String) throws(Fault) {
        guard userId != ownerId else { throw Fault(EntityProblems.ownerIsPublisher) }
    }
}
