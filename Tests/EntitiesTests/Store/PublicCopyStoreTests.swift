import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing

@testable import Entities

/// How the copy of public entities is brought up to date.
@Suite struct PublicCopyStoreTests {
    private let world: World

    init() throws { world = try World() }

    private func answer(
        _ version: Int, shown: [String] = [], hidden: [String] = [], startsOver: Bool = false
    ) -> StoreEntitiesReply {
        StoreEntitiesReply(
            organizationStore: [], startsOver: startsOver, shown: shown, hidden: hidden,
            mark: PublicMark(epoch: "first", version: version), isComplete: true, closing: [])
    }

    /// - Returns: the mark afterwards.
    private func apply(
        _ answer: StoreEntitiesReply, to mark: PublicMark?
    ) async throws -> PublicMark? {
        try await world.database.write { tx in
            try PublicCopyStore.apply(answer, to: mark, in: tx)
            return try PublicCopyStore.mark(in: tx)
        }
    }

    private func publicCount() throws -> Int64? {
        try world.database.read {
            try $0.row("SELECT sum(entities) FROM public_counts WHERE type > ''") { $0.int(0) }
        }
    }

    @Test func `an answer to an outdated question changes nothing`() async throws {
        let entity = try await world.entity(by: world.user("ada"))
        let first = answer(1, shown: [entity.id], startsOver: true)
        #expect(try await apply(first, to: nil) == first.mark)
        #expect(try publicCount() == 1)
        let second = answer(2, hidden: [entity.id])
        #expect(try await apply(second, to: first.mark) == second.mark)
        for late in [first, answer(3, shown: [entity.id])] {
            #expect(try await apply(late, to: late == first ? nil : first.mark) == second.mark)
            #expect(try publicCount() == 0)
        }
    }

    @Test func `the mark stays empty until everything is cleared`() async throws {
        let known = try await apply(answer(1), to: nil)
        try await addPublic(StoreEntitiesReply.maximumChanges + 1)
        let other = answer(9, startsOver: true)
        #expect(try await apply(other, to: known) == nil)
        #expect(try publicCount() == 1)
        #expect(try await apply(other, to: nil) == other.mark)
        #expect(try publicCount() == 0)
    }

    private func addPublic(_ count: Int) async throws {
        try await world.database.write { tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at,
                    search_text)
                SELECT 'ent_' || i, 'E', 'e-' || i, 'app', 'usr_ada', 1, 1, 'e' FROM n
                """, .int(count))
            _ = try tx.execute("UPDATE entities SET is_public = 1 WHERE id > 'ent_'")
        }
    }
}
