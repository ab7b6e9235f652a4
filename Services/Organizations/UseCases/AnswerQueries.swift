import Kernel
import OrganizationsContract
import SQLite

/// What other contexts ask.
extension OrganizationsUseCases {
    func storeAccess(_ query: StoreAccessQuery) throws -> StoreAccessAnswer {
        // One who asks for nothing costs a statement all the same.
        let count = query.subjects.reduce(0) { $0 + max(1, $1.entityIds.count) }
        guard count <= StoreAccessQuery.maximum else {
            throw Fault.invalid("/subjects", "must hold at most \(StoreAccessQuery.maximum) pairs")
        }
        let grants = try database.read { reader in
            try query.subjects.map { subject in
                let reach = try ReachStore.storeAccess(
                    of: subject.userId, to: subject.entityIds, in: reader)
                return StoreAccessAnswer.Grants(
                    organizationStore: reach.organization, publicStore: reach.everybody)
            }
        }
        return StoreAccessAnswer(subjects: grants)
    }

    /// It grows with all public stores, so no loop waits for it.
    func storeEntities(_ query: StoreEntitiesQuery) async throws -> StoreEntitiesAnswer {
        try await database.readAside { reader in
            StoreEntitiesAnswer(
                organizationStore: try ReachStore.organizationEntities(
                    of: query.userId, in: reader),
                publicStore: try ReachStore.publicEntities(in: reader))
        }
    }

    func colleagues(_ query: ColleaguesQuery) throws -> ColleaguesAnswer {
        guard query.among.count <= ColleaguesQuery.maximum else {
            throw Fault.invalid("/among", "must hold at most \(ColleaguesQuery.maximum) users")
        }
        let found = try database.read {
            try ReachStore.colleagues(of: query.userId, among: query.among, in: $0)
        }
        return ColleaguesAnswer(colleagues: found)
    }

    func membership(_ query: MembershipQuery) throws -> MembershipAnswer {
        let found = try database.read {
            try MembershipStore.find(query.userId, in: query.organizationId, $0)
        }
        return MembershipAnswer(membershipId: found?.id)
    }
}
