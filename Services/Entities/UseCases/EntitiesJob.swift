import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

/// What may touch any number of rows. Stored: the names of cases and members stay.
enum EntitiesJob: BackgroundJob, Equatable {
    /// Of an entity that is deleted: its shares, publishers, versions and installations.
    case deleteEntity(entityId: String, actor: EventActor)
    case dropUser(userId: String, admin: EventActor)
    case dropOrganization(OrganizationDeleted)
    /// - `after`: up to which entity it is done.
    case dropMember(MemberRemoved, removal: Timestamp, after: String)

    var kind: String {
        switch self {
        // The queries that hide it name this.
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
        case .dropOrganization(let fact): fact.organizationId
        case .dropMember(let fact, _, _): fact.membershipId
        }
    }
}

extension EntitiesUseCases {
    var jobs: Jobs<EntitiesJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .deleteEntity(let entityId, let actor):
                return try deleteSome(of: entityId, by: actor.caller, &budget, in: tx)
            case .dropUser(let userId, let admin):
                return try dropSome(of: userId, by: admin.caller, &budget, in: tx)
            case .dropOrganization(let fact):
                return try makeSomePersonal(fact, &budget, in: tx)
            case .dropMember(let fact, let removal, let after):
                let last = try takeSome(fact, at: removal, after: after, &budget, in: tx)
                job = .dropMember(fact, removal: removal, after: last)
                return !budget.isSpent
            }
        }
    }
}
