import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// Ten thousand deliveries that are due at once, to receivers that hang.
@Suite(.serialized) struct WebhookLoadTests {
    private static let webhooks = 10
    private static let count = 10_000

    /// Deliveries of events about different entities, the same number for each webhook.
    private static func fill(
        _ stack: LiveStack, _ webhooks: [String], _ owner: String
    ) async throws {
        let list = webhooks.enumerated().map { "(\($0), '\($1)')" }.joined(separator: ", ")
        let made = try await SQLite.run(
            """
            BEGIN;
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
            INSERT INTO events (number, id, type, subject_type, subject_id, recipient, data,
                created_at, stored_at)
            SELECT 1000 + i, printf('evt_%026d', i), 'invitation.sent', 'invitation',
                printf('inv_%026d', i), '\(owner)', '{}', unixepoch() * 1000,
                unixepoch() * 1000 FROM n;
            WITH hooks (place, id) AS (VALUES \(list))
            INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id, status,
                next_at, created_at)
            SELECT hooks.id, number, events.id, type, subject_id, 'pending', 0, created_at
            FROM events JOIN hooks ON hooks.place = number % \(webhooks.count)
            WHERE number > 1000;
            COMMIT;
            """, on: stack, "invitations")
        try #require(made.isEmpty, "\(made)")
    }

    private static func status(of process: RunningProcess?, _ field: String) -> Int? {
        let text = try? String(contentsOfFile: "/proc/\(process?.id ?? 0)/status", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("\(field):") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }

    @Test(arguments: ["http", "https"])
    func `ten thousand deliveries to hanging receivers take bounded memory and threads`(
        scheme: String
    ) async throws {
        let connections = Mutex(0)
        let receiver = RawServer { client, _ in
            connections.withLock { $0 += 1 }
            _ = try client.receive(through: "never")
        }
        defer { receiver.stop() }
        let stack = try await LiveStack([
            "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true", "LATCHKEY_WEBHOOK_HOST_RATE": "0",
        ])
        try await stack.start()
        let ada = try await stack.user("ada")
        var webhooks: [String] = []
        for number in 0..<Self.webhooks {
            let url = "\(scheme)://127.0.0.1:\(receiver.port)/\(number)"
            let made = try await stack.api.call(
                "POST", "/api/v1/webhooks", token: ada.token,
                body: #"{"url":"\#(url)","events":["invitation.*"]}"#)
            webhooks.append(try #require(made["id"], "\(made.text)"))
        }
        await stack.invitations?.killNow()
        try await Self.fill(stack, webhooks, ada.id)
        try stack.startInvitations()
        try await stack.ready(.invitations)
        let isBusy = await eventually(within: 20_000) {
            connections.withLock { $0 } >= 8 * Self.webhooks
        }
        #expect(isBusy, "\(connections.withLock { $0 })")
        let threads = try #require(Self.status(of: stack.invitations, "Threads"))
        let kilobytes = try #require(Self.status(of: stack.invitations, "VmRSS"))
        #expect(threads < 40 && kilobytes < 200_000, "\(threads) threads, \(kilobytes) KiB")
        // Messages in flight don't keep the process from ending.
        let begin = Date()
        #expect(await stack.stop())
        #expect(Date().timeIntervalSince(begin) < 14)
        let left = try await SQLite.run(
            "SELECT count(*) FROM deliveries WHERE status = 'pending'", on: stack, "invitations")
        #expect(left == "\(Self.count)\n")
    }
}
