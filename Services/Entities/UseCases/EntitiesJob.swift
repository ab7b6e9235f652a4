import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

/// Work that may affect any number of rows. Stored as JSON, so the names of cases and members are
/// permanent.
enum EntitiesJob: BackgroundJob, Equatable {
    /// Deletes the shares, publishers, versions and installations of a deleted entity.
    case deleteEntity(entityId: String, actor: EventActor)
    case dropUser(userId: String, admin: EventActor)
    case dropOrganization(OrganizationDeleted)
    /// - `after`: the last entity that is done.
    case dropMember(MemberRemoved, removal: Timestamp, after: String)

    var kind: String {
        switch self {
        // Queries hide the entity by this kind.
        case .deleteEntity: "entity.deleted"
        case .dropUser: "user.deleted"
        case .dropOrganization: "organization.deleted"
        case .dropMember: "member.removed"
        }
    }

    var subject: String {
        switch self {
        case .deleteEntity(let entityId, _): entityId
        case .dropUser(let userId, _): userId
        case .dropOrganization(let event): event.organizationId
        case .dropMember(let event, _, _): event.membershipId
        }
    }
}

extension EntitiesUseCases {
    var jobs: Jobs<EntitiesJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .deleteEntity(let entityId, let actor):
                return try deleteSomeParts(of: entityId, by: actor.caller, &budget, in: tx)
            case .dropUser(let userId, let admin):
                return try deleteSomeData(of: userId, by: admin.caller, &budget, in: tx)
            case .dropOrganization(let event):
                return try makeSomePersonal(event, &budget, in: tx)
            case .dropMember(let event, let removal, let after):
                let last = try removeFromSomeEntities(
                    event, at: removal, after: after, &budget, in: tx)
                job = .dropMember(event, removal: removal, after: last)
                return !budget.isSpent
            }
        }
    }
}
