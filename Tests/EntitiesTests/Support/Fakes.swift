import Contract
import Kernel
import Synchronization

@testable import Entities

struct NeighbourIsDown: Error {}

/// What the organizations context would say. It counts how often it is asked.
final class FakeOrganizations: Organizations {
    struct State {
        /// Organization → members.
        var members: [String: Set<String>] = [:]
        /// Of those who have come back: which of their memberships this is.
        var terms: [String: Int] = [:]
        /// Entity → the users who reach it through a store of their organization.
        var stores: [String: Set<String>] = [:]
        /// Entities in public stores.
        var publicEntities: Set<String> = []
        var isDown = false
        var calls = 0
    }

    private let state = Mutex(State())

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    var calls: Int { state.withLock(\.calls) }

    private func ask<T: Sendable>(_ question: (State) -> T) throws -> T {
        try state.withLock { state in
            state.calls += 1
            if state.isDown { throw NeighbourIsDown() }
            return question(state)
        }
    }

    func colleagues(of userId: String, among others: [String]) throws -> Set<String> {
        try ask { state in
            let organizations = state.members.values.filter { $0.contains(userId) }
            return Set(others).intersection(organizations.reduce(into: []) { $0.formUnion($1) })
        }
    }

    func membership(of userId: String, in organizationId: String) throws -> String? {
        try ask { state in
            guard state.members[organizationId]?.contains(userId) == true else { return nil }
            let term = state.terms[userId].map { "_\($0)" } ?? ""
            return "mem_\(organizationId)_\(userId)\(term)"
        }
    }

    func storeAccess(_ queries: [AccessQuery]) throws -> [AccessSteps] {
        try ask { state in
            queries.map { query in
                var steps: AccessSteps = []
                if state.stores[query.entityId]?.contains(query.userId) == true {
                    steps.insert(.organizationStore)
                }
                if state.publicEntities.contains(query.entityId) { steps.insert(.publicStore) }
                return steps
            }
        }
    }

    func storeEntities(for userId: String) throws -> [String: AccessStep] {
        try ask { state in
            var answer = Dictionary(
                state.publicEntities.map { ($0, AccessStep.publicStore) },
                uniquingKeysWith: { first, _ in first })
            for (entityId, users) in state.stores where users.contains(userId) {
                answer[entityId] = .organizationStore
            }
            return answer
        }
    }
}

/// What the invitations context would say.
final class FakeCollaborators: Collaborators {
    struct State {
        var collaborations: Set<AccessQuery> = []
        /// Newest first.
        var audit: [(about: String, entry: AuditEntryBody)] = []
        var isDown = false
    }

    private let state = Mutex(State())

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    func collaborations(among queries: [AccessQuery]) throws -> [Int] {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            return queries.indices.filter { state.collaborations.contains(queries[$0]) }
        }
    }

    func entities(for userId: String) throws -> Set<String> {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            return Set(state.collaborations.filter { $0.userId == userId }.map(\.entityId))
        }
    }

    func auditTail(_ query: AuditTailQuery) throws -> AuditTail {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            let entries = state.audit.filter { $0.about == query.filter.about }.map(\.entry)
            return AuditTail(
                entries: Array(entries.prefix(query.limit)), total: entries.count)
        }
    }
}
