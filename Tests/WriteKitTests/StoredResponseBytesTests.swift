import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

/// What one user's stored responses take of the disk.
@Suite struct StoredResponseBytesTests {
    private static let part = IdempotencyClaim.maximumBytesPerUser / 4

    private func answer(_ bytes: Int) -> StoredResponse {
        StoredResponse(status: 200, fields: [], body: [UInt8](repeating: 0x20, count: bytes))
    }

    private func claim(_ key: String, user: String = "usr_1") -> IdempotencyClaim {
        IdempotencyClaim(userId: user, key: key, fingerprint: [1])
    }

    private func bytes(_ database: Database) throws -> [String: Int] {
        Dictionary(
            uniqueKeysWithValues: try database.read { db in
                try db.rows("SELECT user_id, bytes FROM stored_response_usage WHERE user_id > ''") {
                    ($0.text(0), Int($0.int(1)))
                }
            })
    }

    @Test func `stored responses of a user are limited in bytes until they are purged`()
        async throws
    {
        let world = try JournalWorld()
        for key in ["a", "b", "c"] { try await world.keep(answer(Self.part), for: claim(key)) }
        // The list of fields is two bytes for each: what is left is a little less than a part.
        let refused = await #expect(throws: Fault.self) {
            try await world.keep(answer(Self.part), for: claim("d"))
        }
        #expect(refused?.kind == .rateLimited && refused?.code == "too_many_idempotency_keys")
        #expect(try world.kept(claim("d")) == nil)
        try await world.keep(answer(Self.part - 8), for: claim("d"))
        await #expect(throws: Fault.self) { try await world.keep(answer(0), for: claim("e")) }
        try await world.keep(answer(Self.part), for: claim("a", user: "usr_2"))
        #expect(
            try bytes(world.database) == [
                "usr_1": IdempotencyClaim.maximumBytesPerUser, "usr_2": Self.part + 2,
            ])
        world.clock.advance(seconds: 24 * 60 * 60)
        #expect(try await world.database.write { try StoredResponse.purge(limit: 9, in: $0) } == 5)
        #expect(try bytes(world.database).isEmpty)
        try await world.keep(answer(Self.part), for: claim("e"))
    }

    @Test func `a response that replaces an expired one counts once`() async throws {
        let world = try JournalWorld()
        try await world.keep(answer(1_000), for: claim("a"))
        world.clock.advance(seconds: 24 * 60 * 60)
        try await world.keep(answer(10), for: claim("a"))
        #expect(try bytes(world.database) == ["usr_1": 12])
    }

    @Test func `the migration counts bytes of existing stored responses`()
        async throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal.sqlite"
        let before = [Migration("kept answers", storedResponsesSchema)]
        let old = try Database(path: path, migrations: before, readers: 0, clock: FakeClock())
        try await old.write { tx in
            for (user, key, body) in [("usr_1", "a", 3), ("usr_1", "b", 40), ("usr_2", "a", 500)] {
                try tx.execute(
                    "INSERT INTO kept_answers VALUES (?1, ?2, x'01', 200, '[\"\u{E9}\"]', ?3, 0)",
                    .text(user), .text(key), .blob([UInt8](repeating: 0, count: body)))
            }
        }
        old.close()
        let new = try Database(
            path: path,
            migrations: before + [
                Migration("bytes", storedResponseBytesSchema),
                Migration("names", storedResponseNamesSchema),
            ],
            readers: 0, clock: FakeClock())
        defer { new.close() }
        #expect(try bytes(new) == ["usr_1": 43 + 2 * 6, "usr_2": 500 + 6])
    }
}
