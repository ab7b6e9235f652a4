import Kernel
import SQLite

/// Access that other contexts know of: asked when nothing local decides.
extension EntitiesUseCases {
    /// The first step by which another context lets the caller in; not asked if he is in already.
    ///
    /// It is asked for entities that don't exist too: otherwise an outage or a stopwatch would
    /// tell them from those that are hidden. Who loses his local grant right after this look is
    /// refused, whatever else might let him in at his next request.
    func stepElsewhere(to entityId: String, for caller: Caller) async throws -> AccessStep? {
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        guard IDMinter.isWellFormed(entityId, prefix: "ent_"),
            try database.read({ try GrantStore.step(of: query, in: $0) }) == nil
        else { return nil }
        return try await stepsElsewhere([query])[0].first
    }

    /// The grants that other contexts know of, for each query in their order.
    /// - Parameter isComplete: whether all are wanted; otherwise who collaborates need not be known
    ///   where a store decides already.
    func stepsElsewhere(
        _ queries: [AccessQuery], isComplete: Bool = false
    ) async throws -> [AccessSteps] {
        guard !queries.isEmpty else { return [] }
        return try await Self.neverGuessing {
            async let asked = collaborations(among: queries)
            var steps = try await organizations.storeAccess(queries)
            guard steps.count == queries.count else {
                throw Fault.unexpected("\(steps.count) answers to \(queries.count) questions")
            }
            switch await asked {
            case .success(let places): for place in places { steps[place].insert(.collaborator) }
            case .failure(let error):
                guard !isComplete, steps.allSatisfy({ !$0.isEmpty }) else { throw error }
            }
            return steps
        }
    }

    private func collaborations(
        among queries: [AccessQuery]
    ) async -> Result<[Int], any Error> {
        do {
            return .success(try await collaborators.collaborations(among: queries))
        } catch {
            return .failure(error)
        }
    }

    /// Every entity that other contexts open to the user, with the first step that does.
    func entitiesElsewhere(for userId: String) async throws -> [String: AccessStep] {
        try await Self.neverGuessing {
            async let stores = organizations.storeEntities(for: userId)
            async let collaborations = collaborators.entities(for: userId)
            var steps = try await stores
            for entityId in try await collaborations where steps[entityId] == nil {
                steps[entityId] = .collaborator
            }
            return steps
        }
    }

    /// Whatever goes wrong while access is asked for, the answer is that it is unknown for now.
    static func neverGuessing<T>(_ ask: () async throws -> T) async throws -> T {
        do {
            return try await ask()
        } catch {
            throw Fault(
                .unavailable, code: "access_unknown",
                "Whether you may access this can't be found out at the moment.", retryAfter: 1,
                privateDetail: "\(error)")
        }
    }
}
