import Contract
import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Offboardings, slices of their jobs and grants in random order: at every moment the user has
/// exactly what they got since the last offboarding.
@Suite struct OffboardingStoryTests {
    private final class Story {
        let world: World
        let ada: Caller
        let keeper: Caller
        let root: Caller
        private let random: SeededRandom
        private var entities: [Entity] = []
        /// What the user must have.
        private var expected: [String: AccessStep] = [:]
        private var operations: [String] = []

        init(seed: UInt64) async throws {
            world = try World(seed: seed, jobRows: 1 + Int(seed % 3))
            random = SeededRandom(seed: seed)
            ada = world.user("ada")
            keeper = world.user("keeper")
            root = world.admin()
            for number in 0..<5 {
                entities.append(try await world.entity("E\(number)", by: keeper))
            }
        }

        func step() async throws {
            let entity = entities[random.below(5)]
            switch random.below(8) {
            case 0:
                operations.append("opr_\(operations.count)")
                try await world.useCases.onUserOffboarded(ada, by: root, operations.last ?? "")
                expected = [:]
            case 1, 2:
                try await world.share(entity, with: "ada", by: keeper)
                expected[entity.id] = expected[entity.id] ?? .directShare
            case 3:
                try await world.addPublisher(ada, to: entity, by: keeper)
                expected[entity.id] = .publisher
            case 4: try await transfer(entity)
            case 5:
                let own = try await world.entity("Own \(random.below(1_000_000))", by: ada)
                expected[own.id] = .publisher
            default: _ = try await world.advanceJob()
            }
            try await check()
        }

        private func transfer(_ entity: Entity) async throws {
            let owner = try world.database.read { try EntityStore.find(entity.id, in: $0)?.ownerId }
            guard owner == keeper.userId else { return }
            _ = try await world.useCases.transferOwnership(
                of: entity.id, to: ada.userId, by: keeper
            ).commit()
            expected[entity.id] = .publisher
        }

        func check() async throws {
            let list = try await world.useCases.listEntities(
                EntityFilter(), PageRequest(size: 100), by: ada)
            let found = Dictionary(list.items.map { ($0.entity.id, $0.via) }) { first, _ in first }
            #expect(found == expected)
            #expect(list.total == expected.count)
            for entity in entities {
                #expect(try world.step(of: ada, to: entity) == expected[entity.id])
                let publishes = try world.useCases.isPublisher(ada.userId, of: entity.id)
                #expect(publishes == (expected[entity.id] == .publisher))
            }
        }

        func finish() async throws {
            try await world.finishJobs()
            try await check()
            for operation in operations {
                #expect(try world.useCases.offboardingState(operation).finishedAt != nil)
            }
            // Every owner is a publisher.
            let orphans = try world.database.read { reader in
                try reader.rows(
                    """
                    SELECT e.id FROM entities e WHERE id > '' AND NOT EXISTS (
                        SELECT 1 FROM publishers p
                        WHERE p.user_id = e.owner_id AND p.entity_id = e.id)
                    """
                ) { $0.text(0) }
            }
            #expect(orphans.isEmpty)
        }
    }

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `a user has exactly what they got since the last offboarding`(_ seed: UInt64) async throws
    {
        let story = try await Story(seed: seed)
        for _ in 0..<40 { try await story.step() }
        try await story.finish()
    }
}
