import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite

/// Access that other contexts know of, queried if no local grant decides.
extension EntitiesUseCases {
    /// The first step by which another context gives the caller access; not queried if they have a
    /// local grant.
    ///
    /// Entities that don't exist are queried too: otherwise an outage, or timing, would distinguish
    /// them from hidden ones. A caller who loses the local grant right after this check is refused,
    /// even if another step would give them access at the next request.
    func remoteStep(to entityId: String, for caller: Caller) async throws -> AccessStep? {
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        guard IDMinter.isWellFormed(entityId, prefix: "ent_"),
            try database.read({ try GrantStore.step(of: query, in: $0) }) == nil
        else { return nil }
        return try await remoteSteps([query])[0].first
    }

    /// The grants that other contexts know of, for each query in order; the first of each is
    /// certain. Collaborations need not be known where a store already decides. Only what leases do
    /// not answer is asked.
    func remoteSteps(_ queries: [AccessQuery]) async throws -> [AccessSteps] {
        var steps = organizations.knownStoreAccess(queries)
        let closed = queries.indices.filter { steps[$0]?.isEmpty == true }
        let collaborates = collaborators.knownCollaborations(closed.map { queries[$0] })
        for (index, collaborates) in zip(closed, collaborates) {
            steps[index] = collaborates.map { $0 ? .collaborator : [] }
        }
        let unknown = steps.indices.filter { steps[$0] == nil }
        if !unknown.isEmpty {
            let asked = try await askedSteps(unknown.map { queries[$0] })
            for (index, found) in zip(unknown, asked) { steps[index] = found }
        }
        return steps.map { $0 ?? [] }
    }

    /// The same for one query, if leases answer it; otherwise nil.
    func knownSteps(_ query: AccessQuery) -> AccessSteps? {
        guard let stores = organizations.knownStoreAccess(query) else { return nil }
        if !stores.isEmpty { return stores }
        return collaborators.knownCollaboration(query).map { $0 ? .collaborator : [] }
    }

    private func askedSteps(_ queries: [AccessQuery]) async throws -> [AccessSteps] {
        try await Self.orAccessUnknown {
            async let asked = collaborations(among: queries)
            var steps = try await organizations.storeAccess(queries)
            guard steps.count == queries.count else {
                throw Fault.unexpected("\(steps.count) replies to \(queries.count) queries")
            }
            switch await asked {
            case .success(let places): for place in places { steps[place].insert(.collaborator) }
            case .failure(let error):
                guard steps.allSatisfy({ !$0.isEmpty }) else { throw error }
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

    /// Every entity that other contexts make accessible to the user, except those in public stores,
    /// of which this context has a copy that is now up to date.
    func remoteEntities(for userId: String) async throws -> RemoteEntities {
        try await Self.orAccessUnknown {
            async let collaborations = collaborators.entities(for: userId)
            let stores = try await storeEntities(for: userId)
            var steps: [String: AccessStep] = [:]
            for entityId in try await collaborations { steps[entityId] = .collaborator }
            for entityId in stores.organizationStore { steps[entityId] = .organizationStore }
            return RemoteEntities(steps: steps, closing: stores.closing)
        }
    }

    /// Gets the entities in stores, and applies to the copy what changed in public stores since the
    /// last call, mostly nothing. No request is answered from a copy older than its own query.
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

    /// Turns any failure of a query into 503 `access_unknown`: access is never guessed.
    static func orAccessUnknown<T>(_ query: () async throws -> T) async throws -> T {
        do {
            return try await query()
        } catch {
            throw Fault(
                EntityProblems.accessUnknown, retryAfter: 1, privateDetail: "\(error)")
        }
    }
}

/// The entities that other contexts make accessible to a user.
struct RemoteEntities: Sendable, Equatable {
    /// The first step for each entity, public stores aside.
    let steps: [String: AccessStep]
    /// Entities that are public by the copy, but no longer in fact.
    let closing: [String]
}
