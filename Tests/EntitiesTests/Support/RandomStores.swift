import EntitiesContract
import Kernel
import SQLite
import TestSupport

@testable import Entities

/// Entities that Bob can access in every way, changed at random, and what the lists must have.
final class RandomStores {
    let world: World
    let bob: Caller
    private let ada: Caller
    private let random: SeededRandom
    private var alive: [Entity] = []
    private var shared: Set<String> = []
    private var publications: [StorePlace: Bool] = [:]
    private var members: Set<String> = []
    private var closing: Set<String> = []
    private var collaborations: Set<String> = []
    private let organizations = ["org_1", "org_2", "org_3"]

    init(in world: World, _ random: SeededRandom) async throws {
        (self.world, self.random) = (world, random)
        (ada, bob) = (world.user("ada"), world.user("bob"))
        world.organizations.set { $0.changesAtOnce = 1 + random.below(4) }
        for _ in 0..<14 { try await add() }
    }

    private func add() async throws {
        let type = ["app", "service"][random.below(2)]
        let owner = random.below(5) == 0 ? bob : ada
        alive.append(try await world.entity(name(), by: owner, type: type))
    }

    private func name() -> String {
        ["Red", "Blue"][random.below(2)] + " \(random.below(1_000_000))"
    }

    private func some<T>(_ all: [T], _ odds: Int) -> [T] {
        all.filter { _ in random.below(odds) == 0 }
    }

    func change(_ round: Int) async throws {
        // Publish, withdraw, show and hide.
        for entity in alive.map(\.id) + ["ent_gone"] {
            for organization in some(organizations, 4) {
                let place = StorePlace(organization: organization, entity: entity)
                publications[place] = [nil, false, true][random.below(3)]
            }
        }
        // Join and leave.
        members = Set(some(organizations, 2))
        // Organizations that are deleted: first they only don't count, then their rows go.
        for organization in closing {
            publications = publications.filter { $0.key.organization != organization }
        }
        closing = random.below(3) == 0 ? Set(some(organizations, 2)) : []
        collaborations = Set(some(alive.map(\.id), 4))
        world.organizations.set { state in
            state.publications = publications
            state.members = Dictionary(uniqueKeysWithValues: members.map { ($0, [bob.userId]) })
            state.closingOrganizations = closing
            if random.below(6) == 0 { state.epoch = "another \(round)" }
        }
        world.collaborators.set { state in
            state.collaborations = Set(
                collaborations.map { AccessQuery(entityId: $0, userId: bob.userId) })
        }
        try await changeEntities()
    }

    private func changeEntities() async throws {
        for (place, entity) in alive.enumerated() where entity.ownerId == ada.userId {
            switch random.below(12) {
            case 0:
                try await world.share(entity, with: "bob", by: ada)
                shared.insert(entity.id)
            case 1 where shared.contains(entity.id):
                try await world.database.write { [bob] tx in
                    let pair = AccessQuery(entityId: entity.id, userId: bob.userId)
                    _ = try ShareStore.delete(with: pair, in: tx)
                }
                shared.remove(entity.id)
            case 2:
                alive[place] = try await world.useCases.updateEntity(
                    entity.id, try EntityUpdate(name: .value(name())), by: ada
                ).commit()
            default: break
            }
        }
        if random.below(4) == 0, let victim = alive.last(where: { $0.ownerId == ada.userId }) {
            // Its job may not have finished when the lists are read.
            try await world.useCases.deleteEntity(victim.id, by: ada).commit()
            alive.removeAll { $0.id == victim.id }
            try await add()
        }
    }

    /// By the rules, from the state alone.
    private func step(_ entity: Entity) -> AccessStep? {
        if entity.ownerId == bob.userId { return .publisher }
        if shared.contains(entity.id) { return .directShare }
        let places = publications.filter {
            $0.key.entity == entity.id && !closing.contains($0.key.organization)
        }
        if places.keys.contains(where: { members.contains($0.organization) }) {
            return .organizationStore
        }
        if places.values.contains(true) { return .publicStore }
        return collaborations.contains(entity.id) ? .collaborator : nil
    }

    /// Names and steps, newest first.
    func expected(_ filter: EntityFilter) -> [String] {
        alive.reversed().filter { entity in
            (filter.type.map { entity.type == $0 } ?? true)
                && (filter.search.map {
                    "\(entity.name)\n\(entity.slug)".lowercased().contains($0)
                } ?? true)
        }.compactMap { entity in step(entity).map { "\(entity.name) \($0)" } }
    }
}
