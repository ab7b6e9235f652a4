import Kernel
import TestSupport
import Testing

@testable import Organizations

/// ETags and conditional requests.
@Suite struct PreconditionTests {
    /// An organization with an owner, a member and a publication.
    private struct Scene {
        let served: ServedOrganizations
        let ada: Caller
        let path: String
        let publication: String

        init(_ served: ServedOrganizations) async throws {
            self.served = served
            ada = served.user("ada")
            path = try await served.organization(by: ada)
            publication =
                "\(path)/store/"
                + (try await served.publish(served.entities.add(by: ada), to: path, by: ada))
        }

        func send(
            _ request: String, _ body: String? = nil, _ fields: String...
        ) async throws -> RawResponse {
            try await served.send(request, body, as: ada, fields: fields)
        }

        func tag(_ path: String) async throws -> String {
            try #require(try await send("GET \(path)").field("etag"))
        }
    }

    private func run(_ body: (Scene) async throws -> Void) async throws {
        try await ServedOrganizations.run { try await body(try await Scene($0)) }
    }

    @Test func `a resource has an ETag and returns 304 for it`() async throws {
        try await run { scene in
            for path in [scene.path, scene.publication, scene.path + "/storage-config"] {
                let tag = try await scene.tag(path)
                let known = try await scene.send("GET \(path)", nil, "If-None-Match: \(tag)")
                #expect(known.status == 304 && known.body.isEmpty && known.field("etag") == tag)
                let other = try await scene.send("GET \(path)", nil, "If-Match: \"other\"")
                #expect(other.status == 412 && other.code == "precondition_failed")
            }
            // A caller who can't see it gets a 404.
            let eve = scene.served.user("eve")
            for path in [scene.path, scene.publication] {
                let hidden = try await scene.served.send(
                    "GET \(path)", as: eve, fields: ["If-None-Match: *"])
                #expect(hidden.status == 404 && hidden.field("etag") == nil)
            }
        }
    }

    @Test func `members and others get different representations with different ETags`()
        async throws
    {
        try await run { scene in
            let root = scene.served.user("root", isAdmin: true)
            let tag = try await scene.tag(scene.path)
            let seen = try await scene.served.send(
                "GET \(scene.path)", as: root, fields: ["If-None-Match: \(tag)"])
            #expect(seen.status == 200)
        }
    }

    @Test func `responses to writes have the new ETag`() async throws {
        try await run { scene in
            let made = try await scene.send("POST /api/organizations", #"{"name":"Bolt"}"#)
            let path = try #require(made.field("location"))
            #expect(try await scene.tag(path) == made.field("etag"))
            let changed = try await scene.send("PATCH \(path)", #"{"name":"Other"}"#)
            #expect(try await scene.tag(path) == changed.field("etag"))
            #expect(changed.field("etag") != made.field("etag"))
            let entity = scene.served.entities.add(by: scene.ada)
            let published = try await scene.send(
                "POST \(path)/store", #"{"entityId":"\#(entity)"}"#)
            let publication = try #require(published.field("location"))
            #expect(try await scene.tag(publication) == published.field("etag"))
            let shown = try await scene.send("PATCH \(publication)", #"{"isPublic":true}"#)
            #expect(try await scene.tag(publication) == shown.field("etag"))
        }
    }

    @Test func `the second of two concurrent editors gets a 412`() async throws {
        try await run { scene in
            for (path, first, second) in [
                (scene.path, #"{"name":"A"}"#, #"{"name":"B"}"#),
                (scene.publication, #"{"isPublic":true}"#, #"{"isPublic":false}"#),
            ] {
                let field = "If-Match: \(try await scene.tag(path))"
                scene.served.clock.advance(seconds: 1)
                let one = try await scene.send("PATCH \(path)", first, field)
                #expect(one.status == 200)
                let before = try scene.served.database.dump()
                let two = try await scene.send("PATCH \(path)", second, field)
                #expect(two.status == 412 && two.code == "precondition_failed")
                let deleted = try await scene.send("DELETE \(path)", nil, field)
                #expect(deleted.status == 412)
                #expect(try scene.served.database.dump() == before)
                let again = try await scene.send(
                    "PATCH \(path)", second, "If-Match: \"other\", \(one.field("etag") ?? "")")
                #expect(again.status == 200)
            }
        }
    }

    @Test func `adding a member changes the organization's ETag`() async throws {
        try await run { scene in
            let tag = try await scene.tag(scene.path)
            try await scene.served.join(
                scene.served.user("bob"), scene.path, by: scene.ada)
            let stale = try await scene.send(
                "PATCH \(scene.path)", #"{"name":"B"}"#, "If-Match: \(tag)")
            #expect(stale.status == 412)
        }
    }

    @Test func `DELETE checks If-Match too`() async throws {
        try await run { scene in
            for path in [scene.publication, scene.path] {
                #expect(
                    try await scene.send("DELETE \(path)", nil, "If-Match: \"stale\"").status == 412
                )
                #expect(try await scene.send("GET \(path)").status == 200)
                let field = "If-Match: \(try await scene.tag(path))"
                #expect(try await scene.send("DELETE \(path)", nil, field).status == 204)
            }
        }
    }

    @Test func `resources without a GET accept only If-Match: *`() async throws {
        try await run { scene in
            let served = scene.served
            try await served.join(served.user("bob"), scene.path, by: scene.ada)
            let role = try await served.role("r", [], in: scene.path, by: scene.ada)
            for (path, body) in [
                ("\(scene.path)/members/usr_bob", #"{"role":"admin"}"#),
                ("\(scene.path)/roles/\(role)", #"{"name":"s"}"#),
            ] {
                for field in ["If-Match: \"a\"", "If-None-Match: *"] {
                    #expect(try await scene.send("PATCH \(path)", body, field).status == 412)
                    #expect(try await scene.send("DELETE \(path)", nil, field).status == 412)
                }
                #expect(try await scene.send("PATCH \(path)", body, "If-Match: *").status == 200)
                #expect(try await scene.send("DELETE \(path)", nil, "If-Match: *").status == 204)
                // A missing resource is a 404, whatever the condition.
                #expect(try await scene.send("DELETE \(path)", nil, "If-Match: *").status == 404)
            }
        }
    }

    @Test func `permissions are checked before If-Match, and an invalid tag is malformed`()
        async throws
    {
        try await run { scene in
            let (eve, bob) = (scene.served.user("eve"), scene.served.user("bob"))
            try await scene.served.join(bob, scene.path, by: scene.ada)
            for (method, body) in [("PATCH", #"{"name":"x"}"#), ("DELETE", nil)] {
                for (caller, status) in [(eve, 404), (bob, 403)] {
                    let answer = try await scene.served.send(
                        "\(method) \(scene.path)", body, as: caller, fields: ["If-Match: \"a\""])
                    #expect(answer.status == status, "\(method) \(caller.userId)")
                }
                let malformed = try await scene.send("\(method) \(scene.path)", body, "If-Match: a")
                #expect(malformed.status == 400 && malformed.code == "malformed_precondition")
            }
        }
    }
}
