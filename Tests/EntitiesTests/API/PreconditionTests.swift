import Kernel
import TestSupport
import Testing

@testable import Entities

/// ETags and conditional requests.
@Suite struct PreconditionTests {
    @Test func `a resource has an ETag, and If-None-Match gets 304`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            for path in ["", "/access", "/publishers/me"] {
                let target = "GET /api/entities/\(id)\(path)"
                let shown = try await served.send(target, as: ada)
                let tag = try #require(shown.field("etag"))
                let known = try await served.send(
                    target, as: ada, fields: ["If-None-Match: \(tag)"])
                #expect(known.status == 304 && known.body.isEmpty)
                #expect(known.field("etag") == tag && known.field("content-type") == nil)
                let other = try await served.send(
                    target, as: ada, fields: ["If-Match: \"a\"", "If-None-Match: \(tag)"])
                #expect(other.status == 412 && other.code == "precondition_failed")
                let head = try await served.send(
                    target.replacing("GET", with: "HEAD"), as: ada)
                #expect(head.status == 200 && head.field("etag") == tag)
            }
            // Without access the response reveals nothing.
            let hidden = try await served.send(
                "GET /api/entities/\(id)", as: served.user("eve"), fields: ["If-None-Match: *"])
            #expect(hidden.status == 404 && hidden.field("etag") == nil)
        }
    }

    @Test func `of two editors the second gets 412`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            let target = "PATCH /api/entities/\(id)"
            let shown = try await served.send("GET /api/entities/\(id)", as: ada)
            let fields = ["If-Match: \(shown.field("etag") ?? "")"]
            let first = try await served.send(target, #"{"name":"A"}"#, as: ada, fields: fields)
            #expect(first.status == 200)
            let second = try await served.send(target, #"{"name":"B"}"#, as: ada, fields: fields)
            #expect(second.status == 412 && second.code == "precondition_failed")
            let now = try await served.send("GET /api/entities/\(id)", as: ada)
            #expect(now["name"] == "A" && now.field("etag") == first.field("etag"))
            let third = try await served.send(
                target, #"{"name":"B"}"#, as: ada,
                fields: ["If-Match: \"other\", \(first.field("etag") ?? "")"])
            #expect(third.status == 200)
        }
    }

    @Test func `of ten editors at once one succeeds`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            let shown = try await served.send("GET /api/entities/\(id)", as: ada)
            let fields = ["If-Match: \(shown.field("etag") ?? "")"]
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<10 {
                    group.addTask {
                        try await served.send(
                            "PATCH /api/entities/\(id)", #"{"name":"N\#(index)"}"#, as: ada,
                            fields: fields
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1 && statuses.count { $0 == 412 } == 9)
        }
    }

    @Test func `transfer of ownership and deletion check If-Match too`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let id = try await served.entity(by: ada)
            let stale = ["If-Match: \"stale\""]
            let owner = try await served.send(
                "PUT /api/entities/\(id)/owner", #"{"userId":"usr_bob"}"#, as: ada, fields: stale)
            #expect(owner.status == 412)
            let gone = try await served.send("DELETE /api/entities/\(id)", as: ada, fields: stale)
            #expect(gone.status == 412)
            let still = try await served.send("GET /api/entities/\(id)", as: ada)
            #expect(still["ownerId"] == "usr_ada")
            // A missing permission is reported first.
            let hidden = try await served.send(
                "DELETE /api/entities/\(id)", as: served.user("eve"), fields: stale)
            #expect(hidden.status == 404)
            let current = ["If-Match: \(still.field("etag") ?? "")"]
            #expect(
                try await served.send("DELETE /api/entities/\(id)", as: ada, fields: current).status
                    == 204)
        }
    }

    @Test func `an installation can be required to be new, or to exist`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let id = try await served.entity(by: ada)
            func put(_ field: String) async throws -> RawResponse {
                try await served.send(
                    "PUT /api/entities/\(id)/installation", "{}", as: ada, fields: [field])
            }
            #expect(try await put("If-Match: *").status == 412)
            let made = try await put("If-None-Match: *")
            // RFC 9110 §9.3.4: a response to PUT has no ETag if the content was transformed.
            #expect(made.status == 201 && made.field("etag") == nil)
            #expect(try await put("If-None-Match: *").status == 412)
            #expect(try await put("If-Match: *").status == 200)
            #expect(try await put("If-Match: \"a\"").status == 412)
            let gone = try await served.send(
                "DELETE /api/entities/\(id)/installation", as: ada, fields: ["If-Match: \"a\""])
            #expect(gone.status == 412)
            #expect(try await put("If-Match: *").status == 200)
            let malformed = try await put("If-Match: abc")
            #expect(malformed.status == 400 && malformed.code == "malformed_precondition")
        }
    }
}
