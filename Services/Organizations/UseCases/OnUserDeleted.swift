import Contract
import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Ends the user's memberships. If the user was the last owner, the longest-standing admin
    /// takes over, or else the longest-standing member; without other members the organization is
    /// deleted.
    func onUserDeleted(_ userId: String, by admin: Caller, in tx: Transaction) throws {
        try Tombstone.user.insert(userId, in: tx)
        try jobs.begin(.removeUser(userId: userId, admin: EventActor(admin)), in: tx)
    }

    func removeMemberships(
        of userId: String, by admin: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        while !budget.isSpent {
            guard let membership = try MembershipStore.any(of: userId, in: tx) else { return true }
            budget.spend(1)
            try remove(membership, by: admin, &budget, in: tx)
        }
        return false
    }

    private func remove(
        _ membership: Membership, by admin: Caller, _ budget: inout RowBudget,
        in tx: Transaction
    ) throws {
        let id = membership.organizationId
        guard let organization = try OrganizationStore.find(id, in: tx) else {
            throw Fault.unexpected("a membership without an organization")
        }
        if membership.isOwner, try !MembershipStore.hasOwner(besides: membership, in: tx) {
            let successor =
                try MembershipStore.oldest(.admin, of: id, in: tx)
                ?? MembershipStore.oldest(of: id, except: membership.userId, in: tx)
            guard let successor, let former = try MembershipStore.find(successor, in: id, tx) else {
                return try delete(organization, by: admin, &budget, in: tx)
            }
            var owner = former
            owner.role = membership.role
            try MembershipStore.setRole(owner.role.id, of: successor, in: id, tx)
            try audit.record(.changed(former, owner), by: admin, in: tx)
        }
        try MembershipStore.delete(membership.userId, in: id, tx)
        try audit.record(.removed(membership), by: admin, in: tx)
    }
}
