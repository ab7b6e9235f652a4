import Contract
import Kernel
import SQLite
import WriteKit

/// What may touch any number of rows. Stored: the names of cases and members stay.
enum IntegrationsJob: BackgroundJob, Equatable {
    /// Of an integration that is deleted: its shares.
    case deleteIntegration(integrationId: String, actor: EventActor)
    /// Of a team that is deleted: its shares and members. Its id is free when they are gone.
    case deleteTeam(teamId: String, actor: EventActor)
    case dropUser(userId: String, admin: EventActor)

    var kind: String {
        switch self {
        // The queries that hide these two name them.
        case .deleteIntegration: "integration.deleted"
        case .deleteTeam: "team.deleted"
        case .dropUser: "user.deleted"
        }
    }

    var subject: String {
        switch self {
        case .deleteIntegration(let integrationId, _): integrationId
        case .deleteTeam(let teamId, _): teamId
        case .dropUser(let userId, _): userId
        }
    }
}

extension IntegrationsUseCases {
    var jobs: Jobs<IntegrationsJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .deleteIntegration(let integrationId, let actor):
                try deleteSome(ofIntegration: integrationId, by: actor.caller, &budget, in: tx)
            case .deleteTeam(let teamId, let actor):
                try deleteSome(ofTeam: teamId, by: actor.caller, &budget, in: tx)
            case .dropUser(let userId, let admin):
                try dropSome(of: userId, by: admin.caller, &budget, in: tx)
            }
        }
    }
}
