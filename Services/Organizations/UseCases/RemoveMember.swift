import Contract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Every member can leave; a caller who can manage members can remove those whose role does not
    /// exceed the caller's own.
    func removeMember(
        _ userId: String, of reference: String, by caller: Caller
    ) -> PendingWrite<Membership, Void> {
        let isLeaving = userId == caller.userId
        return change(isLeaving ? .leave : .manageMembers, on: reference, by: caller) {
            db, admitted in
            let id = admitted.organization.id
            guard let member = try MembershipStore.find(userId, in: id, db) else {
                throw Fault.notFound
            }
            if !isLeaving {
                try OrganizationPolicy.authorize(admitted.standing, over: member.role.power)
            }
            return member
        } _: { [self] tx, member in
            try member.checkLeavesAnOwner { try MembershipStore.hasOwner(besides: member, in: tx) }
            try MembershipStore.delete(userId, in: member.organizationId, tx)
            try audit.record(.removed(member), by: caller, in: tx)
            try emitRemoval(of: member, by: caller, in: tx)
        }
    }

    /// - Parameter operationId: the offboarding that ended the membership, if one did.
    func emitRemoval(
        of member: Membership, by caller: Caller, operationId: String? = nil, in tx: Transaction
    ) throws {
        let owner = try MembershipStore.oldest(.owner, of: member.organizationId, in: tx)
        let successor = try MembershipStore.find(
            owner ?? caller.userId, in: member.organizationId, tx)
        let fact = MemberRemoved(
            organizationId: member.organizationId, userId: member.userId,
            membershipId: member.id, successorId: owner ?? caller.userId,
            successorMembershipId: successor?.id, actor: EventActor(caller),
            operationId: operationId)
        try emit(MemberRemoved.type, fact, in: tx)
    }
}
