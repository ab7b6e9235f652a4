import IntegrationsContract

/// Everything that connects a caller to an integration.
struct Standing: Sendable, Equatable {
    /// Whether the caller owns it personally.
    var isOwner = false
    /// The caller's role in the team that owns it.
    var owningTeamRole: TeamRole?
    /// The shares of the caller and of the caller's teams.
    var grants: [Grant] = []
    var isPlatformAdmin = false
}

/// A share that counts for a caller.
struct Grant: Sendable, Equatable {
    let principal: Principal
    let level: AccessLevel
}

/// The access that a caller has by all of their standing.
struct EffectiveAccess: Sendable, Equatable {
    enum Via: Sendable, Equatable {
        /// The caller or one of their teams owns it.
        case owner
        case platformAdmin
        case share(Principal)
    }

    let level: AccessLevel
    let via: Via

    /// The highest level; nil if the integration must stay hidden from the caller.
    init?(_ standing: Standing) {
        if standing.isOwner || standing.owningTeamRole != nil {
            self.init(level: .highest, via: .owner)
        } else if standing.isPlatformAdmin {
            self.init(level: .highest, via: .platformAdmin)
        } else if let grant = standing.grants.max(by: { $1.takesPrecedence(over: $0) }) {
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
    /// The higher level wins; of equal ones the user's own, then the team whose id sorts first.
    fileprivate func takesPrecedence(over other: Grant) -> Bool {
        guard level == other.level else { return level > other.level }
        switch (principal, other.principal) {
        case (.user, .team): return true
        case (.team, .user): return false
        case (.user(let a), .user(let b)), (.team(let a), .team(let b)): return a < b
        }
    }
}
