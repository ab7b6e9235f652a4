import TestSupport
import Testing

/// Jobs on many rows, with the process killed between their transactions.
@Suite(.serialized) struct JobCrashTests {
    @Test func `a deletion of many rows takes effect at once and continues after each crash`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let grace = try await stack.user("grace")
        let entity = try await stack.entity(ada.token)
        let shared = try await stack.api.call(
            "POST", "/api/entities/\(entity)/shares", token: ada.token,
            body: #"{"emails":["grace@example.com"]}"#)
        #expect(shared.status == 200)
        // Far more rows than one transaction touches.
        await stack.process(.entities)?.killNow()
        try await SQLite.run(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 489)
            INSERT INTO shares (id, entity_id, user_id, created_by, created_at)
            SELECT printf('shr_%05d', i), '\(entity)', printf('usr_%05d', i), '\(ada.id)', 1 FROM n
            """, on: stack, "entities")
        try stack.start(.entities, ["LATCHKEY_FAULT_POINT": "job.sliced"])
        try await stack.ready(.entities)
        // The service can die before it responds; the deletion is on disk by then.
        let deleted = try? await stack.api.call(
            "DELETE", "/api/entities/\(entity)", token: ada.token
        ).status
        if let deleted { #expect(deleted == 204 || deleted >= 500) }
        var left = [490]
        while try await count("jobs", stack) > 0 {
            #expect(await stack.process(.entities)?.ended(within: 20) != nil)
            left.append(try await count("shares", stack))
            try #require(left.count < 20)
            try stack.start(.entities, ["LATCHKEY_FAULT_POINT": "job.sliced"])
        }
        // One slice ran with the deletion, and one more in each process.
        #expect(left.count > 4, "\(left)")
        #expect(zip(left, left.dropFirst()).allSatisfy { $0 - $1 <= 225 && $0 > $1 }, "\(left)")
        await stack.process(.entities)?.killNow()
        try stack.start(.entities)
        try await stack.ready(.entities)
        for token in [ada.token, grace.token] {
            let gone = try await stack.api.call("GET", "/api/entities/\(entity)", token: token)
            #expect(gone.status == 404)
            let list = try await stack.api.call("GET", "/api/entities", token: token)
            #expect(list.json?["total"]?.int == 0)
        }
        #expect(try await count("shares", stack) == 0)
        #expect(try await count("grants", stack) == 0)
        let proofs = try await SQLite.run(
            """
            SELECT count(*), count(DISTINCT subject_id) FROM audit WHERE action = 'share.removed'
            """, on: stack, "entities")
        #expect(proofs == "490|490\n")
        #expect(await stack.stop())
    }

    private func count(_ table: String, _ stack: LiveStack) async throws -> Int {
        let text = try await SQLite.run("SELECT count(*) FROM \(table)", on: stack, "entities")
        return try #require(Int(text.split(separator: "\n").first ?? ""))
    }
}
