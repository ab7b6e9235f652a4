import IntegrationsContract
import Kernel

/// Everything that connects a caller to a team.
struct TeamStanding: Sendable, Equatable {
    /// nil: not a member.
    var role: TeamRole?
    var isPlatformAdmin = false
}

/// An action that needs permission on a team.
enum TeamAction: Sendable, CaseIterable {
    case see
    case update
    case delete
    case manageMembers
    case leave
}

/// Who can do what with a team: the only place that decides it.
enum TeamPolicy {
    /// - Throws: 404 for callers who can't see the team, 403 for those who can.
    static func authorize(_ action: TeamAction, _ standing: TeamStanding) throws(Fault) {
        guard standing.role != nil || standing.isPlatformAdmin else { throw .notFound }
        switch action {
        case .see: return
        // A platform admin who isn't a member has nothing to leave.
        case .leave: guard standing.role != nil else { throw .notFound }
        case .update, .delete, .manageMembers:
            guard standing.isPlatformAdmin || standing.role == .admin else {
                throw Fault(IntegrationProblems.notTeamAdmin)
            }
        }
    }

    /// What a provider manages, people change there: it would undo what they do here.
    static func requireByHand(_ team: Team) throws(Fault) {
        guard team.managedBy == nil else { throw Fault(ProblemType.managedBySCIM) }
    }

    /// The same for names. Ending that the provider manages it is for platform admins.
    static func requireChangeable(
        _ former: Team, to team: Team, by caller: Caller
    ) throws(Fault) {
        guard former.managedBy != nil else { return }
        guard team.managedBy == nil else {
            if team != former { throw Fault(ProblemType.managedBySCIM) }
            return
        }
        guard caller.isAdmin else { throw Fault(ProblemType.managedBySCIM) }
    }

    static func seesEveryTeam(_ caller: Caller) -> Bool { caller.isAdmin }
}
