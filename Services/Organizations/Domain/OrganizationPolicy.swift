import Kernel
import OrganizationsContract

/// A caller's relation to an organization.
struct Standing: Sendable, Equatable {
    /// The permissions of the caller's role; nil: not a member.
    let power: Power?
    let isPlatformAdmin: Bool
    /// Whether its store has public publications.
    let hasPublicStore: Bool

    var isMember: Bool { power != nil }
}

/// What a caller can try to do with an organization.
enum OrganizationAction: Sendable, CaseIterable {
    case see
    case seeAudit
    case update
    case delete
    case manageMembers
    case leave
    case manageRoles
    case configure
    case seeStore
    case publish
}

/// Who can do what: the one place that decides it. The route has checked the token's scopes; this
/// is about the caller's role.
enum OrganizationPolicy {
    /// - Throws: 404 if the caller can't see the organization or its store, 403 if the caller can.
    static func authorize(
        _ action: OrganizationAction, _ standing: Standing
    ) throws(Fault) {
        guard isVisible(to: standing, for: action) else { throw .notFound }
        switch action {
        case .see, .seeStore: return
        case .seeAudit:
            guard standing.isPlatformAdmin || standing.power?.isAdmin == true else {
                throw Fault(OrganizationProblems.notAdmin)
            }
        case .leave: _ = try power(of: standing)
        case .delete:
            guard try power(of: standing) == .owner else {
                throw Fault(OrganizationProblems.ownerRequired)
            }
        case .update, .manageMembers, .manageRoles:
            try require(.orgWrite, standing)
        case .configure: try require(.orgSettings, standing)
        case .publish: try require(.entitiesShareStore, standing)
        }
    }

    /// Everyone sees a store with public publications; only members and platform admins see the
    /// rest.
    private static func isVisible(
        to standing: Standing, for action: OrganizationAction
    ) -> Bool {
        switch action {
        case .seeStore: standing.isMember || standing.hasPublicStore
        case .publish:
            standing.isMember || standing.hasPublicStore || standing.isPlatformAdmin
        default: standing.isMember || standing.isPlatformAdmin
        }
    }

    private static func power(of standing: Standing) throws(Fault) -> Power {
        guard let power = standing.power else { throw Fault(OrganizationProblems.notMember) }
        return power
    }

    private static func require(_ scope: RoleScope, _ standing: Standing) throws(Fault) {
        guard try power(of: standing).has(scope) else {
            throw Fault(
                OrganizationProblems.insufficientRole,
                "Your role in the organization lacks the scope \(scope.rawValue).")
        }
    }

    /// Granting, changing and revoking roles: nobody exceeds their own.
    static func authorize(_ standing: Standing, over other: Power) throws(Fault) {
        guard let power = standing.power else { throw .notFound }
        guard !power.covers(other) else { return }
        guard other != .owner else { throw Fault(OrganizationProblems.ownerRequired) }
        throw Fault(OrganizationProblems.roleExceedsOwn)
    }

    /// Platform admins can read the audit of every organization, deleted ones included.
    static func readsEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }

    /// A platform admin sees everything but the key.
    static func seesRegistryKey(_ standing: Standing) -> Bool { standing.isMember }

    /// Members see all publications, others the public ones.
    static func seesAllPublications(_ standing: Standing) -> Bool { standing.isMember }

    /// The owner of an entity can remove it from every store, seen or not.
    static func canRemove(_ publication: Publication, owner entity: EntityStanding) -> Bool {
        entity.isOwner && entity.id == publication.entity.id
    }

    /// Publishing an entity, and unpublishing it by its id, is for its publishers: 403 for others
    /// who have access to it, 404 for the rest.
    static func authorizePublisher(_ entity: EntityStanding?, isInVisibleStore: Bool) throws(Fault)
    {
        guard let entity, entity.isAccessible || isInVisibleStore else { throw .notFound }
        guard entity.isPublisher else { throw Fault(OrganizationProblems.notPublisher) }
    }
}
