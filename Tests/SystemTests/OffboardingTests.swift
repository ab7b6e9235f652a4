import TestSupport
import Testing

/// An offboarding over all services, one of which is down, and then killed again and again.
@Suite(.serialized) struct OffboardingTests {
    private static let shares = 500

    @Test func `an offboarding reaches every service, whatever is killed, and counts what it did`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let grace = try await stack.user("grace")
        let organization = try await stack.organization(grace.token, name: "Acme")
        let joined = try await stack.api.call(
            "POST", "/api/organizations/\(organization)/members", token: grace.token,
            body: #"{"userId":"\#(ada.id)"}"#)
        #expect(joined.status == 201)
        let own = try await stack.entity(ada.token)
        try await share(with: ada.id, by: grace.id, stack)
        let begun = try await stack.api.call(
            "DELETE", "/api/users/\(ada.id)/access", token: stack.adminToken)
        #expect(begun.status == 202, "\(begun.text)")
        let path = "/api/operations/\(try #require(begun["operationId"]))"
        func operation() async throws -> RawResponse {
            try await stack.api.call("GET", path, token: stack.adminToken)
        }
        let hasLeft = try await eventually {
            try await operation().json?["removed"]?["memberships"]?.int == 1
        }
        #expect(hasLeft)
        #expect(try await operation()["state"] == "running", "entities is down")

        try await killAfterEachSlice(stack)
        let isDone = try await eventually { try await operation()["state"] == "done" }
        #expect(isDone)
        let done = try await operation()
        #expect(done.json?["removed"]?["shares"]?.int == Self.shares)
        #expect(done.json?["passedOn"]?["entities"]?.int == 1)

        // The account stays, and begins anew.
        let list = try await stack.api.call("GET", "/api/entities", token: ada.token)
        #expect(list.status == 200 && list.json?["total"]?.int == 0)
        let passedOn = try await stack.api.call(
            "GET", "/api/entities/\(own)", token: stack.adminToken)
        #expect(passedOn.status == 200)
        let again = try await stack.api.call(
            "POST", "/api/entities/\(own)/shares", token: stack.adminToken,
            body: #"{"emails":["ada@example.com"]}"#)
        #expect(again.status == 200)
        let now = try await stack.api.call("GET", "/api/entities", token: ada.token)
        #expect(now.json?["total"]?.int == 1)
        #expect(await stack.stop())
    }

    /// Stops the entities service, and gives a user shares of many entities.
    private func share(
        with userId: String, by owner: String, _ stack: LiveStack
    ) async throws {
        await stack.process(.entities)?.killNow()
        try await SQLite.run(
            """
            WITH RECURSIVE n (i) AS (
                SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.shares))
            INSERT INTO entities
                (id, name, slug, type, owner_id, created_at, updated_at, search_text, created_by)
            SELECT printf('ent_%026d', i), 'Bot', 'bot-' || i, 'app', '\(owner)', 1, 1, 'bot',
                '\(owner)' FROM n;
            INSERT INTO publishers (user_id, entity_id, added_by, added_at)
            SELECT owner_id, id, owner_id, 1 FROM entities WHERE name = 'Bot';
            INSERT INTO shares (id, entity_id, user_id, created_by, created_at)
            SELECT replace(id, 'ent_', 'shr_'), id, '\(userId)', '\(owner)', 1 FROM entities
            WHERE name = 'Bot';
            """, on: stack, "entities")
    }

    private func killAfterEachSlice(_ stack: LiveStack) async throws {
        try stack.start(.entities, ["LATCHKEY_FAULT_POINT": "job.sliced"])
        var kills = 0
        while try await left(stack) > 0 {
            if await stack.process(.entities)?.ended(within: 1) != nil {
                kills += 1
                try stack.start(.entities, ["LATCHKEY_FAULT_POINT": "job.sliced"])
            }
            try #require(kills < 100)
        }
        #expect(kills > 1)
        await stack.process(.entities)?.killNow()
        try stack.start(.entities)
        try await stack.ready(.entities)
    }

    /// Shares that are left, or an event that has not arrived.
    private func left(_ stack: LiveStack) async throws -> Int {
        let text = try await SQLite.run(
            """
            SELECT (SELECT count(*) FROM shares) + (SELECT count(*) FROM jobs)
            """, on: stack, "entities")
        return try #require(Int(text.split(separator: "\n").first ?? ""))
    }
}
