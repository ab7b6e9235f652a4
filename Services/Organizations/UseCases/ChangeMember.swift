import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// - Parameter role: a role's name or id; nil keeps the role.
    func changeMember(
        _ userId: String, of reference: String, to role: String?, by caller: Caller
    ) -> PendingWrite<Void, MemberWithUser> {
        let admit = admission(of: caller, to: .manageMembers, on: reference)
        let find: Admission<(Membership, Role)> = { db in
            let (organization, standing) = try admit(db)
            guard let member = try MembershipStore.find(userId, in: organization.id, db) else {
                throw Fault.notFound
            }
            try OrganizationPolicy.authorize(standing, over: member.role.power)
            guard let role else { return (member, member.role) }
            guard let newRole = try RoleStore.find(role, of: organization.id, in: db) else {
                throw Self.unknownRole
            }
            try OrganizationPolicy.authorize(standing, over: newRole.power)
            return (member, newRole)
        }
        // The profile is asked for after admission, so that nobody learns about other users here.
        return write(
            by: caller, admit: find,
            asking: { [directory] _ in try await directory.profiles(of: [userId]) }
        ) { [audit] tx, found, profiles in
            let (former, newRole) = found
            var member = former
            guard newRole.id != member.role.id else { return member.withUser(profiles) }
            try member.checkLeavesAnOwner { try MembershipStore.hasOwner(besides: member, in: tx) }
            member.role = newRole
            try MembershipStore.setRole(newRole.id, of: userId, in: member.organizationId, tx)
            try audit.record(.changed(former, member), by: caller, in: tx)
            return member.withUser(profiles)
        }
    }
}
