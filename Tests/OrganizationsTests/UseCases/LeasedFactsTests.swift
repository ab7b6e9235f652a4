import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing

@testable import Organizations

/// Other services keep answers about access through stores until a change of their user or entity
/// is reported.
@Suite struct LeasedFactsTests {
    private struct Pair: Hashable {
        let user: String
        let entity: String
    }

    private final class Scene {
        let world: World
        let random: SeededRandom
        let owner: Caller
        var users: [Caller]
        var entities: [String]
        var organizations: [Organization] = []

        init(seed: UInt64) throws {
            world = try World(seed: seed, jobRows: 2)
            random = SeededRandom(seed: seed)
            owner = world.user("owner")
            users = [world.user("ada"), world.user("bob"), world.user("eve")]
            let (world, owner) = (world, owner)
            entities = (0..<3).map { _ in world.entities.add(by: owner) }
        }

        private func one<T>(_ list: [T]) -> T { list[random.below(list.count)] }

        /// Does something that can change access; failures are part of it.
        func act() async throws {
            if organizations.count < 2 {
                organizations.append(
                    try await world.organization("Acme \(random.below(1_000_000))", by: owner))
            }
            let (organization, user, entity) = (one(organizations), one(users), one(entities))
            switch random.below(12) {
            case 0, 1, 2: _ = try await world.join(user, organization, by: owner)
            case 3, 4, 5:
                _ = try await world.publish(
                    entity, publicly: random.below(2) == 0, to: organization, by: owner)
            case 6: try await world.remove(user, from: organization, by: owner)
            case 7:
                _ = try await world.useCases.unpublish(
                    entity, from: organization.id, by: owner
                ).commit()
            case 8:
                organizations.removeAll { $0.id == organization.id }
                _ = try await world.useCases.deleteOrganization(organization.id, by: owner).commit()
            case 9:
                _ = try await world.useCases.onUserOffboarded(
                    user, by: owner, "opr_\(random.next())")
            case 10:
                _ = try await world.useCases.onEntityDeleted(
                    entity, by: owner, eventId: "evt_\(random.next())")
                entities[entities.firstIndex(of: entity) ?? 0] = world.entities.add(by: owner)
            default: _ = try await world.advanceJob()
            }
        }

        func answers(_ known: Set<String>) throws -> [Pair: [Bool]] {
            var answers: [Pair: [Bool]] = [:]
            for user in users {
                for entity in known {
                    let query = StoreAccessQuery(
                        subjects: [.init(userId: user.userId, entityIds: [entity])])
                    let grants = try world.useCases.storeAccess(query).subjects[0]
                    answers[Pair(user: user.userId, entity: entity)] = [
                        !grants.organizationStore.isEmpty, !grants.publicStore.isEmpty,
                    ]
                }
            }
            return answers
        }
    }

    @Test(arguments: 1...30)
    func `whatever changes an answer, a change of its user or entity is reported`(
        seed: UInt64
    ) async throws {
        let scene = try Scene(seed: seed)
        var (known, changed) = (Set(scene.entities), 0)
        for _ in 0..<60 {
            let before = try scene.answers(known)
            _ = scene.world.changes.take()
            try? await scene.act()
            let keys = scene.world.changes.take()
            for (pair, answer) in try scene.answers(known) where answer != before[pair] {
                changed += 1
                let isReported = !keys.isDisjoint(with: [pair.user, pair.entity, "*"])
                #expect(isReported, "\(pair): \(before[pair] ?? []) is \(answer), \(keys)")
            }
            known.formUnion(scene.entities)
        }
        #expect(changed > 5)
    }

    @Test func `what changes no answer is not reported`() async throws {
        let world = try World()
        let ada = world.user("ada")
        let acme = try await world.organization(by: ada)
        _ = world.changes.take()
        _ = try await world.role("writers", ["org:write"], in: acme, by: ada)
        #expect(world.changes.take().isEmpty)
    }
}
