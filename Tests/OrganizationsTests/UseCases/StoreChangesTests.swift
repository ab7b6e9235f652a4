import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing

@testable import Organizations

/// The storage of a replicated database, which can be away.
private final class Storage: CommitGate {
    let (wentAway, cameBack) = (Flag(), Flag())

    func confirm(hasNew: Bool, isRetry: Bool) throws(DatabaseError) {
        if wentAway.isSet, !cameBack.isSet {
            throw DatabaseError(.unconfirmed, "the storage is away")
        }
    }
}

/// Changes in stores since another context's last query.
@Suite struct StoreChangesTests {
    private let world: World
    private let ada: Caller
    private let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        acme = try await world.organization(by: ada)
    }

    private func told(since mark: StoreMark?) async throws -> StoreEntitiesReply {
        try await world.useCases.storeEntities(.init(userId: "usr_eve", since: mark))
    }

    private func change(_ entity: String, _ isPublic: Bool?) -> StoreEntitiesReply.Change {
        StoreEntitiesReply.Change(
            organizationId: acme.id, entityId: entity, isPublic: isPublic)
    }

    @Test func `only changes since the mark are returned`() async throws {
        let (old, new) = (world.entities.add(by: ada), world.entities.add(by: ada))
        let publication = try await world.publish(old, publicly: true, to: acme, by: ada)
        let first = try await told(since: nil)
        #expect(first.startsOver && first.isComplete && first.organizationIds.isEmpty)
        #expect(first.changes == [change(old, true)])
        let same = try await told(since: first.mark)
        #expect(!same.startsOver && same.isComplete && same.mark == first.mark)
        #expect(same.changes.isEmpty)
        try await world.publish(new, to: acme, by: ada)
        try await world.useCases.updatePublication(
            publication.id, of: acme.id, isPublic: false, by: ada
        ).commit()
        let next = try await told(since: first.mark)
        #expect(!next.startsOver && next.isComplete)
        #expect(next.changes == [change(new, false), change(old, false)])
        try await world.useCases.deletePublication(
            publication.id, of: acme.id, by: ada
        ).commit()
        #expect(try await told(since: next.mark).changes == [change(old, nil)])
        // Those who begin learn what is gone, too, once each.
        #expect(try await told(since: nil).changes == [change(new, false), change(old, nil)])
    }

    /// If this machine were lost, another change would get the same version.
    @Test func `a change is told only when the storage has it`() async throws {
        let storage = Storage()
        let world = try World(gate: storage)
        let ada = world.user("ada")
        let acme = try await world.organization(by: ada)
        let query = StoreEntitiesQuery(userId: "usr_eve")
        let mark = try await world.useCases.storeEntities(query).mark
        storage.wentAway.set()
        await #expect(throws: DatabaseError.self) {
            try await world.publish(world.entities.add(by: ada), to: acme, by: ada)
        }
        await #expect(throws: DatabaseError.self) {
            try await world.useCases.storeEntities(query)
        }
        let since = StoreEntitiesQuery(userId: "usr_eve", since: mark)
        await #expect(throws: DatabaseError.self) {
            try await world.useCases.storeEntities(since)
        }
        storage.cameBack.set()
        let isTold = await eventually {
            (try? await world.useCases.storeEntities(since))?.changes.count == 1
        }
        #expect(isTold)
    }

    @Test func `a mark from another database or a restored one is ignored`() async throws {
        let entity = world.entities.add(by: ada)
        try await world.publish(entity, publicly: true, to: acme, by: ada)
        let mark = try await told(since: nil).mark
        for other in [
            StoreMark(epoch: mark.epoch + "x", version: mark.version),
            StoreMark(epoch: mark.epoch, version: mark.version + 1),
        ] {
            let answer = try await told(since: other)
            #expect(answer.startsOver && answer.changes == [change(entity, true)])
            #expect(answer.mark == mark)
        }
        try await world.database.write { try StoreChangeStore.startAnew(in: $0) }
        let restored = try await told(since: mark)
        #expect(restored.startsOver && restored.mark.epoch != mark.epoch)
    }

    @Test func `members see the store, until they leave or the organization is deleted`()
        async throws
    {
        let bob = world.user("bob")
        func mine() async throws -> [String] {
            try await world.useCases.storeEntities(.init(userId: bob.userId)).organizationIds
        }
        #expect(try await mine().isEmpty)
        try await world.join(bob, acme, by: ada)
        #expect(try await mine() == [acme.id])
        try await world.remove(bob, from: acme, by: bob)
        #expect(try await mine().isEmpty)
        try await world.join(bob, acme, by: ada)
        try await addPublic(1_000)
        try await world.useCases.deleteOrganization(acme.id, by: ada).commit()
        let deleted = try await world.useCases.storeEntities(.init(userId: bob.userId))
        #expect(deleted.organizationIds.isEmpty && deleted.closing == [acme.id])
    }

    @Test(arguments: [0, 1, 700])
    func `many changes come in batches, each once`(more: Int) async throws {
        let count = StoreEntitiesReply.maximumChanges + more
        try await addPublic(count)
        var mark: StoreMark?
        var found: [StoreEntitiesReply.Change] = []
        var isComplete = false
        while !isComplete, found.count <= count {
            let part = try await told(since: mark)
            #expect(part.changes.count <= StoreEntitiesReply.maximumChanges)
            #expect(part.startsOver == (mark == nil))
            (mark, isComplete) = (part.mark, part.isComplete)
            found += part.changes
        }
        #expect(found == (1...count).map { change("ent_\($0)", true) })
    }

    @Test func `the first copy of existing stores has everything`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/organizations.sqlite"
        let old = organizationsMigrations.filter { $0.name != "changes of stores" }
        func database(_ migrations: [Migration]) throws -> Database {
            try Database(path: path, migrations: migrations, readers: 0, clock: world.clock)
        }
        let before = try database(old)
        try await before.write { [acme] tx in
            try tx.execute(
                """
                INSERT INTO organizations (id, name, slug, created_at, search_text,
                    npm_registry_key) VALUES (?1, 'Acme', 'acme', 1, 'acme', x'00')
                """, .text(acme.id))
            for (place, isPublic) in [true, false].enumerated() {
                try tx.execute(
                    "INSERT INTO publications VALUES (?1, ?2, ?1, 'app', ?3, 'usr_ada', 1, 1)",
                    .text("ent_\(place)"), .text(acme.id), .bool(isPublic))
            }
        }
        before.close()
        let after = try database(organizationsMigrations)
        defer { after.close() }
        let (changes, mark) = try after.read { db in
            (
                try StoreChangeStore.changes(since: 0, limit: 10, in: db),
                try StoreChangeStore.mark(in: db)
            )
        }
        #expect(changes.all == [change("ent_0", true), change("ent_1", false)])
        #expect(changes.last == 2 && mark.version == 2)
    }

    /// In this order.
    private func addPublic(_ count: Int) async throws {
        try await world.database.write { [acme] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO publications (entity_id, organization_id, id, entity_type, is_public,
                    published_by, published_at, updated_at)
                SELECT 'ent_' || i, ?1, 'pub_' || i, 'app', 1, 'usr_ada', i, i FROM n
                """, .text(acme.id), .int(count))
            _ = try tx.execute(
                """
                INSERT INTO entity_names SELECT entity_id, 'E', 1 FROM publications
                WHERE organization_id = ?1
                """, .text(acme.id))
        }
    }
}
