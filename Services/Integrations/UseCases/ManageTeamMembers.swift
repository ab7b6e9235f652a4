import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// A member of a team, and who he is.
struct TeamMemberWithUser: Sendable, Equatable {
    let member: TeamMember
    let user: UserProfile
}

extension IntegrationsUseCases {
    /// Newest first.
    func listTeamMembers(
        of id: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<TeamMemberWithUser> {
        let members = try readTeam(.see, on: id, by: caller) { reader, team in
            try TeamMemberStore.page(of: team, page, in: reader)
        }
        let profiles = try await profiles(Set(members.items.map(\.userId)))
        // Who was deleted a moment ago goes by his id.
        return members.map {
            let nameless = UserProfile(
                id: $0.userId, email: "", username: $0.userId, displayName: "")
            return TeamMemberWithUser(member: $0, user: profiles[$0.userId] ?? nameless)
        }
    }

    /// Makes a user a member, or gives a member another role.
    /// - Parameter role: nil for `member`, and for the role that a member has.
    /// - Returns: a change that shows the member that there is before it.
    func setTeamMember(
        _ username: String, of id: String, to role: TeamRole?, by caller: Caller
    ) -> PendingWrite<TeamMember?, (TeamMemberWithUser, isNew: Bool)> {
        let unknown = Fault.invalid("/username", "must be the username of a user")
        return PendingWrite(
            in: database, admit: admission(of: caller, to: .manageMembers, onTeam: id),
            asking: { [self] _, _ in
                // Only after admission: who can't add anybody learns nothing about who exists.
                guard let user = try await profile(username, toldTo: caller) else {
                    throw unknown
                }
                return user
            },
            showing: { tx, team, user in try TeamMemberStore.find(user.id, in: team.id, tx) }
        ) { [audit, quotas] tx, team, user in
            if try Tombstone.user.contains(user.id, in: tx) { throw unknown }
            guard let former = try TeamMemberStore.find(user.id, in: team.id, tx) else {
                try quotas.members.check(used: team.memberCount)
                let member = TeamMember(
                    teamId: team.id, userId: user.id, role: role ?? .member, joinedAt: tx.now)
                try TeamMemberStore.insert(member, in: tx)
                try audit.record(.added(member), by: caller, in: tx)
                return (TeamMemberWithUser(member: member, user: user), isNew: true)
            }
            var member = former
            member.role = role ?? former.role
            if member != former {
                try TeamMemberStore.update(member, in: tx)
                try audit.record(.changed(former, member), by: caller, in: tx)
            }
            return (TeamMemberWithUser(member: member, user: user), isNew: false)
        }
    }

    /// Every member may leave.
    func removeTeamMember(
        _ username: String, of id: String, by caller: Caller
    ) async throws -> PendingWrite<TeamMember, Void> {
        try readTeam(.see, on: id, by: caller) { _, _ in }
        guard let user = try await profile(username, toldTo: nil) else {
            throw Fault.notFound
        }
        let action = user.id == caller.userId ? TeamAction.leave : .manageMembers
        let admit = admission(of: caller, to: action, onTeam: id)
        let find: Admission<TeamMember> = { db in
            guard let member = try TeamMemberStore.find(user.id, in: try admit(db).id, db) else {
                throw Fault.notFound
            }
            return member
        }
        return PendingWrite(in: database, admit: find) { [audit] tx, member in
            try TeamMemberStore.delete(member, in: tx)
            try audit.record(.removed(member), by: caller, in: tx)
        }
    }

    private func profile(_ username: String, toldTo caller: Caller?) async throws -> UserProfile? {
        try await directory.profiles(usernames: [username], toldTo: caller)[username]
    }
}
