import Kernel
import OrganizationsContract
import SQLite
import WriteKit

/// What other services query.
extension OrganizationsUseCases {
    /// The ids of organizations, by their external ids, whoever sees them.
    func findOrganizations(externalIds: [String]) throws -> [String: String] {
        try database.read { try OrganizationStore.externalIds.ids(of: externalIds, in: $0) }
    }

    func storeAccess(_ query: StoreAccessQuery) throws -> StoreAccessReply {
        // A subject without entities costs a statement too.
        let count = query.subjects.reduce(0) { $0 + max(1, $1.entityIds.count) }
        guard count <= StoreAccessQuery.maximum else {
            throw Fault.invalid("/subjects", "must have at most \(StoreAccessQuery.maximum) pairs")
        }
        let mark = leaseMark()
        let grants = try database.read { reader in
            try query.subjects.map { subject in
                let access = try AccessStore.storeAccess(
                    of: subject.userId, to: subject.entityIds,
                    in: reader)
                return StoreAccessReply.Grants(
                    organizationStore: access.organizationStore, publicStore: access.publicStore)
            }
        }
        return StoreAccessReply(subjects: grants, mark: mark)
    }

    /// Runs off the loop, since a user can be in any number of organizations.
    func storeEntities(_ query: StoreEntitiesQuery) async throws -> StoreEntitiesReply {
        let reply = try await database.readAside { reader in
            let mark = try StoreChangeStore.mark(in: reader)
            // A newer one than the database's is from before a restore.
            let known = query.since.flatMap {
                $0.epoch == mark.epoch && $0.version <= mark.version ? $0 : nil
            }
            let maximum = StoreEntitiesReply.maximumChanges
            let changes = try StoreChangeStore.changes(
                since: known?.version ?? 0, limit: maximum, in: reader)
            let isComplete = changes.all.count < maximum
            let version = isComplete ? mark.version : changes.last ?? mark.version
            return StoreEntitiesReply(
                organizationIds: try AccessStore.organizations(of: query.userId, in: reader),
                startsOver: known == nil, changes: changes.all,
                mark: StoreMark(epoch: mark.epoch, version: version), isComplete: isComplete,
                closing: try StoreChangeStore.closing(in: reader))
        }
        // The version of a change that is lost with this machine is given again, to another one.
        if !reply.changes.isEmpty { try await database.settle() }
        return reply
    }

    func colleagues(_ query: ColleaguesQuery) throws -> ColleaguesReply {
        guard query.among.count <= ColleaguesQuery.maximum else {
            throw Fault.invalid("/among", "must have at most \(ColleaguesQuery.maximum) users")
        }
        let found = try database.read {
            try AccessStore.colleagues(of: query.userId, among: query.among, in: $0)
        }
        return ColleaguesReply(colleagues: found)
    }

    func membership(_ query: MembershipQuery) throws -> MembershipReply {
        let found = try database.read {
            try MembershipStore.find(query.userId, in: query.organizationId, $0)
        }
        return MembershipReply(
            membershipId: found?.id, isAdmin: found?.role.power.isAdmin == true)
    }
}
