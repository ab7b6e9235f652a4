import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing

@testable import Entities

/// POST requests that are repeated with an `Idempotency-Key`.
@Suite struct IdempotencyTests {
    private let create = #"{"name":"Bot","type":"app"}"#

    private func key(_ key: String) -> [String] { ["Idempotency-Key: \(key)"] }

    @Test func `a repeated request has no effect and gets the first response`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let first = try await served.send(
                "POST /api/entities", create, as: ada, fields: key("k1"))
            #expect(first.status == 201 && first.field("idempotency-replayed") == nil)
            let second = try await served.send(
                "POST /api/entities", create, as: ada, fields: key("k1"))
            #expect(second.status == 201 && second.body == first.body)
            #expect(second.field("idempotency-replayed") == "true")
            for name in ["location", "etag", "content-type"] {
                #expect(second.field(name) == first.field(name))
            }
            let list = try await served.send("GET /api/entities", as: ada)
            #expect(list.json?["total"]?.int == 1)
            let other = try await served.send(
                "POST /api/entities", create, as: ada, fields: key("k2"))
            #expect(other.status == 201 && other.body != first.body)
        }
    }

    @Test func `a key that was used with another body or path is refused`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let made = try await served.send(
                "POST /api/entities", create, as: ada, fields: key("k"))
            let id = made["id"] ?? ""
            for (target, body) in [
                ("/api/entities", #"{"name":"Bot2","type":"app"}"#),
                ("/api/entities/\(id)/shares", #"{"emails":["b@example.com"]}"#),
            ] {
                let refused = try await served.send(
                    "POST \(target)", body, as: ada, fields: key("k"))
                #expect(refused.status == 422 && refused.code == "idempotency_key_reused")
            }
            // Keys of different users are independent.
            let bobs = try await served.send(
                "POST /api/entities", create, as: served.user("bob"), fields: key("k"))
            #expect(bobs.status == 201 && bobs["id"] != id)
        }
    }

    @Test func `two users can use the same key at the same time`() async throws {
        try await ServedEntities.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            for round in 0..<20 {
                let fields = key("k\(round)")
                async let one = served.send("POST /api/entities", create, as: ada, fields: fields)
                async let two = served.send("POST /api/entities", create, as: bob, fields: fields)
                let statuses = try await [one.status, two.status]
                #expect(statuses == [201, 201])
            }
        }
    }

    @Test func `the response of a failed request is not stored`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let wrong = try await served.send(
                "POST /api/entities", #"{"name":"","type":"app"}"#, as: ada, fields: key("k"))
            #expect(wrong.status == 422 && wrong.code == "validation_failed")
            let right = try await served.send(
                "POST /api/entities", create, as: ada, fields: key("k"))
            #expect(right.status == 201)
        }
    }

    @Test(arguments: [
        ["Idempotency-Key: "], ["Idempotency-Key: a b"], ["Idempotency-Key: caf\u{E9}"],
        ["Idempotency-Key: " + String(repeating: "k", count: 256)],
        ["Idempotency-Key: a", "Idempotency-Key: a"],
    ])
    func `a key is 1–255 visible ASCII characters, once`(_ fields: [String]) async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let refused = try await served.send(
                "POST /api/entities", create, as: ada, fields: fields)
            #expect(refused.status == 422 && refused.pointers == ["/Idempotency-Key"])
            let longest = try await served.send(
                "POST /api/entities", create, as: ada,
                fields: key(String(repeating: "k", count: 255)))
            #expect(longest.status == 201)
        }
    }

    @Test func `a key can be reused after a day`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let first = try await served.send(
                "POST /api/entities", create, as: ada, fields: key("k"))
            served.clock.advance(seconds: 24 * 60 * 60)
            let next = try await served.send(
                "POST /api/entities", create, as: ada, fields: key("k"))
            #expect(next.status == 201 && next["id"] != first["id"])
        }
    }

    @Test func `access checks are never answered from stored responses`() async throws {
        try await ServedEntities.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = try await served.entity(by: ada)
            let body = #"{"checks":[{"entityId":"\#(id)"}]}"#
            func granted() async throws -> Bool? {
                let answer = try await served.send(
                    "POST /api/access/check", body, as: bob, fields: key("k"))
                #expect(answer.field("idempotency-replayed") == nil)
                return answer.json?["results"]?[0]?["granted"]?.bool
            }
            #expect(try await granted() == false)
            _ = try await served.send(
                "POST /api/entities/\(id)/shares", #"{"emails":["bob@example.com"]}"#, as: ada)
            #expect(try await granted() == true)
        }
    }

    @Test func `every POST that writes accepts an Idempotency-Key`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let id = try await served.entity(by: ada)
            let digest = String(repeating: "a", count: 64)
            let bodies = [
                "createEntity": create, "shareEntity": #"{"emails":["bob@example.com"]}"#,
                "addPublisher": #"{"userId":"usr_bob"}"#,
                "createVersion":
                    #"{"version":"1.0.0","packageUrl":"https://p.example","sha256":"\#(digest)"}"#,
            ]
            for endpoint in EntityRoutes.all where endpoint.method == .post && !endpoint.readsOnly {
                let body = try #require(bodies[endpoint.id])
                let target = "POST " + endpoint.path.replacing("{entityId}", with: id)
                let first = try await served.send(target, body, as: ada, fields: key(endpoint.id))
                let second = try await served.send(target, body, as: ada, fields: key(endpoint.id))
                #expect((200...201).contains(first.status), "\(endpoint.id): \(first.text)")
                #expect(second.field("idempotency-replayed") == "true", "\(endpoint.id)")
                #expect(second.body == first.body && second.status == first.status)
            }
        }
    }

    @Test func `of fifty parallel requests with one key, one creates the share`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let id = try await served.entity(by: ada)
            let fields = key("k")
            let answers = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await served.send(
                            "POST /api/entities/\(id)/shares", #"{"emails":["bob@example.com"]}"#,
                            as: ada, fields: fields)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let made = answers.filter { $0.status == 200 }
            let waiting = answers.filter { $0.status == 409 }
            #expect(made.count + waiting.count == 50 && !made.isEmpty)
            #expect(waiting.allSatisfy { $0.code == "idempotency_key_in_use" })
            #expect(waiting.allSatisfy { $0.field("retry-after") == "1" })
            #expect(made.filter { $0.field("idempotency-replayed") == nil }.count == 1)
            #expect(Set(made.map(\.body)).count == 1)
            #expect(made.first?.json?["created"]?.items.count == 1)
            let audit = try await served.send("GET /api/audit?entityId=\(id)", as: ada)
            let shares = audit.json?["items"]?.items.filter {
                $0["action"]?.string == "share.created"
            }
            #expect(shares?.count == 1)
        }
    }
}
