import Contract
import IntegrationsContract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Adds a member, or changes a member's role. Conditions apply to the membership before the
    /// write.
    /// - Parameter role: nil adds a `member`, and leaves an existing member's role unchanged.
    func setTeamMember(
        _ username: String, of id: String, to role: TeamRole?, by caller: Caller
    ) -> PendingWrite<TeamMember?, (TeamMemberWithUser, isNew: Bool)> {
        let unknown = Fault.invalid("/username", "must be the username of an existing user")
        return write(
            by: caller, admit: admission(of: caller, to: .manageMembers, onTeam: id),
            asking: { [self] _, _ in
                // Only after admission: who can't add members must not learn which users exist.
                guard let user = try await profile(username, disclosedTo: caller) else {
                    throw unknown
                }
                return user
            },
            showing: { tx, team, user in try TeamMemberStore.find(user.id, in: team.id, tx) }
        ) { [self] tx, team, user in
            if try Tombstone.user.contains(user.id, in: tx) { throw unknown }
            try settleOffboarding(of: user.id, onTeam: team.id, in: tx)
            guard let former = try TeamMemberStore.find(user.id, in: team.id, tx) else {
                try TeamPolicy.requireByHand(team)
                try quotas.members.check(used: team.memberCount)
                let member = TeamMember(
                    teamId: team.id, userId: user.id, role: role ?? .member, joinedAt: tx.now)
                try TeamMemberStore.insert(member, in: tx)
                let audience = try Principal.team(team.id).audience(in: tx)
                try audit.record(.added(member, for: audience), by: caller, in: tx)
                return (TeamMemberWithUser(member: member, user: user), isNew: true)
            }
            var member = former
            member.role = role ?? former.role
            if member != former {
                func admins() throws -> EventAudience {
                    try Principal.team(team.id).audience(in: tx)
                }
                // With the member, who is an admin before it or after it.
                let before = former.role == .admin ? try admins() : nil
                try TeamMemberStore.update(member, in: tx)
                let audience = try before ?? admins()
                try audit.record(.changed(former, member, for: audience), by: caller, in: tx)
            }
            return (TeamMemberWithUser(member: member, user: user), isNew: false)
        }
    }
}
