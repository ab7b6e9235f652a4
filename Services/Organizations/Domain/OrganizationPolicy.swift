import Kernel

/// How a caller stands to an organization.
struct Standing: Sendable, Equatable {
    /// What his role lets him do; nil: he is no member.
    let power: Power?
    let isPlatformAdmin: Bool
    /// Whether its store has anything for everybody.
    let hasPublicStore: Bool

    var isMember: Bool { power != nil }
}

/// What one may want to do with an organization.
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

/// Who may do what: the one place that decides it. The scopes of the token have been checked by the
/// route; this is about the caller's role.
enum OrganizationPolicy {
    /// 404 for whom the organization, or its store, does not exist; 403 for whom it does.
    static func authorize(
        _ action: OrganizationAction, _ standing: Standing
    ) throws(Fault) {
        guard isVisible(to: standing, for: action) else { throw .notFound }
        switch action {
        case .see, .seeStore: return
        case .seeAudit:
            guard standing.isPlatformAdmin || standing.power?.isAdmin == true else {
                throw .forbidden(
                    "not_an_organization_admin",
                    "Only owners and admins of the organization may read its audit.")
            }
        case .leave: _ = try power(of: standing)
        case .delete:
            guard try power(of: standing) == .owner else { throw .ownerRequired }
        case .update, .manageMembers, .manageRoles:
            try require("org:write", standing)
        case .configure: try require("org:settings", standing)
        case .publish: try require("entities:share_store", standing)
        }
    }

    /// A store with a public part is seen by everybody, what else there is by members and platform
    /// admins.
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
        guard let power = standing.power else {
            throw .forbidden("not_a_member", "Only members of the organization may do this.")
        }
        return power
    }

    private static func require(_ scope: String, _ standing: Standing) throws(Fault) {
        guard try power(of: standing).has(scope) else {
            throw .forbidden(
                "insufficient_role", "Your role in the organization lacks the scope \(scope).")
        }
    }

    /// Giving and taking roles, and changing them: nobody goes beyond his own.
    static func authorize(_ standing: Standing, over other: Power) throws(Fault) {
        guard let power = standing.power else { throw .notFound }
        guard !power.covers(other) else { return }
        guard other != .owner else { throw .ownerRequired }
        throw .forbidden(
            "more_than_own_role", "This is about a role that may do more than your own.")
    }

    /// Platform admins read the audit of every organization, also of those that are gone.
    static func readsEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }

    /// The key is the organization's; a platform admin sees the rest.
    static func seesRegistryKey(_ standing: Standing) -> Bool { standing.isMember }

    /// Members see all publications, others the public ones.
    static func seesAllPublications(_ standing: Standing) -> Bool { standing.isMember }

    /// Publishing and unpublishing by the entity take one of its publishers. Who may not know that
    /// it exists is told so.
    static func authorizePublisher(_ entity: EntityStanding?, isOpenByStore: Bool) throws(Fault) {
        guard let entity, entity.isAccessible || isOpenByStore else { throw .notFound }
        guard entity.isPublisher else {
            throw .forbidden("not_a_publisher", "Only a publisher of the entity may do this.")
        }
    }
}

extension Fault {
    static let ownerRequired = Fault.forbidden(
        "owner_required", "Only an owner of the organization may do this.")
}
