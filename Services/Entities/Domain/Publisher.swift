import EntitiesContract
import Kernel

/// A user who may push versions of an entity and change it.
struct Publisher: Sendable, Equatable {
    let entityId: String
    let userId: String
    let addedBy: String
    let addedAt: Timestamp
    /// The membership of the entity's organization on which the right rests: it ends with that
    /// membership, whenever the right was written. nil: another publisher gave it.
    var membershipId: String?

    /// Any publisher but the owner can go, and one always stays.
    static func checkRemoval(of userId: String, ownerId: String, count: Int) throws(Fault) {
        guard count > 1 else { throw Fault(EntityProblems.lastPublisher) }
        guard userId != ownerId else { throw Fault(EntityProblems.ownerIsPublisher) }
    }
}
