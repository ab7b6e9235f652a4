import IntegrationsContract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// The caller becomes its admin.
    func createTeam(_ draft: TeamDraft, by caller: Caller) -> PendingWrite<Void, Team> {
        write(by: caller) { [self] tx in
            try quotas.teams.check(for: caller.userId, in: tx)
            try TeamStore.externalIds.check(draft.externalId, by: caller, in: tx)
            let team = Team(
                id: try Self.id(for: draft, in: tx), name: draft.name, createdAt: tx.now,
                memberCount: 1, externalId: draft.externalId)
            let admin = TeamMember(
                teamId: team.id, userId: caller.userId, role: .admin, joinedAt: tx.now)
            let audience = EventAudience(owner: caller.userId)
            try TeamStore.insert(team, createdBy: caller.userId, in: tx)
            try audit.record(.created(team, for: audience), by: caller, in: tx)
            try settleOffboarding(of: caller.userId, onTeam: team.id, in: tx)
            try TeamMemberStore.insert(admin, in: tx)
            try audit.record(.added(admin, for: audience), by: caller, in: tx)
            return team
        }
    }

    private static func id(for draft: TeamDraft, in tx: Transaction) throws -> String {
        guard let id = draft.id else {
            return try Slug.free(for: draft.name) { try TeamStore.isTaken($0, in: tx) }
        }
        if try TeamStore.isTaken(id, in: tx) {
            throw Fault(IntegrationProblems.teamIdTaken)
        }
        return id
    }
}
