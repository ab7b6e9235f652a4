import EntitiesContract
import Kernel

/// How a user stands to an entity.
struct Standing: Sendable, Equatable {
    let isOwner: Bool
    /// The first step that lets him in; nil: he may not know that the entity exists.
    let step: AccessStep?

    var isPublisher: Bool { step == .publisher }
}

/// What one may want to do with an entity.
enum EntityAction: Sendable, CaseIterable {
    case see
    case share
    case install
    case update
    case pushVersion
    case managePublishers
    case seeOthersAccess
    case seeAudit
    case delete
    case transferOwnership
}

/// Who may do what: the one place that decides it. A platform admin is
/// nobody special here, but for the audit.
enum EntityPolicy {
    private enum Role {
        case anyoneWithAccess
        case publisher
        case owner
    }

    /// 404 for whom the entity does not exist, 403 for whom it does.
    /// - Returns: the step that lets him in.
    @discardableResult
    static func authorize(
        _ action: EntityAction, _ standing: Standing
    ) throws(Fault) -> AccessStep {
        guard let step = standing.step else { throw .notFound }
        switch role(for: action) {
        case .anyoneWithAccess: break
        case .publisher:
            guard standing.isPublisher else { throw Fault(EntityProblems.notPublisher) }
        case .owner:
            guard standing.isOwner else { throw Fault(EntityProblems.notOwner) }
        }
        return step
    }

    private static func role(for action: EntityAction) -> Role {
        switch action {
        case .see, .share, .install: .anyoneWithAccess
        case .update, .pushVersion, .managePublishers, .seeOthersAccess, .seeAudit: .publisher
        case .delete, .transferOwnership: .owner
        }
    }

    /// Platform admins read the audit of every entity, also of those that are gone.
    static func readsEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }

    /// A share's creator takes it back, also when he has lost his own access meanwhile.
    static func authorizeRemoval(
        of share: Share, by userId: String, isPublisher: Bool
    ) throws(Fault) {
        guard share.createdBy != userId else { return }
        guard isPublisher || share.userId == userId else { throw .notFound }
        throw Fault(EntityProblems.notCreator)
    }

    /// Somebody outside of the caller's organizations needs a scope of his own.
    static func authorizeShare(withStranger isStranger: Bool, _ caller: Caller) throws(Fault) {
        guard !isStranger || caller.has(scope: shareExternal) else {
            throw Fault(EntityProblems.externalShareNotAllowed)
        }
    }

    static let shareExternal = "entities:share_external"
}
