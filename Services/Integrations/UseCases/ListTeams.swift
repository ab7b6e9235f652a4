import Kernel
import SQLite

extension IntegrationsUseCases {
    /// The caller's teams, or all for platform admins, newest first.
    func listTeams(
        search: String?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Team> {
        try database.read { reader in
            TeamPolicy.seesEveryTeam(caller)
                ? try TeamStore.page(search: search, page, in: reader)
                : try TeamStore.page(of: caller.userId, search: search, page, in: reader)
        }
    }
}
