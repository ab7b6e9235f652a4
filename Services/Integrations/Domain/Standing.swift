/// How a caller stands to an integration.
struct Standing: Sendable, Equatable {
    /// Whether he himself is its owner.
    var isOwner = false
    /// What he is in the team that owns it.
    var owningTeamRole: TeamRole?
    /// The shares that he has, himself or by a team.
    var grants: [Grant] = []
    var isPlatformAdmin = false
}

/// A share as it counts for one caller.
struct Grant: Sendable, Equatable {
    let principal: Principal
    let level: AccessLevel
}

/// What a caller's access amounts to.
struct EffectiveAccess: Sendable, Equatable {
    enum Via: Sendable, Equatable {
        /// He owns it, or his team does.
        case owner
        case platformAdmin
        case share(Principal)
    }

    let level: AccessLevel
    let via: Via

    /// The highest of all that he has; nil: he may not know that there is such an integration.
    init?(_ standing: Standing) {
        if standing.isOwner || standing.owningTeamRole != nil {
            self.init(level: .highest, via: .owner)
        } else if standing.isPlatformAdmin {
            self.init(level: .highest, via: .platformAdmin)
        } else if let grant = standing.grants.max(by: { $1.counts(before: $0) }) {
            self.init(level: grant.level, via: .share(grant.principal))
        } else {
            return nil
        }
    }

    private init(level: AccessLevel, via: Via) {
        self.level = level
        self.via = via
    }
}

extension Grant {
    /// The higher one; of two that are equal the user's own, then the older team's.
    fileprivate func counts(before other: Grant) -> Bool {
        guard level == other.level else { return level > other.level }
        switch (principal, other.principal) {
        case (.user, .team): return true
        case (.team, .user): return false
        case (.user(let a), .user(let b)), (.team(let a), .team(let b)): return a < b
        }
    }
}
