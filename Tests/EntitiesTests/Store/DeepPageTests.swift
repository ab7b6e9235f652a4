import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Entities

/// Pages far back in long lists.
@Suite struct DeepPageTests {
    private static let count = 9_000

    let world: World
    let bob: Caller

    /// Every second entity is public, every third is shared with bob by eve. Every tenth is a
    /// service.
    init() async throws {
        world = try World()
        bob = world.user("bob")
        try await world.database.write { [bob] tx in
            try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at,
                    search_text)
                SELECT printf('ent_%07d', i), 'E', printf('e-%07d', i),
                    iif(i % 10 = 5, 'service', 'app'), 'usr_eve', 1, 1, 'e'
                FROM n
                """, .int(Self.count))
            try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 2 FROM n WHERE i < ?1)
                UPDATE entities SET is_public = 1
                WHERE id IN (SELECT printf('ent_%07d', i) FROM n)
                """, .int(Self.count))
            try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 3 FROM n WHERE i < ?2)
                INSERT INTO shares SELECT printf('shr_%07d', i), printf('ent_%07d', i), ?1,
                    'usr_eve', 1 FROM n
                """, .text(bob.userId), .int(Self.count))
        }
    }

    private func id(_ number: Int) -> String {
        let digits = String(number)
        return "ent_" + String(repeating: "0", count: 7 - digits.count) + digits
    }

    /// Compares a page of what bob can reach with the ids of all of it, newest first.
    @discardableResult
    private func expectPage(
        _ number: Int, of all: [String], _ elsewhere: Elsewhere, _ filter: EntityFilter
    ) throws -> [EntityStore.Reached] {
        let request = PageRequest(page: number, size: 100)
        let page = try world.database.read { db in
            try EntityStore.reached(by: bob.userId, elsewhere, filter, request, in: db)
        }
        #expect(page.total == all.count)
        #expect(page.items.map(\.entity.id) == Array(all.dropFirst(request.offset).prefix(100)))
        return page.items
    }

    @Test(arguments: [1, 10, 11, 12, 25, 33, 47, 61, 62, 63, 1_000])
    func `a page of everything that a user can reach is right, however far back`(
        _ number: Int
    ) throws {
        // Of each thousand, the first twenty that are neither public nor shared.
        let others = (1...Self.count).filter {
            $0 % 2 != 0 && $0 % 3 != 0 && $0 % 1_000 < 60
        }
        let all = (1...Self.count).filter { $0 % 2 == 0 || $0 % 3 == 0 || others.contains($0) }
            .reversed().map(id)
        let items = try expectPage(
            number, of: all, Elsewhere(collaborations: Set(others.map(id))), EntityFilter())
        #expect(
            items.allSatisfy { reached in
                let number = Int(reached.entity.id.dropFirst(4)) ?? 0
                return (reached.localStep != nil) == (number % 3 == 0)
            })
    }

    @Test(
        arguments: [1, 10, 25, 47, 74, 75, 76],
        [EntityFilter(), EntityFilter(type: .app), EntityFilter(search: "e")])
    func `a page with thousands of entities in stores is right, however far back`(
        _ number: Int, _ filter: EntityFilter
    ) async throws {
        // One store has what every fifth is, another what every seventh, and so some in both.
        try await world.database.write { tx in
            for (organization, step) in [("org_1", 5), ("org_2", 7), ("org_3", 1)] {
                try tx.execute(
                    """
                    WITH RECURSIVE n (i) AS (SELECT ?2 UNION ALL SELECT i + ?2 FROM n
                        WHERE i + ?2 <= ?3)
                    INSERT INTO store_entities
                    SELECT ?1, id, is_public, type, 0, search_text FROM n
                    CROSS JOIN entities ON id = printf('ent_%07d', i)
                    """, .text(organization), .int(step), .int(Self.count))
            }
        }
        func isInStore(_ number: Int) -> Bool { number % 5 == 0 || number % 7 == 0 }
        let helped = Set((1...Self.count).filter { $0 % 11 == 0 })
        let all = (1...Self.count).filter { number in
            (number % 2 == 0 || number % 3 == 0 || isInStore(number) || helped.contains(number))
                && (filter.type == nil || number % 10 != 5)
        }.reversed().map(id)
        let items = try expectPage(
            number, of: all,
            Elsewhere(collaborations: Set(helped.map(id)), in: ["org_1", "org_2"]), filter)
        #expect(
            items.allSatisfy { reached in
                let number = Int(reached.entity.id.dropFirst(4)) ?? 0
                return reached.localStep != nil || reached.isInStore == isInStore(number)
            })
    }

    @Test(arguments: [1, 12, 33, 62])
    func `a page of one type is right, however far back`(_ number: Int) throws {
        let all = (1...Self.count).filter { $0 % 10 != 5 && ($0 % 2 == 0 || $0 % 3 == 0) }
            .reversed().map(id)
        try expectPage(number, of: all, Elsewhere(), EntityFilter(type: .app))
    }

    @Test func `a page far back passes few rows`() throws {
        let place = try world.database.read { db in
            try ReachedLists(of: bob.userId, [], isLong: true, in: db).place(at: 5_500)
        }
        let passed = try #require(place).passed
        #expect(passed <= 5_500 && passed > 5_500 - 2_000)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `the copy of many grants follows every change`(seed: UInt64) async throws {
        let random = SeededRandom(seed: seed)
        for _ in 0..<300 {
            let entity = id(1 + random.below(Self.count))
            let isPublic = random.below(2) == 0
            let change = random.below(4)
            try await world.database.write { [bob] tx in
                let pair = AccessQuery(entityId: entity, userId: bob.userId)
                switch change {
                case 0: try EntityStore.delete(entity, in: tx)
                case 1: _ = try ShareStore.delete(with: pair, in: tx)
                case 2:
                    try tx.execute(
                        "UPDATE entities SET is_public = ?2 WHERE id = ?1", .text(entity),
                        .bool(isPublic))
                default:
                    guard try EntityStore.exists(entity, in: tx) else { return }
                    let publisher = Publisher(
                        entityId: entity, userId: bob.userId, addedBy: "usr_x", addedAt: tx.now)
                    try PublisherStore.insert(publisher, in: tx)
                }
            }
        }
        let (copied, granted, counted) = try world.database.read { db in
            let copied = try db.rows(
                "SELECT entity_id, type, is_public FROM long_grants WHERE user_id = ?1",
                .text(bob.userId)
            ) { "\($0.text(0)) \($0.text(1)) \($0.bool(2))" }
            let granted = try db.rows(
                """
                SELECT e.id, e.type, e.is_public
                FROM grants g CROSS JOIN entities e ON e.id = g.entity_id WHERE g.user_id = ?1
                """, .text(bob.userId)
            ) { "\($0.text(0)) \($0.text(1)) \($0.bool(2))" }
            let reader = try PageReader(LongGrantStore.ofUser, [.text(bob.userId)], db)
            return (copied, granted, reader.total)
        }
        #expect(copied.sorted() == granted.sorted(), "seed \(seed)")
        #expect(counted == copied.filter { $0.hasSuffix("false") }.count, "seed \(seed)")
        #expect(copied.count > 2_000)
    }

    @Test func `lists of any length are not counted`() throws {
        let plan = try world.database.read { db in
            let plan = PlanReader(db)
            for page in [1, 20] {
                let page = PageRequest(page: page, size: 100)
                _ = try ShareStore.received(by: bob.userId, type: nil, page, in: plan)
                _ = try ShareStore.given(by: "usr_eve", type: nil, page, in: plan)
                _ = try ShareStore.page(of: id(3), givenOrGotBy: nil, page, in: plan)
                _ = try VersionStore.page(of: id(3), page, in: plan)
            }
            return plan
        }
        let details = plan.steps.map(\.detail)
        #expect(details.filter { $0.hasPrefix("SEARCH list_parts") }.count == 6)
        let counting = plan.steps.filter {
            $0.parent == 0
                && ($0.detail.contains(" shares USING") || $0.detail.contains(" versions USING"))
        }
        #expect(counting.isEmpty, "\(counting)")
    }

    @Test(arguments: [1, 15, 27, 28])
    func `shares of one type are right, however many and however far back`(
        _ number: Int
    ) async throws {
        // Of the newest, ten are taken back and ten passed on.
        try await world.database.write { [bob] tx in
            for place in 0..<10 {
                let pair = AccessQuery(
                    entityId: id(Self.count - 3 * place), userId: bob.userId)
                _ = try ShareStore.delete(with: pair, in: tx)
            }
            try tx.execute(
                "UPDATE shares SET created_by = 'usr_zoe' WHERE user_id = ?1 AND entity_id >= ?2",
                .text(bob.userId), .text(id(Self.count - 3 * 19)))
        }
        let received = stride(from: Self.count - 30, to: 0, by: -3).filter { $0 % 10 != 5 }
        let given = stride(from: Self.count - 60, to: 0, by: -3).filter { $0 % 10 != 5 }
        let request = PageRequest(page: number, size: 100)
        let (mine, theirs) = try world.database.read { db in
            #expect(try LongShareStore.hasAll(.received, of: bob.userId, in: db))
            #expect(try LongShareStore.hasAll(.given, of: "usr_eve", in: db))
            return (
                try ShareStore.received(by: bob.userId, type: .app, request, in: db),
                try ShareStore.given(by: "usr_eve", type: .app, request, in: db)
            )
        }
        for (page, numbers) in [(mine, received), (theirs, given)] {
            #expect(page.total == numbers.count)
            #expect(
                page.items.map(\.entity.id)
                    == numbers.dropFirst(request.offset).prefix(100).map(id))
        }
    }

    @Test func `received shares are right on the first, a middle and the last page`() throws {
        let all = stride(from: Self.count, to: 0, by: -3).map(id)
        for number in [1, 15, 30, 31] {
            let request = PageRequest(page: number, size: 100)
            let page = try world.database.read { db in
                try ShareStore.received(by: bob.userId, type: nil, request, in: db)
            }
            #expect(page.total == all.count)
            #expect(page.items.map(\.entity.id) == Array(all.dropFirst(request.offset).prefix(100)))
        }
    }
}
