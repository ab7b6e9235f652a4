import Contract
import IntegrationsContract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// Hides the team at once, which ends the access that it gave its members; a job deletes its
    /// shares and members.
    func deleteTeam(_ id: String, by caller: Caller) -> PendingWrite<Team, Void> {
        write(by: caller, admit: admission(of: caller, to: .delete, onTeam: id)) {
            [self] tx, team in
            try TeamPolicy.requireByHand(team)
            try remove(team, by: caller, in: tx)
        }
    }

    func remove(_ team: Team, by caller: Caller, in tx: Transaction) throws {
        guard try !IntegrationStore.hasAny(of: .team(team.id), in: tx) else {
            throw Fault(IntegrationProblems.teamOwnsIntegrations)
        }
        let audience = try Principal.team(team.id).audience(in: tx)
        let job = IntegrationsJob.deleteTeam(
            teamId: team.id, actor: EventActor(caller), audience: audience)
        if try !jobs.begin(job, in: tx) { try TeamStore.hide(team.id, in: tx) }
        try audit.record(.deleted(team, for: audience), by: caller, in: tx)
    }

    func deleteSome(
        ofTeam id: String, for audience: EventAudience, by caller: Caller,
        _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        try removeShares(of: .team(id), by: caller, &budget, in: tx)
        for member in try TeamMemberStore.some(in: id, limit: budget.left, tx) {
            try TeamMemberStore.delete(member, in: tx)
            try audit.record(.removed(member, for: audience), by: caller, in: tx)
            budget.spend(1)
        }
        guard !budget.isSpent else { return false }
        try TeamStore.delete(id, in: tx)
        return true
    }
}
