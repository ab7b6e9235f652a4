import Kernel

/// What one may want to do with an integration.
enum IntegrationAction: Sendable, CaseIterable {
    case see
    case update
    case delete
    /// `integration:share`
    case share
    /// `integration:changeOwner`
    case changeOwner
    case seeAudit
}

/// Who may do what: the one place that decides it. The scopes of the token have been checked by the
/// route; this is about how the caller stands to the integration.
enum IntegrationPolicy {
    /// 404 for whom the integration does not exist; 403 for who sees it.
    static func authorize(_ action: IntegrationAction, _ standing: Standing) throws(Fault) {
        guard EffectiveAccess(standing) != nil else { throw .notFound }
        switch action {
        case .see: return
        case .update, .share, .seeAudit:
            guard manages(standing) else {
                throw .forbidden(
                    "not_an_integration_manager",
                    "Only its owner, data wizards and admins of the team that owns it, and "
                        + "platform admins may do this.")
            }
        case .delete:
            guard owns(standing) else {
                throw .forbidden(
                    "not_an_integration_owner",
                    "Only its owner, admins of the team that owns it, and platform admins may "
                        + "delete it.")
            }
        case .changeOwner:
            guard standing.isPlatformAdmin else {
                throw .forbidden(
                    "admin_required", "Only platform admins hand integrations over.")
            }
        }
    }

    private static func manages(_ standing: Standing) -> Bool {
        standing.isOwner || standing.isPlatformAdmin
            || standing.owningTeamRole?.managesIntegrations == true
    }

    private static func owns(_ standing: Standing) -> Bool {
        standing.isOwner || standing.isPlatformAdmin || standing.owningTeamRole == .admin
    }

    /// `integration:changeOwnerToTeam`: nobody burdens a team with an integration but its own.
    /// - Parameter role: the caller's in the team that is to be the owner.
    static func authorizeNewTeam(_ role: TeamRole?) throws(Fault) {
        guard role?.managesIntegrations == true else {
            throw .forbidden(
                "insufficient_team_role",
                "Only data wizards and admins of a team take integrations over for it.")
        }
    }

    static func seesEverything(_ caller: Caller) -> Bool { caller.isAdmin }

    /// Platform admins read the audit of every integration, also of those that are gone.
    static func readsEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }
}
