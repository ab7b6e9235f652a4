import EntitiesContract
import Kernel

/// A user's relation to an entity.
struct Standing: Sendable, Equatable {
    let isOwner: Bool
    /// The first step that gives access; nil: the user must not learn that the entity exists.
    let step: AccessStep?

    var isPublisher: Bool { step == .publisher }
}

/// What a caller can ask to do with an entity.
enum EntityAction: Sendable, CaseIterable {
    case see
    case share
    /// Share with addresses that belong to no user, by inviting them.
    case invite
    case install
    case update
    case pushVersion
    case managePublishers
    case seeOthersAccess
    case revokeAccess
    case seeAudit
    case delete
    case transferOwnership
}

/// Who can do what: the only place that decides it. Platform admins have no special rights, except
/// for the audit and what a token's scope gives them.
enum EntityPolicy {
    private enum Role {
        case anyoneWithAccess
        case publisher
        case owner
    }

    /// - Parameter resharing: the entity's own.
    /// - Returns: the step that gives access.
    /// - Throws: 404 without access, 403 for callers who see the entity but can't do this.
    @discardableResult
    static func authorize(
        _ action: EntityAction, _ standing: Standing, _ resharing: Resharing = .anyone
    ) throws(Fault) -> AccessStep {
        guard let step = standing.step else { throw .notFound }
        if action == .share, resharing == .publishers, !standing.isPublisher {
            throw Fault(EntityProblems.resharingOff)
        }
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
        case .update, .pushVersion, .managePublishers, .seeOthersAccess, .revokeAccess, .seeAudit:
            .publisher
        case .invite, .delete, .transferOwnership: .owner
        }
    }

    /// Platform admins can read the audit of every entity, deleted ones included.
    static func readsEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }

    /// Whether the caller can ask about everybody's access to every entity.
    static func checksEverybody(_ caller: Caller) -> Bool {
        caller.has(scope: checkAccess)
    }

    /// A scope that only platform admins can have.
    static let checkAccess = "access:check"

    /// Users can list what they can access, and the same callers as above what anybody can.
    static func authorizeList(of userId: String, _ caller: Caller) throws(Fault) {
        guard userId == caller.userId || checksEverybody(caller) else {
            throw .insufficientScope([checkAccess])
        }
    }

    /// Whether the caller can revoke access to every entity. Publishers can for theirs, with the
    /// scope that changes of an entity need.
    /// - Throws: 403 for a token with neither scope.
    static func revokesEverywhere(_ caller: Caller) throws(Fault) -> Bool {
        if caller.has(scope: "access:revoke") { return true }
        try caller.require(scopes: ["entities:write"])
        return false
    }

    /// The creator of a share can revoke it, even without access to the entity.
    static func authorizeRemoval(
        of share: Share, by userId: String, isPublisher: Bool
    ) throws(Fault) {
        guard share.createdBy != userId else { return }
        guard isPublisher || share.userId == userId else { throw .notFound }
        throw Fault(EntityProblems.notCreator)
    }

    /// Sharing outside the caller's organizations requires an additional scope.
    static func authorizeShare(withStranger isStranger: Bool, _ caller: Caller) throws(Fault) {
        guard !isStranger || caller.has(scope: shareExternal) else {
            throw Fault(EntityProblems.externalShareNotAllowed)
        }
    }

    /// The scope that inviting needs everywhere; the route of shares has another.
    static func authorizeInvitations(_ caller: Caller) throws(Fault) {
        try caller.require(scopes: ["invitations:write"])
    }

    static let shareExternal = "entities:share_external"
}
