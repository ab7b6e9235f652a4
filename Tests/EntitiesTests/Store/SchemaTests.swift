import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct SchemaTests {
    let world: World
    let ada: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
    }

    @Test func `the schema accepts every entity type`() async throws {
        for type in EntityType.allCases {
            try await world.entity("E", by: ada, type: type.rawValue)
        }
    }

    @Test func `a user has at most one share of an entity`() async throws {
        let entity = try await world.entity(by: ada)
        let error = await #expect(throws: DatabaseError.self) {
            try await world.database.write { tx in
                for id in ["shr_1", "shr_2"] {
                    let share = Share(
                        id: id, entityId: entity.id, userId: "usr_b", createdBy: "usr_a",
                        createdAt: tx.now)
                    try ShareStore.insert(share, in: tx)
                }
            }
        }
        #expect(error?.kind == .uniqueViolation)
        #expect(try world.step(of: Caller(userId: "usr_b"), to: entity) == nil)
    }

    @Test func `rows can't refer to an entity that does not exist`() async throws {
        let error = await #expect(throws: DatabaseError.self) {
            try await world.database.write { tx in
                let publisher = Publisher(
                    entityId: "ent_none", userId: "usr_a", addedBy: "usr_a", addedAt: tx.now)
                try PublisherStore.insert(publisher, in: tx)
            }
        }
        #expect(error?.kind == .foreignKeyViolation)
    }

    @Test func `rows of the same time are ordered by id`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.database.write { tx in
            for id in ["usr_b", "usr_d", "usr_c"] {
                let publisher = Publisher(
                    entityId: entity.id, userId: id, addedBy: "usr_a", addedAt: tx.now)
                try PublisherStore.insert(publisher, in: tx)
            }
        }
        let ids = try (1...4).map { number in
            try world.database.read {
                try PublisherStore.page(
                    of: entity.id, PageRequest(page: number, size: 1), in: $0)
            }.items.map(\.userId)
        }
        #expect(ids == [["usr_d"], ["usr_c"], ["usr_b"], [ada.userId]])
    }

    @Test func `pages of installations are newest first`() async throws {
        var names: [String] = []
        for index in 0..<5 {
            let entity = try await world.entity("E\(index)", by: ada)
            _ = try await world.useCases.install(entity.id, version: nil, by: ada).commit()
            names.insert(entity.name, at: 0)
        }
        var seen: [String] = []
        for number in 1...3 {
            let page = try await world.useCases.listInstallations(
                PageRequest(page: number, size: 2), by: ada)
            #expect(page.total == 5)
            seen += page.items.map(\.entity.name)
        }
        #expect(seen == names)
    }
}
