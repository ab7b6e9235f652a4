import Foundation
import Synchronization
import TestSupport
import Testing

/// Webhooks of the running system, verified by the reference library of Standard Webhooks.
@Suite(
    .serialized, .enabled(if: WebhookReceiver.isInstalled, WebhookReceiver.reason))
struct WebhookTests {
    private struct Scene {
        let stack: LiveStack
        let ada: (id: String, token: String)
        let entity: String

        init(_ settings: [String: String] = [:]) async throws {
            let allowed = ["LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true"]
            stack = try await LiveStack(allowed.merging(settings) { $1 })
            try await stack.start()
            ada = try await stack.user("ada")
            entity = try await stack.entity(ada.token)
        }

        func call(
            _ method: String, _ path: String, _ body: String? = nil
        ) async throws -> RawResponse {
            try await stack.api.call(method, path, token: ada.token, body: body)
        }

        /// - Returns: its id and its secret.
        func webhook(_ url: String) async throws -> (id: String, secret: String) {
            let made = try await call(
                "POST", "/api/v1/webhooks",
                #"{"url":"\#(url)","events":["invitation.*","collaborator.*"]}"#)
            try #require(made.status == 201, "\(made.text)")
            let secret = made["secret"] ?? ""
            stack.issue(secret)
            return (made["id"] ?? "", secret)
        }

        func deliveries(of id: String) async throws -> [JSONValue] {
            let list = try await call("GET", "/api/v1/webhooks/\(id)/deliveries?page_size=100")
            return list.json?["data"]?.items ?? []
        }

        /// Checks that no log contains secrets.
        func end() async {
            #expect(await stack.stop())
            let logs = stack.logs
            for secret in stack.secrets where !secret.isEmpty { #expect(!logs.contains(secret)) }
        }
    }

    @Test func `events arrive signed and in order, even during rotation, and the feed agrees`()
        async throws
    {
        let receiver = try await WebhookReceiver()
        let scene = try await Scene()
        let webhook = try await scene.webhook(receiver.url + "/in")
        try await receiver.trust(webhook.secret)
        _ = try await scene.stack.invite("grace", to: scene.entity, by: scene.ada.token)
        let grace = try await scene.stack.takeUp(try await scene.stack.claim("grace"))
        // The former secret still verifies for a day.
        let rotated = try await scene.call("POST", "/api/v1/webhooks/\(webhook.id)/rotate-secret")
        scene.stack.issue(rotated["secret"] ?? "")
        let removed = try await scene.call(
            "DELETE", "/api/v1/entities/\(scene.entity)/collaborators/\(grace.id)")
        #expect(removed.status == 204)
        #expect(await eventually(within: 20_000) { receiver.messages.count == 4 })
        #expect(receiver.messages.allSatisfy { $0.isVerified })
        #expect(
            receiver.messages.map(\.type) == [
                "invitation.sent", "invitation.accepted", "collaborator.added",
                "collaborator.removed",
            ])
        let sequences = receiver.messages.compactMap(\.sequence)
        #expect(sequences.count == 4 && sequences == sequences.sorted())
        #expect(receiver.messages.map(\.id) == receiver.messages.map { $0.body["id"]?.string })
        let feed = try await scene.call("GET", "/api/v1/events")
        let told = feed.json?["data"]?.items.filter { event in
            receiver.messages.contains { $0.id == event["id"]?.string }
        }
        #expect(told == receiver.messages.map(\.body))
        // And with the new one alone.
        let other = try await WebhookReceiver()
        try await other.trust(rotated["secret"] ?? "")
        _ = try await scene.call(
            "PATCH", "/api/v1/webhooks/\(webhook.id)", #"{"url":"\#(other.url)/in"}"#)
        _ = try await scene.call("POST", "/api/v1/webhooks/\(webhook.id)/test")
        #expect(await eventually(within: 20_000) { other.messages.count == 1 })
        #expect(other.messages.allSatisfy { $0.isVerified && $0.type == "webhook.test" })
        await scene.end()
    }

    @Test func `a failed delivery is retried, given up, and redelivered on request`()
        async throws
    {
        let receiver = try await WebhookReceiver()
        let scene = try await Scene(["LATCHKEY_WEBHOOK_RETRIES": "0,1"])
        let webhook = try await scene.webhook(receiver.url + "/in")
        try await receiver.trust(webhook.secret)
        try receiver.setDown(true)
        _ = try await scene.stack.invite("grace", to: scene.entity, by: scene.ada.token)
        let isGivenUp = try await eventually(within: 20_000) {
            try await scene.deliveries(of: webhook.id).first?["status"]?.string == "failed"
        }
        #expect(isGivenUp)
        let failed = try #require(try await scene.deliveries(of: webhook.id).first)
        #expect(failed["attempts"]?.int == 3)
        #expect(failed["last_status"]?.int == 503)
        try receiver.setDown(false)
        let again = try await scene.call(
            "POST", "/api/v1/webhooks/\(webhook.id)/redeliver",
            #"{"since":"2020-01-01T00:00:00.000Z"}"#)
        #expect(again.status == 202 && again.json?["queued"]?.int == 1, "\(again.text)")
        let isTaken = try await eventually(within: 20_000) {
            try await scene.deliveries(of: webhook.id).first?["status"]?.string == "delivered"
        }
        #expect(isTaken)
        // The same event, four times.
        #expect(receiver.messages.count == 4 && Set(receiver.messages.map(\.id)).count == 1)
        #expect(receiver.messages.allSatisfy { $0.isVerified })
        await scene.end()
    }

    @Test func `410 disables the webhook, and its owner gets a mail`() async throws {
        let receiver = try await WebhookReceiver()
        let scene = try await Scene()
        let webhook = try await scene.webhook(receiver.url + "/410")
        _ = try await scene.stack.invite("grace", to: scene.entity, by: scene.ada.token)
        let isDisabled = try await eventually(within: 20_000) {
            let found = try await scene.call("GET", "/api/v1/webhooks/\(webhook.id)")
            return found["disabled_reason"] == "gone"
        }
        #expect(isDisabled)
        let isTold = await eventually(within: 20_000) {
            scene.stack.mails(to: "ada@example.com").contains { $0.contains(webhook.id) }
        }
        #expect(isTold)
        await scene.end()
    }

    @Test func `over TLS the certificate must be trusted by the system`() async throws {
        let receiver = try await WebhookReceiver()
        let scene = try await Scene(["LATCHKEY_WEBHOOK_RETRIES": "60"])
        let trusted = try await scene.webhook(receiver.secureURL() + "/in")
        let expired = try await scene.webhook(receiver.secureURL("expired") + "/in")
        try await receiver.trust(trusted.secret)
        await scene.stack.invitations?.killNow()
        try scene.stack.startInvitations(
            through: PrivateTrust(file: receiver.certificates).wrapper)
        try await scene.stack.ready(.invitations)
        for id in [trusted.id, expired.id] {
            _ = try await scene.call("POST", "/api/v1/webhooks/\(id)/test")
        }
        let isOver = try await eventually(within: 30_000) {
            var attempts: [Int?] = []
            for id in [trusted.id, expired.id] {
                attempts.append(try await scene.deliveries(of: id).first?["attempts"]?.int)
            }
            return attempts == [1, 1]
        }
        #expect(isOver)
        #expect(try await scene.deliveries(of: trusted.id).first?["last_status"]?.int == 204)
        let refused = try await scene.deliveries(of: expired.id).first?["last_error"]?.string
        #expect(refused?.contains("certificate") == true)
        #expect(receiver.messages.count == 1 && receiver.messages.allSatisfy { $0.isVerified })
        await scene.end()
    }

    @Test func `without OpenSSL the service starts, sends over http, and the log says so`()
        async throws
    {
        let receiver = try await WebhookReceiver()
        let scene = try await Scene()
        let webhook = try await scene.webhook(receiver.url + "/in")
        let isMissing = { scene.stack.logs.contains("OpenSSL 3 can't be loaded") }
        #expect(!isMissing())
        await scene.stack.invitations?.killNow()
        let hide = "for f in /usr/lib/*/libssl.so.3; do mount --bind /dev/null \"$f\"; done"
        try scene.stack.startInvitations(through: [
            "unshare", "--map-root-user", "--mount", "sh", "-c", hide + "; exec \"$@\"", "sh",
        ])
        try await scene.stack.ready(.invitations)
        #expect(await eventually { isMissing() })
        _ = try await scene.call("POST", "/api/v1/webhooks/\(webhook.id)/test")
        #expect(await eventually(within: 20_000) { receiver.messages.count == 1 })
        await scene.end()
    }

    @Test func `webhooks to private addresses are refused unless allowed`() async throws {
        let scene = try await Scene(["LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "false"])
        for url in [
            "http://127.0.0.1/", "http://localhost/", "http://169.254.169.254/latest",
            "http://[::1]/", "http://2130706433/", "http://10.1.2.3/",
        ] {
            let refused = try await scene.call("POST", "/api/v1/webhooks", #"{"url":"\#(url)"}"#)
            #expect(refused.status == 422, "\(url): \(refused.text)")
        }
        await scene.end()
    }
}
