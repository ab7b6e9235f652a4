import Contract
import Kernel
import SQLite
import WriteKit

/// Work on any number of rows. Stored as JSON: coding keys and names of members never change.
enum IntegrationsJob: BackgroundJob, Equatable {
    /// Deletes the shares of a deleted integration.
    /// - `audience`: nil in jobs of earlier versions, here and below.
    case deleteIntegration(
        integrationId: String, actor: EventActor, audience: EventAudience? = nil)
    /// Deletes the shares and members of a deleted team, then frees its id.
    case deleteTeam(teamId: String, actor: EventActor, audience: EventAudience? = nil)
    case removeUser(
        userId: String, admin: EventActor, offboarding: UserRemoval.Offboarding? = nil)

    enum CodingKeys: String, CodingKey {
        case deleteIntegration, deleteTeam
        case removeUser = "dropUser"
    }

    var kind: String {
        switch self {
        // The queries that hide deleted integrations and teams contain these two.
        case .deleteIntegration: "integration.deleted"
        case .deleteTeam: "team.deleted"
        case .removeUser(let userId, let admin, let offboarding):
            UserRemoval(userId: userId, by: admin, offboarding: offboarding).kind
        }
    }

    var subject: String {
        switch self {
        case .deleteIntegration(let integrationId, _, _): integrationId
        case .deleteTeam(let teamId, _, _): teamId
        case .removeUser(let userId, _, _): userId
        }
    }
}

extension IntegrationsUseCases {
    var jobs: Jobs<IntegrationsJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .deleteIntegration(let integrationId, let actor, let audience):
                try deleteSome(
                    ofIntegration: integrationId, for: audience ?? .platform, by: actor.caller,
                    &budget, in: tx)
            case .deleteTeam(let teamId, let actor, let audience):
                try deleteSome(
                    ofTeam: teamId, for: audience ?? .platform, by: actor.caller, &budget, in: tx)
            case .removeUser(let userId, let admin, let offboarding):
                try removeSome(
                    of: UserRemoval(userId: userId, by: admin, offboarding: offboarding), &budget,
                    in: tx)
            }
        }
    }
}
