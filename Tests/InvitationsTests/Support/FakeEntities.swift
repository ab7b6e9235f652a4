import Collaboration
import Kernel
import PublicEvents
import Synchronization
import TestSupport

/// The entities that exist, who owns them and who sees them otherwise.
final class FakeEntities: Entities, Stores, Organizations {
    struct Outage: Error {}

    private struct Known {
        var name: String
        var ownerId: String
        var updatedAt: Timestamp
        /// With whom it is shared, and whom a store lets in.
        var sharedWith: Set<String> = []
        var openTo: Set<String> = []
        var externalId: String?
        var organizationId: String?
    }

    private struct State {
        var entities: [String: Known] = [:]
        var isDown = false
        var storesAsked = 0
        /// The owners and admins of organizations.
        var admins: [String: Set<String>] = [:]
    }

    private let state = Mutex(State())
    private let ids: IDMinter

    init(_ clock: any Clock) {
        ids = IDMinter(clock: clock, random: SeededRandom(seed: 9))
    }

    func add(_ name: String, owner: String, at time: Timestamp) -> String {
        let id = ids.make("ent_")
        state.withLock {
            $0.entities[id] = Known(name: name, ownerId: owner, updatedAt: time)
        }
        return id
    }

    func name(_ id: String, _ externalId: String) {
        state.withLock { $0.entities[id]?.externalId = externalId }
    }

    func put(_ id: String, in organizationId: String) {
        state.withLock { $0.entities[id]?.organizationId = organizationId }
    }

    func remove(_ id: String) { state.withLock { $0.entities[id] = nil } }

    func share(_ id: String, with userId: String) {
        state.withLock { _ = $0.entities[id]?.sharedWith.insert(userId) }
    }

    func open(_ id: String, to userId: String) {
        state.withLock { _ = $0.entities[id]?.openTo.insert(userId) }
    }

    func handOver(_ id: String, to ownerId: String, at time: Timestamp) {
        state.withLock {
            $0.entities[id]?.ownerId = ownerId
            $0.entities[id]?.updatedAt = time
        }
    }

    func rename(_ id: String, _ name: String, at time: Timestamp) {
        state.withLock {
            $0.entities[id]?.name = name
            $0.entities[id]?.updatedAt = time
        }
    }

    var isDown: Bool {
        get { state.withLock(\.isDown) }
        set { state.withLock { $0.isDown = newValue } }
    }

    var storesAsked: Int { state.withLock(\.storesAsked) }

    func setAdmins(of organizationId: String, _ userIds: String...) {
        state.withLock { $0.admins[organizationId] = Set(userIds) }
    }

    // MARK: What the context asks

    func isAdmin(_ userId: String, of organizationId: String) throws -> Bool {
        try state.withLock { state in
            if state.isDown { throw Outage() }
            return state.admins[organizationId]?.contains(userId) == true
        }
    }

    func ids(ofOrganizations externalIds: [String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: externalIds.map { ($0, "org_\($0)") })
    }

    func ids(ofEntities externalIds: [String]) throws -> [String: String] {
        try state.withLock { state in
            if state.isDown { throw Outage() }
            let named = state.entities.compactMap { id, known in
                known.externalId.map { ($0, id) }
            }
            return Dictionary(uniqueKeysWithValues: named)
                .filter { externalIds.contains($0.key) }
        }
    }

    func standing(of userId: String, to entityId: String) throws -> EntityStanding? {
        try state.withLock { state in
            if state.isDown { throw Outage() }
            return state.entities[entityId].map {
                EntityStanding(
                    id: entityId, name: $0.name, ownerId: $0.ownerId,
                    organizationId: $0.organizationId, updatedAt: $0.updatedAt,
                    isAccessible: $0.ownerId == userId || $0.sharedWith.contains(userId))
            }
        }
    }

    func isOpen(_ entityId: String, to userId: String) throws -> Bool {
        try state.withLock { state in
            if state.isDown { throw Outage() }
            state.storesAsked += 1
            return state.entities[entityId]?.openTo.contains(userId) == true
        }
    }
}
