import Contract
import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases: DecisionMaker {
    func decide(_ items: [DecisionQuery.Item]) async throws -> [Decision] {
        var decisions: [Decision] = []
        var undecided: [Int] = []
        try database.read { reader in
            for (index, item) in items.enumerated() {
                let decision = try Self.decide(item, in: reader)
                if decision == nil { undecided.append(index) }
                decisions.append(decision ?? .denied)
            }
        }
        let remote = try await remoteSteps(
            undecided.map {
                AccessQuery(entityId: items[$0].resourceId, userId: items[$0].subject.userId)
            })
        for (index, steps) in zip(undecided, remote) {
            if let step = steps.first { decisions[index] = .allowed(step.rawValue) }
        }
        return decisions
    }

    /// nil if only other contexts can decide.
    private static func decide(
        _ item: DecisionQuery.Item, in db: some Queryable
    ) throws -> Decision? {
        guard IDMinter.isWellFormed(item.resourceId, prefix: "ent_"),
            let entity = try EntityStore.find(item.resourceId, in: db)
        else { return .unknownResource }
        let query = AccessQuery(entityId: entity.id, userId: item.subject.userId)
        let step = try GrantStore.step(of: query, in: db)
        switch item.action {
        case EntityDecisions.access: return step.map { .allowed($0.rawValue) }
        case EntityDecisions.publish:
            return step == .publisher ? .allowed(AccessStep.publisher.rawValue) : .denied
        case EntityDecisions.own:
            // An owner is a publisher, unless an offboarding has not reached the entity yet.
            let owns = step == .publisher && entity.ownerId == query.userId
            return owns ? .allowed("owner") : .denied
        default: return .unknownAction
        }
    }

    /// What one list of people goes through at once.
    private static let mostHolders = 999

    func grantHolders(
        of resourceId: String, after: String, limit: Int
    ) async throws -> GrantHolders? {
        guard IDMinter.isWellFormed(resourceId, prefix: "ent_"),
            try database.read({ try EntityStore.exists(resourceId, in: $0) })
        else { return nil }
        let found = try await candidates(
            for: resourceId, nil, after: after, limit: min(limit, Self.mostHolders))
        return GrantHolders(found.first, areAll: found.areAll)
    }

    func resources(of subject: DecisionSubject, _ page: PageRequest) async throws -> Page<String> {
        let caller = Caller(userId: subject.userId)
        return try await listEntities(EntityFilter(), page, by: caller).map(\.entity.id)
    }
}
