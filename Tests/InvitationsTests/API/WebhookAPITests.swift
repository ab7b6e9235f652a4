import Contract
import EventLoop
import GatewayContract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import Webhooks

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

extension ServedInvitations {
    static let hook = "http://127.0.0.1:9/in"

    /// A new webhook of a user, as the API shows it.
    @discardableResult
    func webhook(_ url: String = hook, by owner: Caller) async throws -> JSONValue {
        let types = (InvitationEvents.all + WorkspaceEvents.all).map { "\"\($0)\"" }
            .joined(separator: ",")
        let made = try await send(
            "POST /api/v1/webhooks",
            #"{"url":"\#(url)","events":[\#(types)]}"#, as: owner)
        try #require(made.status == 201, "\(made.text)")
        return try #require(made.json)
    }

    func deliveries(of id: String, by owner: Caller) async throws -> [JSONValue] {
        let answer = try await send("GET /api/v1/webhooks/\(id)/deliveries", as: owner)
        return answer.json?["data"]?.items ?? []
    }

    /// Waits until nothing is on its way to webhooks: how a delivery ends changes rows, and
    /// another test is refused until then.
    func settleDeliveries() async throws {
        let isSettled = try await eventually {
            try database.dump(of: "deliveries").allSatisfy { !$0.contains("status='pending'") }
        }
        try #require(isSettled)
    }
}

@Suite struct WebhookAPITests {
    // MARK: Who may

    private enum Who: CaseIterable {
        case stranger
        case platformAdmin
        case owner
    }

    private static let own = "hidden hidden ok"
    private static let all = "ok ok ok"
    private static let rows: [String: MatrixLine] = [
        "createWebhook": MatrixLine(201, all, body: #"{"url":"http://127.0.0.1:9/new"}"#),
        "listWebhooks": MatrixLine(200, all),
        "getWebhook": MatrixLine(200, own),
        "updateWebhook": MatrixLine(200, own, body: #"{"events":["invitation.sent"]}"#),
        "deleteWebhook": MatrixLine(204, own),
        "rotateWebhookSecret": MatrixLine(200, own),
        "testWebhook": MatrixLine(202, own),
        "listWebhookDeliveries": MatrixLine(200, own),
        "getWebhookDelivery": MatrixLine(200, own),
        "redeliverEvent": MatrixLine(202, own),
        "redeliverEvents": MatrixLine(202, own, body: #"{"since":"2020-01-01T00:00:00.000Z"}"#),
        "listEvents": MatrixLine(200, all),
    ]

    @Test func `the matrix has a row for every route`() {
        #expect(Set(Self.rows.keys) == Set(WebhookRoutes.all.map(\.id)))
    }

    /// A webhook is its owner's alone; what has no id is everybody's own.
    @Test(arguments: WebhookRoutes.all.map(\.id).sorted())
    func `every route admits exactly the intended callers`(_ id: String) async throws {
        let route = try #require(WebhookRoutes.all.first { $0.id == id })
        let row = try #require(Self.rows[id])
        let matrix = try MatrixRow(
            route, success: row.success, strongest: Who.owner, words: row.verdicts,
            ["hidden": .hidden])
        try await ServedInvitations.run { served in
            var count = 0
            try await matrix.check(on: served) {
                count += 1
                let owner = served.user("owner")
                // An event that the webhook does not get unless it asks.
                try await served.invite("a@example.com", to: served.entity(by: owner), by: owner)
                try await served.settleMails()
                let made = try await served.webhook("\(ServedInvitations.hook)/\(count)", by: owner)
                let id = try #require(made["id"]?.string)
                let tested = try await served.send("POST /api/v1/webhooks/\(id)/test", as: owner)
                try await served.settleDeliveries()
                return (id, try #require(tested.json?["event_id"]?.string))
            } request: { scene, _ in
                let place = route.path.replacing("{id}", with: scene.0)
                    .replacing("{eventId}", with: scene.1)
                return ("\(route.method.rawValue) \(place)", row.body)
            }
        }
    }

    @Test func `another user's webhook and a missing one are indistinguishable`() async throws {
        try await ServedInvitations.run { served in
            let made = try await served.webhook(by: served.user("owner"))
            let id = try #require(made["id"]?.string)
            let stranger = served.user("stranger")
            let hidden = try await served.send("GET /api/v1/webhooks/\(id)", as: stranger)
            for missing in ["whk_01JHMZ0000000000000000000A", "x"] {
                let nowhere = try await served.send(
                    "GET /api/v1/webhooks/\(missing)", as: stranger)
                #expect(nowhere.text.replacing("/" + missing, with: "/" + id) == hidden.text)
            }
        }
    }

    // MARK: Shapes

    @Test func `the secret is shown only when it is new`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let key = ["Idempotency-Key: k"]
            let body = #"{"url":"http://127.0.0.1:9/in"}"#
            let first = try await served.send(
                "POST /api/v1/webhooks", body, as: ada, fields: key)
            let secret = try #require(first.json?["secret"]?.string)
            #expect(secret.hasPrefix("whsec_"))
            let id = try #require(first.json?["id"]?.string)
            #expect(first.field("location") == "/api/v1/webhooks/\(id)")
            let replayed = try await served.send(
                "POST /api/v1/webhooks", body, as: ada, fields: key)
            #expect(replayed.field("idempotency-replayed") == "true")
            #expect(replayed.json?["secret"] == nil)
            let rotated = try await served.send(
                "POST /api/v1/webhooks/\(id)/rotate-secret", as: ada, fields: ["Idempotency-Key: r"]
            )
            let second = try #require(rotated.json?["secret"]?.string)
            #expect(second != secret)
            for request in [
                "GET /api/v1/webhooks", "GET /api/v1/webhooks/\(id)",
                "GET /api/v1/webhooks/\(id)/deliveries",
            ] {
                let answer = try await served.send(request, as: ada)
                #expect(!answer.text.contains("whsec_"), "\(request)")
            }
            // Neither in clear nor as the bytes that it stands for.
            for row in try served.database.dump() {
                #expect(!row.contains(secret.dropFirst(6)) && !row.contains(second.dropFirst(6)))
            }
        }
    }

    @Test func `invalid fields are named`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let made = try await served.webhook(by: ada)
            let place = "/api/v1/webhooks/\(made["id"]?.string ?? "")"
            for (request, body, pointers) in [
                ("POST /api/v1/webhooks", #"{"url":"x","events":["no"]}"#, ["/url", "/events/0"]),
                ("POST /api/v1/webhooks", #"{"url":"http://169.254.169.254/"}"#, ["/url"]),
                ("POST /api/v1/webhooks", #"{}"#, ["/url"]),
                ("PATCH \(place)", #"{"url":null}"#, ["/url"]),
                ("POST \(place)/redeliver", #"{"since":"yesterday"}"#, ["/since"]),
                ("GET /api/v1/events?after=-1", nil, ["/after"]),
                ("GET /api/v1/events?limit=101", nil, ["/limit"]),
                ("GET /api/v1/events?order=up", nil, ["/order"]),
                ("GET /api/v1/events?scope=all", nil, ["/scope"]),
                ("GET /api/v1/events?scope=organization", nil, ["/organization_id"]),
                ("GET /api/v1/events?organization_id=org_1", nil, ["/organization_id"]),
                ("GET /api/v1/events?type=no", nil, ["/type"]),
                (
                    "POST /api/v1/webhooks", #"{"url":"http://127.0.0.1:9/","scope":"all"}"#,
                    ["/scope"]
                ),
                (
                    "POST /api/v1/webhooks",
                    #"{"url":"http://127.0.0.1:9/","scope":"organization"}"#, ["/organization_id"]
                ),
                (
                    "POST \(place)/redeliver", #"{"since":"2026-01-01T00:00:00Z","events":["no"]}"#,
                    ["/events/0"]
                ),
                ("GET \(place)/deliveries?status=lost", nil, ["/status"]),
            ] {
                let answer = try await served.send(request, body, as: ada)
                #expect(answer.status == 422, "\(request): \(answer.text)")
                #expect(answer.pointers == pointers, "\(request)")
            }
        }
    }

    @Test func `a conditional update needs the current ETag`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let made = try await served.webhook(by: ada)
            let place = "/api/v1/webhooks/\(made["id"]?.string ?? "")"
            let tag = try #require(
                try await served.send("GET \(place)", as: ada).field("etag"))
            let change = #"{"enabled":false}"#
            let first = try await served.send(
                "PATCH \(place)", change, as: ada, fields: ["If-Match: \(tag)"])
            #expect(first.status == 200)
            #expect(first.json?["enabled"]?.bool == false)
            let second = try await served.send(
                "PATCH \(place)", change, as: ada, fields: ["If-Match: \(tag)"])
            #expect(second.status == 412)
            let gone = try await served.send(
                "DELETE \(place)", as: ada, fields: ["If-Match: \(tag)"])
            #expect(gone.status == 412)
        }
    }

    // MARK: Telling

    @Test func `webhooks and the feed contain the same bytes`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            try await served.webhook(by: ada)
            let entity = served.entity(by: ada)
            let invitation = try await served.invite(
                "b\u{FC}b@example.com".replacing("\u{FC}", with: "o"), to: entity, by: ada)
            _ = try await served.accept(try served.token(invitation), by: served.user("bob"))
            let receivers = served.receivers
            #expect(await eventually { receivers.got.count == 3 })
            let bodies = served.receivers.got.map {
                String(decoding: $0.message.body, as: UTF8.self)
            }
            let feed = try await served.send(
                "GET /api/v1/events?subject=\(entity)", as: ada)
            let last = try #require(feed.json?["next_after"]?.int)
            #expect(
                feed.text
                    == #"{"data":[\#(bodies.joined(separator: ","))],"has_more":false,"#
                    + #""next_after":\#(last)}"#)
            let types = feed.json?["data"]?.items.compactMap { $0["type"]?.string }
            #expect(types == ["invitation.sent", "invitation.accepted", "collaborator.added"])
            let pages = try await served.send(
                "GET /api/v1/events?limit=2&subject=\(entity)", as: ada)
            let next = try #require(pages.json?["next_after"]?.int)
            #expect(
                pages.field("link")
                    == "</api/v1/events?subject=\(entity)&after=\(next)&limit=2>; rel=\"next\"")
            #expect(next == pages.json?["data"]?.items.last?["sequence"]?.int)
        }
    }

    @Test func `a receiver that never responds delays no other webhook`() async throws {
        try await ServedInvitations.run { served in
            let dead = served.user("dead")
            let ada = served.user("ada")
            let (deadURL, liveURL) = ("http://127.0.0.1:9/dead", "http://127.0.0.1:9/live")
            served.receivers.setSilent(deadURL, true)
            try await served.webhook(deadURL, by: dead)
            try await served.webhook(liveURL, by: ada)
            for number in 0..<20 {
                try await served.invite(
                    "a\(number)@example.com", to: served.entity("D\(number)", by: dead), by: dead)
                try await served.invite(
                    "a\(number)@example.com", to: served.entity("L\(number)", by: ada), by: ada)
            }
            let receivers = served.receivers
            #expect(await eventually { receivers.ids(at: liveURL).count == 20 })
            // No more than eight are on their way to whoever does not answer.
            #expect(receivers.mostTogether(at: deadURL) <= 8)
            #expect(receivers.ids(at: deadURL).count <= 8)
            receivers.setSilent(deadURL, false)
            #expect(await eventually { Set(receivers.ids(at: deadURL)).count == 20 })
        }
    }

    /// Whether the receiver has so many messages, a few seconds later.
    private func isTold(_ count: Int, _ served: ServedInvitations) -> Bool {
        served.clock.advance(seconds: 5)
        return Set(served.receivers.ids(at: ServedInvitations.hook)).count == count
    }

    @Test func `a failing receiver gets one message at a time`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            served.receivers.set(ServedInvitations.hook, .answered(status: 500, retryAfter: nil))
            let made = try await served.webhook(by: ada)
            let id = try #require(made["id"]?.string)
            try await served.invite("a@example.com", to: served.entity("A", by: ada), by: ada)
            let receivers = served.receivers
            #expect(await eventually { receivers.got.count == 1 })
            let database = served.database
            let isNoted = await eventually {
                (try? database.read { try WebhookStore.find(id, in: $0)?.failingSince }) != nil
            }
            #expect(isNoted)
            for number in 0..<10 {
                try await served.invite(
                    "b@example.com", to: served.entity("B\(number)", by: ada), by: ada)
            }
            #expect(await eventually { receivers.got.count >= 3 })
            #expect(receivers.mostTogether(at: ServedInvitations.hook) == 1)
            // Longer and longer it is left alone, and comes back when it takes something again.
            #expect(receivers.got.count < 11)
            receivers.set(ServedInvitations.hook, nil)
            #expect(await eventually(within: 60_000) { isTold(11, served) })
        }
    }

    @Test func `fifty unresponsive receivers of one owner delay no other owner`() async throws {
        try await ServedInvitations.run { served in
            let (dead, ada) = (served.user("dead"), served.user("ada"))
            let liveURL = "http://127.0.0.1:9/live"
            for number in 0..<50 {
                let url = "http://127.0.0.1:9/dead\(number)"
                served.receivers.setSilent(url, true)
                try await served.webhook(url, by: dead)
            }
            for number in 0..<8 {
                try await served.invite(
                    "a@example.com", to: served.entity("D\(number)", by: dead), by: dead)
            }
            let receivers = served.receivers
            // Up to the owner's share of 128: a webhook's run that begins at the first event sends
            // only that.
            #expect(await eventually(within: 60_000) { receivers.got.count >= 50 })
            try await served.webhook(liveURL, by: ada)
            try await served.invite("a@example.com", to: served.entity("L", by: ada), by: ada)
            #expect(await eventually { receivers.ids(at: liveURL).count == 1 })
            // No more than the owner's share, however many are due.
            #expect(receivers.got.count <= 129)
            for number in 0..<50 {
                receivers.setSilent("http://127.0.0.1:9/dead\(number)", false)
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a receiver that never responds does not delay shutdown`() async throws {
        let (begin, silent) = (Log(Ticks.now), Log<FakeReceivers?>(nil))
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            served.receivers.setSilent(ServedInvitations.hook, true)
            try await served.webhook(by: ada)
            try await served.invite("a@example.com", to: served.entity("A", by: ada), by: ada)
            let receivers = served.receivers
            #expect(await eventually { receivers.got.count == 1 })
            silent.set(receivers)
            begin.set(.now)
        }
        #expect(begin.value.milliseconds(until: .now) < 15_000)
        // What was sent goes on waiting in the background.
        silent.value?.setSilent(ServedInvitations.hook, false)
    }

    @Test func `an entity's events arrive in order, each once`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            try await served.webhook(by: ada)
            let entity = served.entity(by: ada)
            for number in 0..<30 {
                try await served.invite("a\(number)@example.com", to: entity, by: ada)
            }
            let receivers = served.receivers
            #expect(await eventually { receivers.got.count >= 30 })
            let sequences = receivers.got.compactMap {
                JSONValue($0.message.body)?["sequence"]?.int
            }
            #expect(sequences.count == 30 && sequences == sequences.sorted())
        }
    }
}
