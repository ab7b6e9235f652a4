import Contract
import Kernel
import Synchronization
import TestSupport

@testable import Organizations

struct NeighbourIsDown: Error {}

/// The entities service, scripted. Counts its calls.
final class FakeEntities: Entities {
    struct Known {
        var name: String
        var type: String
        var updatedAt: Timestamp
        var publishers: Set<String>
        /// Other users with access.
        var readers: Set<String> = []
        var externalId: String?
        var owner: String?
    }

    private struct State {
        var entities: [String: Known] = [:]
        var isDown = false
        var calls = 0
    }

    private let ids: IDMinter
    private let clock: any Clock
    private let state = Mutex(State())

    init(ids: IDMinter, clock: any Clock) {
        self.ids = ids
        self.clock = clock
    }

    var calls: Int { state.withLock(\.calls) }
    var isDown: Bool {
        get { state.withLock(\.isDown) }
        set { state.withLock { $0.isDown = newValue } }
    }

    /// - Returns: the id of a new entity with these publishers.
    func add(_ name: String = "Bot", type: String = "app", by publishers: Caller...) -> String {
        let id = ids.make("ent_")
        let known = Known(
            name: name, type: type, updatedAt: clock.now(),
            publishers: Set(publishers.map(\.userId)))
        state.withLock { $0.entities[id] = known }
        return id
    }

    func ids(ofEntities externalIds: [String]) throws -> [String: String] {
        try state.withLock { state in
            if state.isDown { throw NeighbourIsDown() }
            let named = state.entities.compactMap { id, known in
                known.externalId.map { ($0, id) }
            }
            return Dictionary(uniqueKeysWithValues: named)
                .filter { externalIds.contains($0.key) }
        }
    }

    func change(_ id: String, _ body: (inout Known) -> Void) {
        state.withLock { state in
            if var known = state.entities[id] {
                body(&known)
                state.entities[id] = known
            }
        }
    }

    func standing(of userId: String, to entityId: String) throws -> EntityStanding? {
        try state.withLock { state in
            state.calls += 1
            if state.isDown { throw NeighbourIsDown() }
            guard let known = state.entities[entityId] else { return nil }
            let isPublisher = known.publishers.contains(userId)
            return EntityStanding(
                id: entityId, name: known.name, type: known.type, updatedAt: known.updatedAt,
                isPublisher: isPublisher,
                isAccessible: isPublisher || known.readers.contains(userId),
                isOwner: known.owner == userId)
        }
    }
}

/// Bucket checks, scripted. Records the buckets it was asked to check.
final class FakeStorage: Buckets {
    private struct State {
        var fault: Fault?
        var asked: [(bucket: Bucket, secret: String)] = []
    }

    private let state = Mutex(State())

    /// The failure of every check.
    var fault: Fault? {
        get { state.withLock(\.fault) }
        set { state.withLock { $0.fault = newValue } }
    }
    var asked: [(bucket: Bucket, secret: String)] { state.withLock(\.asked) }

    func prove(_ bucket: Bucket, secret: String, for userId: String) throws(Fault) {
        let fault = state.withLock { state in
            state.asked.append((bucket, secret))
            return state.fault
        }
        if let fault { throw fault }
    }
}
