import EntitiesContract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// The result of one check.
struct AccessDecision: Sendable, Equatable {
    /// The first step that grants access; nil: none.
    var via: AccessStep?
    /// Why there is none, where grants did not decide.
    var reason: AccessReason?
}

extension EntitiesUseCases {
    /// The decision about each query, in order. Publishers can ask about other users of the entity,
    /// platform admins with the scope about everybody.
    func checkAccess(
        _ queries: [AccessQuery], by caller: Caller
    ) async throws -> [AccessDecision] {
        var (decisions, undecided) = try checkLocally(queries, by: caller)
        // Asks about entities that don't exist too, as `remoteStep` does, but never grants access.
        let remote = try await remoteSteps(undecided.map { queries[$0.index] })
        for (query, found) in zip(undecided, remote) where query.exists {
            decisions[query.index].via = found.first
        }
        let open = Self.openToUsers(decisions, of: queries, by: caller)
        let users = try await existing(Set(open.map { queries[$0].userId }))
        for index in open where !users.contains(queries[index].userId) {
            decisions[index].via = nil
        }
        return decisions
    }

    /// The same, if no other service has to be asked; otherwise nil.
    func checkAccessNow(
        _ queries: [AccessQuery], by caller: Caller
    ) throws -> [AccessDecision]? {
        var (decisions, undecided) = try checkLocally(queries, by: caller)
        for query in undecided {
            guard let steps = knownSteps(queries[query.index]) else { return nil }
            if query.exists { decisions[query.index].via = steps.first }
        }
        let open = Self.openToUsers(decisions, of: queries, by: caller)
        return open.allSatisfy { directory.isKnownToExist(queries[$0].userId) } ? decisions : nil
    }

    /// The decisions that hold for users alone: a public store is open to every user, but to nobody
    /// else.
    private static func openToUsers(
        _ decisions: [AccessDecision], of queries: [AccessQuery], by caller: Caller
    ) -> [Int] {
        decisions.indices.filter {
            decisions[$0].via == .publicStore && queries[$0].userId != caller.userId
        }
    }

    /// Those of the ids that belong to users.
    func existing(_ ids: Set<String>) async throws -> Set<String> {
        guard !ids.isEmpty else { return [] }
        return try await Self.orAccessUnknown { try await directory.existing(ids) }
    }

    /// A query that only other services can decide.
    private typealias Undecided = (index: Int, exists: Bool)

    /// - Throws: 422 for no or too many queries.
    private func checkLocally(
        _ queries: [AccessQuery], by caller: Caller
    ) throws -> (decisions: [AccessDecision], undecided: [Undecided]) {
        guard (1...EntityLimits.checks).contains(queries.count) else {
            throw Fault.invalid("/checks", "must contain 1 to \(EntityLimits.checks) checks")
        }
        return try database.read { try Self.checkLocally(queries, by: caller, in: $0) }
    }

    private static func checkLocally(
        _ queries: [AccessQuery], by caller: Caller, in db: some Queryable
    ) throws -> (decisions: [AccessDecision], undecided: [Undecided]) {
        var decisions = [AccessDecision](repeating: AccessDecision(), count: queries.count)
        var undecided: [Undecided] = []
        let checksEverybody = EntityPolicy.checksEverybody(caller)
        let local = try LocalSteps(in: db)
        let suspended = try SuspendedUsers.among(queries.map(\.userId), in: db)
        for (index, query) in queries.enumerated() {
            let isAllowed =
                try checksEverybody || query.userId == caller.userId
                || PublisherStore.contains(caller.userId, of: query.entityId, in: db)
            guard isAllowed else {
                decisions[index].reason = .notAllowedToAsk
                continue
            }
            guard !suspended.contains(query.userId) else {
                decisions[index].reason = .userSuspended
                continue
            }
            guard IDMinter.isWellFormed(query.entityId, prefix: "ent_") else { continue }
            switch try local.step(of: query, in: db) {
            case .grant(let step): decisions[index].via = step
            case .noGrant(let exists): undecided.append((index, exists))
            }
        }
        return (decisions, undecided)
    }
}
