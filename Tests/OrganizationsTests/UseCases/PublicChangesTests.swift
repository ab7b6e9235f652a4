import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing

@testable import Organizations

/// Changes in public stores since another context's last query.
@Suite struct PublicChangesTests {
    private let world: World
    private let ada: Caller
    private let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        acme = try await world.organization(by: ada)
    }

    private func told(since mark: PublicMark?) async throws -> StoreEntitiesReply {
        try await world.useCases.storeEntities(.init(userId: "usr_eve", publicSince: mark))
    }

    @Test func `only changes since the mark are returned`() async throws {
        let old = world.entities.add(by: ada)
        let new = world.entities.add(by: ada)
        let publication = try await world.publish(old, publicly: true, to: acme, by: ada)
        let first = try await told(since: nil)
        #expect(first.startsOver && first.isComplete)
        #expect(first.shown == [old] && first.hidden.isEmpty)
        let same = try await told(since: first.mark)
        #expect(!same.startsOver && same.isComplete && same.mark == first.mark)
        #expect(same.shown.isEmpty && same.hidden.isEmpty)
        try await world.publish(new, publicly: true, to: acme, by: ada)
        try await world.useCases.updatePublication(
            publication.id, of: acme.id, isPublic: false, by: ada
        ).commit()
        let next = try await told(since: first.mark)
        #expect(!next.startsOver && next.isComplete)
        #expect(next.shown == [new] && next.hidden == [old])
    }

    @Test func `a mark from another database or a restored one is ignored`() async throws {
        let entity = world.entities.add(by: ada)
        try await world.publish(entity, publicly: true, to: acme, by: ada)
        let mark = try await told(since: nil).mark
        for other in [
            PublicMark(epoch: mark.epoch + "x", version: mark.version),
            PublicMark(epoch: mark.epoch, version: mark.version + 1),
        ] {
            let answer = try await told(since: other)
            #expect(answer.startsOver && answer.shown == [entity] && answer.mark == mark)
        }
    }

    @Test(arguments: [0, 1, 700])
    func `many changes come in batches, each once`(more: Int) async throws {
        let count = StoreEntitiesReply.maximumChanges + more
        try await addPublic(count)
        var mark: PublicMark?
        var shown: [String] = []
        var isComplete = false
        while !isComplete, shown.count <= count {
            let part = try await told(since: mark)
            #expect(part.shown.count <= StoreEntitiesReply.maximumChanges)
            #expect(part.startsOver == (mark == nil))
            (mark, isComplete) = (part.mark, part.isComplete)
            shown += part.shown
        }
        #expect(shown == (1...count).map { "ent_\($0)" })
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
        }
    }
}
