import Contract
import Kernel
import SQLite
import WriteKit

/// Work on any number of rows. Stored as JSON, so the names of cases and members are fixed.
enum OrganizationsJob: BackgroundJob, Equatable {
    /// Deletes the publications and memberships of a deleted organization.
    case deleteOrganization(organizationId: String, actor: EventActor)
    case removeUser(
        userId: String, admin: EventActor, offboarding: UserRemoval.Offboarding? = nil)
    case removeEntity(entityId: String, actor: EventActor)

    /// As stored by earlier versions.
    enum CodingKeys: String, CodingKey {
        case deleteOrganization = "close"
        case removeUser = "dropUser"
        case removeEntity = "dropEntity"
    }

    var kind: String {
        switch self {
        // Queries that hide the organization use this name.
        case .deleteOrganization: "organization.deleted"
        case .removeUser(let userId, let admin, let offboarding):
            UserRemoval(userId: userId, by: admin, offboarding: offboarding).kind
        case .removeEntity: "entity.deleted"
        }
    }

    var subject: String {
        switch self {
        case .deleteOrganization(let organizationId, _): organizationId
        case .removeUser(let userId, _, _): userId
        case .removeEntity(let entityId, _): entityId
        }
    }
}

extension OrganizationsUseCases {
    var jobs: Jobs<OrganizationsJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .deleteOrganization(let organizationId, let actor):
                try deleteRows(of: organizationId, by: actor.caller, &budget, in: tx)
            case .removeUser(let userId, let admin, let offboarding):
                try removeMemberships(
                    of: UserRemoval(userId: userId, by: admin, offboarding: offboarding), &budget,
                    in: tx)
            case .removeEntity(let entityId, let actor):
                try removePublications(of: entityId, by: actor.caller, &budget, in: tx)
            }
        }
    }
}
