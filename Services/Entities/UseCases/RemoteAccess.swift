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

    /// The stores that a user sees. What changed in any store since the last call, mostly nothing,
    /// is applied to the copy first; `StoreCopy.agrees` says whether it still is as it was then.
    func visibleStores(of userId: String) async throws -> VisibleStores {
        try await Self.orAccessUnknown {
            while true {
                let mark = try database.read { try StoreCopy.mark(in: $0) }
                let answer = try await organizations.storeEntities(for: userId, since: mark)
                if answer.mark != mark || answer.startsOver {
                    try await database.write { try StoreCopy.apply(answer, to: mark, in: $0) }
                }
                if answer.isComplete { return VisibleStores(answer) }
                try Task.checkCancellation()
            }
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

/// The stores that are open to a user, as of a mark.
struct VisibleStores: Sendable, Equatable {
    /// The user's organizations, each once.
    let organizationIds: [String]
    /// Organizations that are being deleted. Their stores are open to nobody.
    let closing: [String]
    let mark: StoreMark
}

extension VisibleStores {
    init(_ answer: StoreEntitiesReply) {
        organizationIds = Set(answer.organizationIds).sorted()
        closing = answer.closing
        mark = answer.mark
    }
}
