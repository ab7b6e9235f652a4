import Foundation
import Synchronization
import TestSupport
import Testing

/// Ten thousand events wait for a webhook whose sender is killed again and again.
@Suite(.serialized) struct WebhookCrashTests {
    /// Responds 204 to all messages and counts them by id.
    private final class Counter: Sendable {
        private let state = Mutex<[String: Int]>([:])
        var ids: [String: Int] { state.withLock { $0 } }

        func serve(_ connection: RawClient) throws {
            while true {
                let head = String(
                    decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
                let length = head.firstMatch(of: /(?i)content-length: ([0-9]+)/)?.output.1 ?? "0"
                _ = try connection.receive(exactly: Int(length) ?? 0)
                let id = head.firstMatch(of: /(?i)webhook-id: (\S+)/).map { String($0.1) } ?? ""
                state.withLock { $0[id, default: 0] += 1 }
                try connection.send("HTTP/1.1 204 X\r\n\r\n")
            }
        }
    }

    private static let count = 10_000

    /// Events of 500 entities, as if they had happened while the receiver was down.
    private static func fill(_ stack: LiveStack, _ webhook: String, _ owner: String) async throws {
        let made = try await SQLite.run(
            """
            BEGIN;
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
            INSERT INTO events (number, id, type, subject_type, subject_id, parent_type, parent_id,
                recipient, data, created_at, stored_at)
            SELECT 1000 + i, printf('evt_%026d', i), 'invitation.sent', 'invitation', 'inv_1',
                'entity', printf('ent_%026d', i % 500), '\(owner)', '{}', unixepoch() * 1000,
                unixepoch() * 1000 FROM n;
            INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id, status,
                next_at, created_at)
            SELECT '\(webhook)', number, id, type, parent_id, 'pending', created_at, created_at
            FROM events WHERE number > 1000;
            COMMIT;
            """, on: stack, "invitations")
        try #require(made.isEmpty, "\(made)")
    }

    private static func pending(_ stack: LiveStack) async throws -> String {
        try await SQLite.run(
            "SELECT count(*) FROM deliveries WHERE status <> 'delivered'", on: stack,
            "invitations")
    }

    @Test func `no event is lost, and repeated messages are equal`() async throws {
        let counter = Counter()
        let receiver = RawServer { connection, _ in try counter.serve(connection) }
        defer { receiver.stop() }
        let stack = try await LiveStack([
            "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true", "LATCHKEY_WEBHOOK_HOST_RATE": "0",
        ])
        try await stack.start()
        let ada = try await stack.user("ada")
        let made = try await stack.api.call(
            "POST", "/api/v1/webhooks", token: ada.token,
            body: #"{"url":"http://127.0.0.1:\#(receiver.port)/","events":["invitation.*"]}"#)
        let webhook = try #require(made["id"], "\(made.text)")
        await stack.invitations?.killNow()
        try await Self.fill(stack, webhook, ada.id)
        for goal in [1_000, 4_000, 7_000] {
            try stack.startInvitations()
            let isReached = await eventually(within: 60_000) { counter.ids.count >= goal }
            #expect(isReached, "\(counter.ids.count)")
            await stack.invitations?.killNow()
        }
        // The sender dies after a message was accepted, before that is stored.
        try stack.startInvitations(["LATCHKEY_FAULT_POINT": "webhook.sent"])
        #expect(await stack.invitations?.ended(within: 20) != nil)
        try stack.startInvitations()
        let isDone = await eventually(within: 60_000) { counter.ids.count == Self.count }
        #expect(isDone, "\(counter.ids.count)")
        let isMarked = try await eventually(within: 20_000) {
            let list = try await stack.api.call(
                "GET", "/api/v1/webhooks/\(webhook)/deliveries?status=delivered&page_size=1",
                token: ada.token)
            return list.json?["total"]?.int == Self.count
        }
        #expect(isMarked)
        #expect(await stack.stop())
        #expect(try await Self.pending(stack) == "0\n")
        let twice = counter.ids.values.filter { $0 > 1 }.count
        #expect(counter.ids.count == Self.count)
        // At most the messages in flight: 64 at each of four kills.
        #expect(twice >= 1 && twice <= 256, "\(twice)")
    }
}
