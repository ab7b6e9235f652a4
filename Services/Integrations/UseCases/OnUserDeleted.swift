import Contract
import GatewayContract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Transfers a deleted user's integrations to the platform admin who deleted them, and removes
    /// their shares and memberships.
    func onUserDeleted(_ event: UserDeleted, in tx: Transaction) throws {
        try begin(UserRemoval(userId: event.userId, by: EventActor(event.actor)), in: tx)
    }

    /// The same for a user who keeps the account. What they create and get from now on stays.
    func onUserOffboarded(_ event: UserOffboarded, in tx: Transaction) throws {
        let offboarding = UserRemoval.Offboarding(
            operationId: event.operationId, email: event.email)
        try begin(
            UserRemoval(userId: event.userId, by: event.actor, offboarding: offboarding), in: tx)
    }

    private func begin(_ removal: UserRemoval, in tx: Transaction) throws {
        try removal.begin(in: tx)
        try jobs.begin(
            .removeUser(
                userId: removal.userId, admin: removal.admin, offboarding: removal.offboarding),
            in: tx)
    }

    func removeSome(
        of removal: UserRemoval, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        let user = Principal.user(removal.userId)
        var counts = OffboardingCounts()
        for integration in try IntegrationStore.some(of: user, limit: budget.left, in: tx) {
            try passOn(integration, for: removal, &counts, in: tx)
            budget.spend(1)
        }
        counts.removed(
            .integrationShares,
            try removeShares(of: user, by: removal.actor, &budget, in: tx))
        for member in try TeamMemberStore.some(of: removal.userId, limit: budget.left, in: tx) {
            try remove(member, for: removal, &counts, in: tx)
            budget.spend(1)
        }
        return try removal.record(counts, isDone: !budget.isSpent, in: tx)
    }

    /// Deletes shares of a principal.
    /// - Returns: how many.
    @discardableResult
    func removeShares(
        of principal: Principal, by caller: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Int {
        let shares = try ShareStore.some(of: principal, limit: budget.left, in: tx)
        for share in shares {
            try ShareStore.delete(share, in: tx)
            let audience = try IntegrationStore.audience(of: share.integrationId, in: tx)
            try audit.record(.removed(share, for: audience), by: caller, in: tx)
        }
        budget.spend(shares.count)
        return shares.count
    }

    /// Before a user gets something of an integration: what an offboarding takes back of it is
    /// taken back first.
    func settleOffboarding(
        of userId: String, on integration: Integration, in tx: Transaction
    ) throws {
        let user = Principal.user(userId)
        try UserRemoval.settle(userId, on: integration.id, in: tx) { removal, counts in
            if let former = try IntegrationStore.find(integration.id, in: tx), former.owner == user
            {
                try passOn(former, for: removal, &counts, in: tx)
            }
            let share = try ShareStore.find(user, of: integration.id, evenIfHidden: true, in: tx)
            guard let share else { return }
            try ShareStore.delete(share, in: tx)
            let audience = try IntegrationStore.audience(of: integration.id, in: tx)
            try audit.record(.removed(share, for: audience), by: removal.actor, in: tx)
            counts.removed(.integrationShares)
        }
    }

    /// The same before a user joins a team.
    func settleOffboarding(of userId: String, onTeam id: String, in tx: Transaction) throws {
        try UserRemoval.settle(userId, on: Principal.team(id).key, in: tx) { removal, counts in
            let member = try TeamMemberStore.find(userId, in: id, evenIfHidden: true, tx)
            if let member { try remove(member, for: removal, &counts, in: tx) }
        }
    }

    private func passOn(
        _ integration: Integration, for removal: UserRemoval, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        // The admin exists: if they are deleted too, that event is applied after this one.
        var changed = integration
        changed.owner = .user(removal.admin.userId)
        changed.touch(tx.now)
        try IntegrationStore.update(changed, in: tx)
        let audience = EventAudience(owner: removal.admin.userId)
        try audit.record(
            .ownerChanged(integration, changed, for: audience), by: removal.actor, in: tx)
        counts.passedOn(.integrations)
    }

    private func remove(
        _ member: TeamMember, for removal: UserRemoval, _ counts: inout OffboardingCounts,
        in tx: Transaction
    ) throws {
        try TeamMemberStore.delete(member, in: tx)
        let audience = try Principal.team(member.teamId).audience(in: tx)
        try audit.record(.removed(member, for: audience), by: removal.actor, in: tx)
        counts.removed(.teamMemberships)
    }
}
