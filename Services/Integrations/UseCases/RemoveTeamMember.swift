import Contract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Every member can remove themselves.
    func removeTeamMember(
        _ username: String, of id: String, by caller: Caller
    ) async throws -> PendingWrite<TeamMember, Void> {
        try readTeam(.see, on: id, by: caller) { _, _ in }
        guard let user = try await profile(username, disclosedTo: nil) else {
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
        return write(by: caller, admit: find) { [audit] tx, member in
            if let team = try TeamStore.find(member.teamId, in: tx) {
                try TeamPolicy.requireByHand(team)
            }
            let audience = try Principal.team(member.teamId).audience(in: tx)
            try TeamMemberStore.delete(member, in: tx)
            try audit.record(.removed(member, for: audience), by: caller, in: tx)
        }
    }
}
