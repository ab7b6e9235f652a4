import Contract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import WriteKit

@Suite struct RetentionTests {
    private let world: JournalWorld

    init() throws { world = try JournalWorld() }

    private func entry(_ number: Int, sent: Bool = false) async throws {
        try await world.database.write { tx in
            let entry = AuditEntryBody(
                id: "aud_\(number)", at: tx.now, actorId: "usr_1", tokenId: nil, requestId: nil,
                action: "share.created", subject: .init(type: "share", id: "shr_\(number)"),
                before: nil, after: nil)
            try AuditStore.insert(entry, about: "ent_1", in: tx)
            guard sent else { return }
            try tx.execute(
                "INSERT INTO event_outbox (entry_id, type) VALUES (?1, 'share.created')",
                .text(entry.id))
        }
    }

    private func purge(_ rule: RetentionRule, limit: Int = 100) async throws -> Int {
        try await world.database.write { try rule.purge(limit: limit, in: $0) }
    }

    private var ids: [String] {
        get throws { try world.list(AuditFilter()).items.map(\.id) }
    }

    private func day() { world.clock.advance(seconds: 86_400) }

    @Test func `entries are deleted when they are older than they are kept, the oldest first`()
        async throws
    {
        for number in 1...5 {
            try await entry(number)
            day()
        }
        let rule = RetentionRule.audit(days: 3)
        #expect(try await purge(rule, limit: 1) == 1)
        #expect(try ids == ["aud_5", "aud_4", "aud_3", "aud_2"])
        // The third is exactly three days old.
        #expect(try await purge(rule) == 1)
        #expect(try ids == ["aud_5", "aud_4", "aud_3"])
        #expect(try await purge(rule) == 0)
        #expect(try world.list(AuditFilter(about: "ent_1")).total == 3)
        let oldest = try world.database.read { try rule.oldest($0) }
        #expect(oldest == world.clock.now().adding(seconds: -3 * 86_400))
    }

    @Test func `without a setting nothing is deleted`() async throws {
        try await entry(1)
        world.clock.advance(seconds: 1_000_000_000)
        #expect(try await purge(.audit(days: nil)) == 0)
        #expect(try ids == ["aud_1"])
    }

    @Test func `younger entries can't be deleted, whatever was purged before`() async throws {
        func delete(_ id: String) async throws {
            _ = try await world.database.write {
                try $0.execute("DELETE FROM audit WHERE id = ?1", .text(id))
            }
        }
        try await entry(1)
        await #expect(throws: DatabaseError.self) { try await delete("aud_1") }
        for _ in 0..<5 { day() }
        try await entry(2)
        #expect(try await purge(.audit(days: 2)) == 1)
        await #expect(throws: DatabaseError.self) { try await delete("aud_2") }
        #expect(try ids == ["aud_2"])
    }

    @Test func `entries of events that wait for subscribers stay until those are delivered`()
        async throws
    {
        try await entry(1, sent: true)
        try await entry(2)
        for _ in 0..<5 { day() }
        let rule = RetentionRule.audit(days: 2)
        #expect(try await purge(rule) == 1)
        #expect(try ids == ["aud_1"])
        let waiting = try world.database.read {
            try EventOutbox.waiting(count: 10, bytes: 1_000, in: $0)
        }
        #expect(waiting.map(\.subject.id) == ["shr_1"])
        try await world.database.write {
            try EventOutbox.delete(through: waiting[0].position, in: $0)
        }
        #expect(try await purge(rule) == 1)
        #expect(try ids.isEmpty)
    }

    @Test func `tombstones and applied events are forgotten by age`() async throws {
        func note(_ number: Int) async throws {
            try await world.database.write { tx in
                try Tombstone.entity.insert("ent_\(number)", in: tx)
                _ = try Inbox.claim("evt_\(number)", in: tx)
            }
        }
        try await note(1)
        for _ in 0..<90 { day() }
        try await note(2)
        #expect(try await purge(.tombstones(days: 90)) == 0)
        day()
        #expect(try await purge(.tombstones(days: 90)) == 1)
        #expect(try await purge(.inbox(days: 90)) == 1)
        let isNew = try await world.database.write { tx in
            (
                first: try Inbox.claim("evt_1", in: tx), second: try Inbox.claim("evt_2", in: tx),
                isKept: try Tombstone.entity.contains("ent_2", in: tx),
                isDeleted: try !Tombstone.entity.contains("ent_1", in: tx)
            )
        }
        #expect(isNew.first && !isNew.second && isNew.isKept && isNew.isDeleted)
    }

    private func purgeResponses() async throws -> Int {
        try await world.database.write { try StoredResponse.purge(days: 3, limit: 9, in: $0) }
    }

    @Test func `a response is stored for as many days as configured`() async throws {
        let answer = StoredResponse(status: 201, fields: [], body: [1])
        var claim = IdempotencyClaim(userId: "usr_1", key: "a", fingerprint: [1])
        claim.days = 3
        try await world.keep(answer, for: claim)
        world.clock.advance(seconds: 3 * 86_400 - 1)
        #expect(try world.kept(claim) == answer)
        #expect(try await purgeResponses() == 0)
        world.clock.advance(seconds: 1)
        #expect(try world.kept(claim) == nil)
        #expect(try await purgeResponses() == 1)
    }
}
