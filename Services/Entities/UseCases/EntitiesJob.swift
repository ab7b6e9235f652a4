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
    /// - `audience`: nil in jobs of earlier versions.
    case deleteEntity(entityId: String, actor: EventActor, audience: EventAudience? = nil)
    /// Takes back what a deleted or offboarded user was given, and passes on what they own.
    /// - `lastGiven`: the last share that they gave before; nil in jobs of earlier versions, of
    ///   deleted users.
    case removeUser(
        userId: String, admin: EventActor, offboarding: UserRemoval.Offboarding? = nil,
        lastGiven: String? = nil)
    case releaseEntities(OrganizationDeleted)
    /// - `after`: the last entity that is done.
    case removeMember(MemberRemoved, removal: Timestamp, after: String)

    /// As stored by earlier versions.
    enum CodingKeys: String, CodingKey {
        case deleteEntity
        case removeUser = "dropUser"
        case releaseEntities = "dropOrganization"
        case removeMember = "dropMember"
    }

    var kind: String {
        switch self {
        // Queries hide the entity by this kind.
        case .deleteEntity: "entity.deleted"
        case .removeUser(let userId, let admin, let offboarding, _):
            UserRemoval(userId: userId, by: admin, offboarding: offboarding).kind
        case .releaseEntities: "organization.deleted"
        case .removeMember: "member.removed"
        }
    }

    var subject: String {
        switch self {
        case .deleteEntity(let entityId, _, _): entityId
        case .removeUser(let userId, _, _, _): userId
        case .releaseEntities(let event): event.organizationId
        case .removeMember(let event, _, _): event.membershipId
        }
    }
}

extension EntitiesUseCases {
    var jobs: Jobs<EntitiesJob> {
        Jobs(rows: jobRows) { [self] job, budget, tx in
            switch job {
            case .deleteEntity(let entityId, let actor, let audience):
                return try deleteSomeParts(
                    of: entityId, for: audience ?? .platform, by: actor.caller, &budget, in: tx)
            case .removeUser(let userId, let admin, let offboarding, let lastGiven):
                return try removeSome(
                    of: UserRemoval(userId: userId, by: admin, offboarding: offboarding),
                    lastGiven: lastGiven, &budget, in: tx)
            case .releaseEntities(let event):
                return try makeSomePersonal(event, &budget, in: tx)
            case .removeMember(let event, let removal, let after):
                let last = try removeFromSomeEntities(
                    event, at: removal, after: after, &budget, in: tx)
                job = .removeMember(event, removal: removal, after: last)
                return !budget.isSpent
            }
        }
    }
}
