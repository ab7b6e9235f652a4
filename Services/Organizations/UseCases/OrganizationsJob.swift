import Contract
import Kernel
import SQLite
import WriteKit

/// Work on any number of rows. Stored as JSON, so the names of cases and members are fixed.
enum OrganizationsJob: BackgroundJob, Equatable {
    /// Deletes the publications and memberships of a deleted organization.
    case close(organizationId: String, actor: EventActor)
    case dropUser(userId: String, admin: EventActor)
    case dropEntity(entityId: String, actor: EventActor)

    var kind: String {
        switch self {
        // Queries that hide the organization use this name.
        case .close: "organization.deleted"
        case .dropUser: Self.userDeleted
        case .dropEntity: "entity.deleted"
        }
    }

    static let userDeleted = "user.deleted"

    var subject: String {
        switch self {
        case .close(let organizationId, _): organizationId
        case .dropUser(let userId, _): userId
        case .dropEntity(let entityId, _): entityId
        }
    }
}

extension OrganizationsUseCases {
    var jobs: Jobs<OrganizationsJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .close(let organizationId, let actor):
                try deleteRows(of: organizationId, by: actor.caller, &budget, in: tx)
            case .dropUser(let userId, let admin):
                try removeMemberships(of: userId, by: admin.caller, &budget, in: tx)
            case .dropEntity(let entityId, let actor):
                try removePublications(of: entityId, by: actor.caller, &budget, in: tx)
            }
        }
    }
}
