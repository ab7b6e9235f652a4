import Kernel

/// How a caller stands to a team.
struct TeamStanding: Sendable, Equatable {
    /// nil: he is no member.
    var role: TeamRole?
    var isPlatformAdmin = false
}

/// What one may want to do with a team.
enum TeamAction: Sendable, CaseIterable {
    case see
    case update
    case delete
    case manageMembers
    case leave
}

/// Who may do what with a team: the one place that decides it.
enum TeamPolicy {
    /// 404 for whom the team does not exist; 403 for who sees it.
    static func authorize(_ action: TeamAction, _ standing: TeamStanding) throws(Fault) {
        guard standing.role != nil || standing.isPlatformAdmin else { throw .notFound }
        switch action {
        case .see: return
        // A platform admin who is no member has nothing to leave.
        case .leave: guard standing.role != nil else { throw .notFound }
        case .update, .delete, .manageMembers:
            guard standing.isPlatformAdmin || standing.role == .admin else {
                throw .forbidden(
                    "not_a_team_admin",
                    "Only admins of the team and platform admins may do this.")
            }
        }
    }

    static func seesEveryTeam(_ caller: Caller) -> Bool { caller.isAdmin }
}
