import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    func updateTeam(
        _ id: String, _ update: TeamUpdate, by caller: Caller
    ) -> PendingWrite<Team, Team> {
        write(by: caller, admit: admission(of: caller, to: .update, onTeam: id)) {
            [audit] tx, team in
            let changed = update.applied(to: team)
            try TeamPolicy.requireChangeable(team, to: changed, by: caller)
            try TeamStore.externalIds.check(
                changed.externalId, insteadOf: team.externalId, by: caller, in: tx)
            if changed != team {
                try TeamStore.update(changed, in: tx)
                try TeamStore.touch(team.id, in: tx)
                let audience = try Principal.team(team.id).audience(in: tx)
                try audit.record(.updated(team, changed, for: audience), by: caller, in: tx)
            }
            return changed
        }
    }
}
