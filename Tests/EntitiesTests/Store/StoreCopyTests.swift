import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing

@testable import Entities

/// How the copy of stores is brought up to date, and what follows its rows.
@Suite struct StoreCopyTests {
    private let world: World

    init() throws { world = try World() }

    private func answer(
        _ version: Int, _ changes: [String: Bool?] = [:], of organization: String = "org_1",
        startsOver: Bool = false, epoch: String = "first"
    ) -> StoreEntitiesReply {
        StoreEntitiesReply(
            organizationIds: [], startsOver: startsOver,
            changes: changes.map {
                .init(organizationId: organization, entityId: $0.key, isPublic: $0.value)
            },
            mark: StoreMark(epoch: epoch, version: version), isComplete: true, closing: [])
    }

    /// - Returns: the mark afterwards.
    @discardableResult
    private func apply(
        _ answer: StoreEntitiesReply, to mark: StoreMark?
    ) async throws -> StoreMark? {
        try await world.database.write { tx in
            try StoreCopy.apply(answer, to: mark, in: tx)
            return try StoreCopy.mark(in: tx)
        }
    }

    private func publicCount() throws -> Int64? {
        try world.database.read {
            try $0.row("SELECT sum(entities) FROM public_counts WHERE type > ''") { $0.int(0) }
        }
    }

    /// The rows, each with what was copied of its entity.
    private func rows() throws -> [String] {
        try world.database.read { db in
            try db.rows(
                """
                SELECT organization_id, entity_id, is_public, is_open, search_text
                FROM store_entities WHERE organization_id > ''
                """
            ) {
                "\($0.text(0)) \($0.text(1)) \($0.bool(2)) \($0.bool(3)) \($0.text(4).prefix(3))"
            }
        }
    }

    @Test func `an answer to an outdated question changes nothing`() async throws {
        let entity = try await world.entity(by: world.user("ada"))
        let first = answer(1, [entity.id: true], startsOver: true)
        #expect(try await apply(first, to: nil) == first.mark)
        #expect(try publicCount() == 1)
        let second = answer(2, [entity.id: false])
        #expect(try await apply(second, to: first.mark) == second.mark)
        for late in [first, answer(3, [entity.id: true])] {
            #expect(try await apply(late, to: late == first ? nil : first.mark) == second.mark)
            #expect(try publicCount() == 0)
        }
    }

    @Test func `rows follow their entity, and its being public follows from all of them`()
        async throws
    {
        let ada = world.user("ada")
        let entity = try await world.entity("Old", by: ada)
        let id = entity.id
        var mark = try await apply(answer(1, [id: false, "ent_none": true]), to: nil)
        #expect(try rows() == ["org_1 \(id) false false old"])
        mark = try await apply(answer(2, [id: true], of: "org_2"), to: mark)
        #expect(try rows() == ["org_1 \(id) false true old", "org_2 \(id) true true old"])
        _ = try await world.useCases.updateEntity(
            id, try EntityUpdate(name: .value("New")), by: ada
        ).commit()
        mark = try await apply(answer(3, [id: nil], of: "org_2"), to: mark)
        #expect(try rows() == ["org_1 \(id) false false new"])
        #expect(try publicCount() == 0)
        try await world.useCases.deleteEntity(id, by: ada).commit()
        #expect(try rows().isEmpty)
        // Deleted here, but not there yet.
        try await apply(answer(4, [id: true]), to: mark)
        #expect(try rows().isEmpty)
    }

    @Test func `an entity that a job deletes gets no rows and doesn't become public`()
        async throws
    {
        let world = try World(jobRows: 2)
        let ada = world.user("ada")
        let entity = try await world.entity(by: ada)
        let id = entity.id
        try await world.database.write { tx in
            let changes = (1...5).map {
                StoreEntitiesReply.Change(
                    organizationId: "org_\($0)", entityId: id, isPublic: false)
            }
            let first = StoreEntitiesReply(
                organizationIds: [], startsOver: false, changes: changes,
                mark: StoreMark(epoch: "first", version: 5), isComplete: true, closing: [])
            try StoreCopy.apply(first, to: nil, in: tx)
        }
        try await world.useCases.deleteEntity(id, by: ada).commit()
        let late = answer(6, [id: true], of: "org_9")
        try await world.database.write { tx in
            try StoreCopy.apply(late, to: StoreMark(epoch: "first", version: 5), in: tx)
        }
        func count() throws -> Int64? {
            try world.database.read {
                try $0.row(
                    """
                    SELECT count(*) + 100 * max(is_public) FROM store_entities
                    WHERE organization_id > ''
                    """
                ) { $0.int(0) }
            }
        }
        var before = try #require(try count())
        #expect(before > 2 && before <= 5)
        while try await world.advanceJob() {
            let now = try count() ?? 0
            #expect(before - now <= 2)
            before = now
        }
        #expect(try world.database.read { try EntityStore.find(id, in: $0) } == nil)
    }

    @Test func `the mark stays empty until everything is cleared`() async throws {
        let known = try await apply(answer(1), to: nil)
        try await addEntities(StoreEntitiesReply.maximumChanges + 1)
        try await world.database.write { tx in
            // Some are from a time when the copy had public entities alone.
            try tx.execute("UPDATE entities SET is_public = 1 WHERE id > 'ent_'")
            try tx.execute(
                """
                INSERT INTO store_entities SELECT 'org_1', id, 1, 'app', 1, 'e' FROM entities
                WHERE id > 'ent_' LIMIT 2
                """)
            try tx.execute("INSERT INTO store_versions VALUES ('org_1', 100)")
        }
        let other = answer(9, startsOver: true, epoch: "other")
        #expect(try await apply(other, to: known) == nil)
        #expect(try publicCount() == 4 && rows().isEmpty)
        let seen = VisibleStores(organizationIds: ["org_1"], closing: [], mark: other.mark)
        #expect(try !world.database.read { try StoreCopy.agrees(with: seen, in: $0) })
        #expect(try await apply(other, to: nil) == other.mark)
        #expect(try publicCount() == 0)
        #expect(try world.database.read { try StoreCopy.agrees(with: seen, in: $0) })
    }

    @Test func `a copy agrees until a store of the user has changed`() async throws {
        let entity = try await world.entity(by: world.user("ada"))
        let first = answer(1, [entity.id: false])
        let mark = try await apply(first, to: nil)
        func agrees(_ organization: String, _ version: Int, epoch: String = "first") throws -> Bool
        {
            let mark = StoreMark(epoch: epoch, version: version)
            let seen = VisibleStores(organizationIds: [organization], closing: [], mark: mark)
            return try world.database.read { try StoreCopy.agrees(with: seen, in: $0) }
        }
        #expect(try agrees("org_1", 1) && agrees("org_2", 1))
        #expect(try !agrees("org_1", 2) && !agrees("org_1", 1, epoch: "other"))
        try await apply(answer(2, [entity.id: true], of: "org_2"), to: mark)
        #expect(try agrees("org_1", 1) && !agrees("org_2", 1))
        #expect(try agrees("org_1", 2) && agrees("org_2", 2))
    }

    private func addEntities(_ count: Int) async throws {
        try await world.database.write { tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at,
                    search_text)
                SELECT 'ent_' || i, 'E', 'e-' || i, 'app', 'usr_ada', 1, 1, 'e' FROM n
                """, .int(count))
        }
    }
}
