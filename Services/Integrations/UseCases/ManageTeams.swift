import Contract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// The caller becomes its admin.
    func createTeam(_ draft: TeamDraft, by caller: Caller) -> PendingWrite<Void, Team> {
        // Any user can.
        let admit: Admission<Void> = { try Tombstone.check(caller, in: $0) }
        return PendingWrite(in: database, admit: admit) { [self] tx, _ in
            try quotas.teams.check(for: caller.userId, in: tx)
            let team = Team(
                id: try Self.id(for: draft, in: tx), name: draft.name, createdAt: tx.now,
                memberCount: 1)
            let admin = TeamMember(
                teamId: team.id, userId: caller.userId, role: .admin, joinedAt: tx.now)
            try TeamStore.insert(team, createdBy: caller.userId, in: tx)
            try audit.record(.created(team), by: caller, in: tx)
            try TeamMemberStore.insert(admin, in: tx)
            try audit.record(.added(admin), by: caller, in: tx)
            return team
        }
    }

    private static func id(for draft: TeamDraft, in tx: Transaction) throws -> String {
        guard let id = draft.id else {
            return try Slug.free(for: draft.name) { try TeamStore.isTaken($0, in: tx) }
        }
        if try TeamStore.isTaken(id, in: tx) { throw Team.idTaken }
        return id
    }

    func getTeam(_ id: String, by caller: Caller) throws -> Team {
        try readTeam(.see, on: id, by: caller) { $1 }
    }

    /// Those that the caller belongs to, or all for platform admins, newest first.
    func listTeams(
        search: String?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Team> {
        try database.read { reader in
            TeamPolicy.seesEveryTeam(caller)
                ? try TeamStore.page(search: search, page, in: reader)
                : try TeamStore.page(of: caller.userId, search: search, page, in: reader)
        }
    }

    /// - Parameter name: nil leaves it.
    func updateTeam(
        _ id: String, name: String?, by caller: Caller
    ) -> PendingWrite<Team, Team> {
        PendingWrite(in: database, admit: admission(of: caller, to: .update, onTeam: id)) {
            [audit] tx, team in
            var changed = team
            changed.name = name ?? team.name
            if changed != team {
                try TeamStore.update(changed, in: tx)
                try audit.record(.updated(team, changed), by: caller, in: tx)
            }
            return changed
        }
    }

    /// Its members lose what they had by it at once, and its shares go; where these are many, their
    /// rows go in the background.
    func deleteTeam(_ id: String, by caller: Caller) -> PendingWrite<Team, Void> {
        PendingWrite(in: database, admit: admission(of: caller, to: .delete, onTeam: id)) {
            [self] tx, team in
            guard try !IntegrationStore.hasAny(of: .team(team.id), in: tx) else {
                throw Team.ownsIntegrations
            }
            try jobs.begin(.deleteTeam(teamId: team.id, actor: EventActor(caller)), in: tx)
            try audit.record(.deleted(team), by: caller, in: tx)
        }
    }

    func deleteSome(
        ofTeam id: String, by caller: Caller, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        try removeSome(of: .team(id), by: caller, &budget, in: tx)
        for member in try TeamMemberStore.some(in: id, limit: budget.left, tx) {
            try TeamMemberStore.delete(member, in: tx)
            try audit.record(.removed(member), by: caller, in: tx)
            budget.spend(1)
        }
        guard !budget.isSpent else { return false }
        try TeamStore.delete(id, in: tx)
        return true
    }
}
