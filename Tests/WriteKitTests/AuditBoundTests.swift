import Contract
import FoundationEssentials
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

/// What an audit entry costs does not depend on what users write.
@Suite struct AuditBoundTests {
    private func recorded(_ value: AuditValue) async throws -> AuditValue? {
        let world = try JournalWorld()
        try await world.record(
            AuditEvent(
                TestChange.integrationUpdated, "int_1", about: "int_1", for: .platform,
                after: ["text": value]),
            by: nil)
        return try world.list(AuditFilter()).items.first?.after?.members["text"]
    }

    @Test func `a text of 256 characters is kept as it is`() async throws {
        for text in [
            "", String(repeating: "a", count: 256), String(repeating: "ü", count: 256),
            String(repeating: "👩‍🚀", count: 85),
        ] {
            #expect(try await recorded(.text(text)) == .text(text))
        }
    }

    @Test func `a longer text is kept as its prefix, length and digest`() async throws {
        let text = String(repeating: "ü", count: 300)
        guard case .longText(let kept) = try await recorded(.text(text)) else {
            Issue.record("not cut")
            return
        }
        #expect(kept.prefix == String(repeating: "ü", count: 256))
        #expect(kept.length == 300)
        #expect(
            kept.sha256 == "969222e5c9d4ea6630efe52a32662d0793efa5e778c2e17b1e5769b621ae4e86")
        let json = String(
            decoding: try JSONEncoder().encode(AuditValue.longText(kept)), as: UTF8.self)
        for member in ["\"prefix\":", "\"length\":300", "\"sha256\":"] {
            #expect(json.contains(member))
        }
    }

    @Test func `a list has a maximum total length`() async throws {
        let short = (0..<40).map { "scope:\($0)" }
        #expect(try await recorded(.list(short)) == .list(short))
        let long = (0..<400).map { "scope:\($0)" }
        guard case .longText(let kept) = try await recorded(.list(long)) else {
            Issue.record("not cut")
            return
        }
        #expect(kept.prefix.hasPrefix("scope:0\nscope:1\n"))
        #expect(kept.length == long.joined(separator: "\n").unicodeScalars.count)
    }

    /// As large as an entry gets: everything at its limit, of the character that costs most.
    private var worst: AuditEvent {
        let text = AuditValue.text(String(repeating: "\u{1}", count: 5_000))
        let list = AuditValue.list((0..<512).map { _ in "\u{1}" })
        let snapshot: AuditSnapshot = [
            "member1": text, "member2": text, "member3": text, "member4": text, "member5": text,
            "member6": text, "member7": text, "member8": text, "member9": text, "memberA": text,
            "memberB": text, "memberC": list,
        ]
        return AuditEvent(
            TestChange.integrationUpdated, "int_1", about: "int_1", for: .platform,
            before: snapshot, after: snapshot)
    }

    @Test func `a response of many large entries fits the limit between services`()
        async throws
    {
        let world = try JournalWorld()
        for _ in 0..<(AuditLimits.answer + 20) {
            try await world.record(worst, by: Caller(userId: "usr_1", tokenId: "tok_1"))
        }
        let tail = try world.database.read {
            try AuditStore.tail(AuditTailQuery(filter: AuditFilter(), limit: 1_000), in: $0)
        }
        #expect(tail.entries.count == AuditLimits.answer)
        let entry = try JSONEncoder().encode(try #require(tail.entries.first))
        #expect(entry.count <= AuditLimits.entryBytes, "\(entry.count)")
        #expect(AuditLimits.answer * AuditLimits.entryBytes < 8 * 1_024 * 1_024)
    }

    @Test func `changing a long text again and again does not fill the disk`() async throws {
        let world = try JournalWorld()
        func snapshot(_ letter: String) -> AuditSnapshot {
            ["description": .text(String(repeating: letter, count: 10_000))]
        }
        try await world.record(
            AuditEvent(
                TestChange.integrationUpdated, "int_1", about: "int_1", for: .platform,
                before: snapshot("a"), after: snapshot("b")), by: nil)
        let bytes = try world.database.read { db in
            try db.row(
                "SELECT length(before) + length(after) FROM audit WHERE about = 'int_1'"
            ) { Int($0.int(0)) }
        }
        #expect(try #require(bytes) < 1_000)
    }

    @Test func `old entries with long texts are shortened when read`() async throws {
        let world = try JournalWorld()
        let text = String(repeating: "a", count: 12_000)
        _ = try await world.database.write { tx in
            try tx.execute(
                """
                INSERT INTO audit VALUES ('aud_1', 5, NULL, NULL, NULL, 'integration.updated',
                    'integration', 'int_1', 'int_1', ?1, ?1, NULL, NULL, NULL)
                """, .text(#"{"description":"\#(text)"}"#))
        }
        let entry = try #require(try world.list(AuditFilter(about: "int_1")).items.first)
        #expect(try JSONEncoder().encode(entry).count < 2_000)
        #expect(entry.before == entry.after)
    }

    @Test(arguments: [1, 7, 100])
    func `parts add up to all entries, also with equal times`(_ limit: Int) async throws {
        let world = try JournalWorld()
        let event = AuditEvent(
            TestChange.shareCreated, "shr_1", of: "ent_1", about: "ent_1", for: .platform)
        for _ in 0..<5 {
            world.clock.advance(seconds: 1)
            try await world.database.write { [log = world.log] tx in
                for _ in 0..<50 { try log.record(event, by: Caller(userId: "usr_1"), in: tx) }
            }
        }
        for filter in [
            AuditFilter(), AuditFilter(about: "ent_1"), AuditFilter(actorId: "usr_1"),
            AuditFilter(about: "ent_1", actorId: "usr_1"),
            AuditFilter(to: world.clock.now()),
        ] {
            var entries: [AuditEntryBody] = []
            while true {
                let query = AuditTailQuery(
                    filter: filter, limit: limit,
                    before: entries.last.map { AuditCursor(at: $0.at, id: $0.id) })
                let part = try world.database.read { try AuditStore.tail(query, in: $0) }
                #expect(part.total == (filter.to == nil ? 250 : 200))
                if part.entries.isEmpty { break }
                entries += part.entries
            }
            let whole = (0..<3).flatMap { number in
                (try? world.list(filter, PageRequest(page: number + 1, size: 100)).items) ?? []
            }
            #expect(entries.map(\.id) == whole.map(\.id))
            #expect(entries.count == (filter.to == nil ? 250 : 200))
        }
    }
}
