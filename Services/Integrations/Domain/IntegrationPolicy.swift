import IntegrationsContract
import Kernel

/// An action that needs permission on an integration.
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

/// Who can do what: the only place that decides it. The route has checked the token's scopes; this
/// decides by the caller's standing.
enum IntegrationPolicy {
    /// - Throws: 404 for callers who can't see the integration, 403 for those who can.
    static func authorize(_ action: IntegrationAction, _ standing: Standing) throws(Fault) {
        guard EffectiveAccess(standing) != nil else { throw .notFound }
        switch action {
        case .see: return
        case .update, .share, .seeAudit:
            guard manages(standing) else {
                throw Fault(IntegrationProblems.notManager)
            }
        case .delete:
            guard owns(standing) else { throw Fault(IntegrationProblems.notOwner) }
        case .changeOwner:
            guard standing.isPlatformAdmin else {
                throw Fault(IntegrationProblems.adminRequired)
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

    /// Only a team's own data wizards and admins can make it the owner of an integration.
    /// - Parameter role: the caller's role in the team that becomes the owner.
    static func authorizeNewTeam(_ role: TeamRole?) throws(Fault) {
        guard role?.managesIntegrations == true else {
            throw Fault(IntegrationProblems.insufficientTeamRole)
        }
    }

    static func seesEverything(isPlatformAdmin: Bool) -> Bool { isPlatformAdmin }

    /// Platform admins read the audit of every integration, including deleted ones.
    static func readsEveryAudit(_ caller: Caller) -> Bool { caller.isAdmin }
}
