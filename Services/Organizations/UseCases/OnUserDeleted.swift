import Contract
import GatewayContract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Ends the user's memberships. If the user was the last owner, the longest-standing admin
    /// takes over, or else the longest-standing member; without other members the organization is
    /// deleted.
    func onUserDeleted(_ event: UserDeleted, in tx: Transaction) throws {
        try begin(UserRemoval(userId: event.userId, by: EventActor(event.actor)), in: tx)
    }

    /// The same for a user who keeps the account. What they join from now on stays.
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

    func removeMemberships(
        of removal: UserRemoval, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        var counts = OffboardingCounts()
        while !budget.isSpent,
            let membership = try MembershipStore.any(of: removal.userId, in: tx)
        {
            budget.spend(1)
            try remove(membership, for: removal, &budget, &counts, in: tx)
        }
        return try removal.record(counts, isDone: !budget.isSpent, in: tx)
    }

    /// Before a user joins an organization: a membership that an offboarding takes back is ended
    /// first.
    func settleOffboarding(
        of userId: String, on organizationId: String, in tx: Transaction
    ) throws {
        try UserRemoval.settle(userId, on: organizationId, in: tx) { removal, counts in
            let former = try MembershipStore.find(
                userId, in: organizationId, evenIfHidden: true, tx)
            guard let former else { return }
            var budget = RowBudget(jobRows)
            try remove(former, for: removal, &budget, &counts, in: tx)
        }
    }

    private func remove(
        _ membership: Membership, for removal: UserRemoval, _ budget: inout RowBudget,
        _ counts: inout OffboardingCounts, in tx: Transaction
    ) throws {
        let (id, admin) = (membership.organizationId, removal.actor)
        guard let organization = try OrganizationStore.find(id, in: tx) else {
            throw Fault.unexpected("a membership without an organization")
        }
        counts.removed(.memberships)
        if membership.isOwner, try !MembershipStore.hasOwner(besides: membership, in: tx) {
            let successor = try MembershipStore.successor(of: membership.userId, in: id, tx)
            guard let successor, let former = try MembershipStore.find(successor, in: id, tx) else {
                counts.removed(.organizations)
                return try delete(organization, by: admin, &budget, in: tx)
            }
            var owner = former
            owner.role = membership.role
            try MembershipStore.setRole(owner.role.id, of: successor, in: id, tx)
            try audit.record(.changed(former, owner), by: admin, in: tx)
            counts.passedOn(.organizations)
        }
        try MembershipStore.delete(membership.userId, in: id, tx)
        try audit.record(.removed(membership), by: admin, in: tx)
        // Of a deleted user the entities context is notified by the gateway.
        if let offboarding = removal.offboarding {
            try emitRemoval(
                of: membership, by: admin, operationId: offboarding.operationId, in: tx)
        }
    }
}
