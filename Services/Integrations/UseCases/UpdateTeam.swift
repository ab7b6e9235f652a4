import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// - Parameter name: nil leaves it unchanged.
    func updateTeam(
        _ id: String, name: String?, by caller: Caller
    ) -> PendingWrite<Team, Team> {
        write(by: caller, admit: admission(of: caller, to: .update, onTeam: id)) {
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
}
