import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Entities

/// `grants` always matches publishers and shares.
@Suite struct GrantTests {
    static let users = ["usr_a", "usr_b", "usr_c"]

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `grants follow publishers and shares through any history`(seed: UInt64) async throws {
        let world = try World(seed: seed)
        let owner = world.user("owner")
        var entities: [Entity] = []
        for name in ["One", "Two", "Three"] {
            entities.append(try await world.entity(name, by: owner))
        }
        let random = SeededRandom(seed: seed)
        for step in 0..<60 {
            let entity = entities[random.below(entities.count)]
            let user = Self.users[random.below(Self.users.count)]
            let change = step % 20 == 19 ? 4 : random.below(4)
            try await world.database.write { tx in
                try Self.apply(change, entity.id, user, "shr_\(step)", in: tx)
            }
            if change == 4 {
                entities.removeAll { $0.id == entity.id }
                entities.append(try await world.entity("Again", by: owner))
            }
            let (grants, implied) = try world.database.read {
                (try Self.grants(in: $0), try Self.implied(in: $0))
            }
            #expect(grants == implied, "seed \(seed), step \(step)")
            let counted = try world.database.read { db in
                try Self.users.map {
                    try PageReader(GrantStore.ofUser, [.text($0)], db).total
                }
            }
            let counts = Self.users.map { user in grants.filter { $0.hasPrefix(user) }.count }
            #expect(counted == counts, "seed \(seed), step \(step)")
        }
    }

    static func apply(
        _ change: Int, _ entityId: String, _ userId: String, _ shareId: String,
        in tx: Transaction
    ) throws {
        let query = AccessQuery(entityId: entityId, userId: userId)
        let share = try ShareStore.find(with: query, in: tx)
        switch change {
        case 0:
            let publisher = Publisher(
                entityId: entityId, userId: userId, addedBy: "usr_x", addedAt: tx.now)
            try PublisherStore.insert(publisher, in: tx)
        case 1: try PublisherStore.delete(userId, of: entityId, in: tx)
        case 2 where share == nil:
            let share = Share(
                id: shareId, entityId: entityId, userId: userId, createdBy: "usr_x",
                createdAt: tx.now)
            try ShareStore.insert(share, in: tx)
        case 4: try EntityStore.delete(entityId, in: tx)
        default: if let share { try ShareStore.delete(share.id, in: tx) }
        }
    }

    static func grants(in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT user_id || ' ' || entity_id || ' ' || step FROM grants WHERE user_id > ''
            ORDER BY 1
            """
        ) { $0.text(0) }
    }

    static func implied(in db: some Queryable) throws -> [String] {
        try db.rows(
            """
            SELECT user_id || ' ' || entity_id || ' publisher' FROM publishers
                WHERE user_id > ''
            UNION
            SELECT user_id || ' ' || entity_id || ' direct_share' FROM shares s
                WHERE user_id > '' AND NOT EXISTS (
                    SELECT 1 FROM publishers p
                    WHERE p.user_id = s.user_id AND p.entity_id = s.entity_id)
            ORDER BY 1
            """
        ) { $0.text(0) }
    }
}
