import Contract
import Journal
import Kernel
import SQLite

extension OrganizationsUseCases {
    /// Gives a member another role.
    /// - Parameter role: a role's name or id; nil leaves him his own.
    func changeMember(
        _ userId: String, of reference: String, to role: String?, by caller: Caller,
        expecting: @escaping Expectation<Bool> = { _ in }
    ) async throws -> Change<ListedMember> {
        let persons = try await namedMember(userId, of: reference, by: caller)
        return change(.manageMembers, on: reference, by: caller) {
            [self] tx, organization, standing in
            guard var member = try MembershipStore.find(userId, in: organization.id, tx) else {
                throw Fault.notFound
            }
            try expecting(true)
            try OrganizationPolicy.authorize(standing, over: member.role.power)
            guard let role else { return member.listed(persons) }
            guard let wanted = try RoleStore.find(role, of: organization.id, in: tx) else {
                throw Self.unknownRole
            }
            try OrganizationPolicy.authorize(standing, over: wanted.power)
            guard wanted.id != member.role.id else { return member.listed(persons) }
            try member.checkLeavesAnOwner { try MembershipStore.hasOwner(besides: member, in: tx) }
            let former = member
            member.role = wanted
            try MembershipStore.setRole(wanted.id, of: userId, in: organization.id, tx)
            try audit.record(.changed(former, member), by: caller, in: tx)
            return member.listed(persons)
        }
    }

    /// Who he is, asked only if he is a member: nobody learns of other users here.
    private func namedMember(
        _ userId: String, of reference: String, by caller: Caller
    ) async throws -> [String: Person] {
        let isMember = try read(.manageMembers, on: reference, by: caller) {
            reader, organization, _ in
            try MembershipStore.find(userId, in: organization.id, reader) != nil
        }
        guard isMember else { throw Fault.notFound }
        return try await persons([userId])
    }
}
