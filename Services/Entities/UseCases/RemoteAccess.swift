import EntitiesContract
import Kernel
import OrganizationsContract
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

    /// Every entity that other contexts open to the user, but for those in public stores: of these
    /// there is a copy here, which is as new as the answer.
    func entitiesElsewhere(for userId: String) async throws -> ReachElsewhere {
        try await Self.neverGuessing {
            async let collaborations = collaborators.entities(for: userId)
            let stores = try await storeEntities(for: userId)
            var steps: [String: AccessStep] = [:]
            for entityId in try await collaborations { steps[entityId] = .collaborator }
            for entityId in stores.organizationStore { steps[entityId] = .organizationStore }
            return ReachElsewhere(steps: steps, closing: stores.closing)
        }
    }

    /// Asks what stores open, and writes down what has changed in public ones since this was asked
    /// last: mostly nothing. Nobody is answered from a copy that is older than the question.
    private func storeEntities(for userId: String) async throws -> StoreEntitiesReply {
        while true {
            let mark = try database.read { try PublicCopyStore.mark(in: $0) }
            let answer = try await organizations.storeEntities(for: userId, publicSince: mark)
            if answer.mark != mark || answer.startsOver {
                try await database.write {
                    try PublicCopyStore.apply(answer, to: mark, in: $0)
                }
            }
            let known = try database.read { try PublicCopyStore.mark(in: $0) }
            if answer.isComplete, let known, known.epoch == answer.mark.epoch,
                known.version >= answer.mark.version
            {
                return answer
            }
            try Task.checkCancellation()
        }
    }

    /// Whatever goes wrong while access is asked for, the answer is that it is unknown for now.
    static func neverGuessing<T>(_ ask: () async throws -> T) async throws -> T {
        do {
            return try await ask()
        } catch {
            throw Fault(
                EntityProblems.accessUnknown, retryAfter: 1, privateDetail: "\(error)")
        }
    }
}

/// What other contexts open to a user.
struct ReachElsewhere: Sendable, Equatable {
    /// With the first step that does, public stores apart.
    let steps: [String: AccessStep]
    /// Of what is public here, that which is not.
    let closing: [String]
}
