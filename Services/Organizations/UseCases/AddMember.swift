import Contract
import GatewayClient
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

/// The user to add, by id or e-mail address.
enum NewMember: Sendable, Equatable {
    case userId(String)
    case email(String)

    /// - Throws: 422 unless exactly one is given.
    init(userId: String?, email: String?) throws(Fault) {
        switch (userId, email) {
        case (let userId?, nil): self = .userId(userId)
        case (nil, let email?): self = .email(try Text.email(email, pointer: "/email"))
        default: throw .invalid("", "must have exactly one of userId and email")
        }
    }

    var unknown: Fault {
        switch self {
        case .userId: .invalid("/userId", "must be the id of a user")
        case .email: .invalid("/email", "must be the e-mail address of a user")
        }
    }
}

extension OrganizationsUseCases {
    /// - Parameter role: a role's name or id.
    func addMember(
        _ member: NewMember, as role: String, to reference: String, by caller: Caller
    ) -> PendingWrite<Void, MemberWithUser> {
        let admit = admission(of: caller, to: .manageMembers, on: reference)
        let find: Admission<(Organization, Role?)> = { db in
            let (organization, standing) = try admit(db)
            let role = try RoleStore.find(role, of: organization.id, in: db)
            if let role { try OrganizationPolicy.authorize(standing, over: role.power) }
            return (organization, role)
        }
        // After admission, so that callers who can't add members learn nothing about who exists.
        let ask: @Sendable ((Organization, Role?)) async throws -> UserProfile = { [self] _ in
            guard let profile = try await profile(member, disclosedTo: caller) else {
                throw member.unknown
            }
            return profile
        }
        return write(by: caller, admit: find, asking: ask) { [self] tx, found, profile in
            let organization = found.0
            guard let role = found.1 else { throw Self.unknownRole }
            if try Tombstone.user.contains(profile.id, in: tx) { throw member.unknown }
            try settleOffboarding(of: profile.id, on: organization.id, in: tx)
            if try MembershipStore.find(profile.id, in: organization.id, tx) != nil {
                throw Fault(OrganizationProblems.alreadyMember)
            }
            try quotas.members.check(used: organization.memberCount)
            let membership = Membership(
                id: ids.make("mem_"), organizationId: organization.id, userId: profile.id,
                role: role, joinedAt: tx.now)
            try MembershipStore.insert(membership, in: tx)
            try audit.record(.added(membership), by: caller, in: tx)
            return MemberWithUser(membership: membership, user: profile)
        }
    }

    static let unknownRole = Fault.invalid(
        "/role", "must be the name or id of a role of the organization")

    private func profile(_ member: NewMember, disclosedTo caller: Caller) async throws
        -> UserProfile?
    {
        switch member {
        case .userId(let id): try await directory.profiles(ids: [id], disclosedTo: caller)[id]
        case .email(let email):
            try await directory.profiles(emails: [email], disclosedTo: caller)[email]
        }
    }
}
