import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Entity tags and conditional requests.
@Suite struct PreconditionTests {
    /// An integration that is shared with Bob, a team, and a platform admin.
    private struct Scene {
        let served: ServedIntegrations
        let root: Caller
        let path: String
        let team: String
        var share: String { path + "/shares/user:bob" }

        init(_ served: ServedIntegrations) async throws {
            self.served = served
            root = served.user("root", isAdmin: true)
            for name in ["ada", "bob", "cyd"] { _ = served.user(name) }
            path = try await served.integration(by: root)
            team = try await served.team("A Team", by: root)
            try await served.share(path, with: "user:bob", by: root)
            served.clock.advance(seconds: 1)
        }

        func send(
            _ request: String, _ body: String? = nil, _ fields: String...
        ) async throws -> RawResponse {
            try await served.send(request, body, as: root, fields: fields)
        }

        func tag(_ path: String) async throws -> String {
            try #require(try await send("GET \(path)").field("etag"))
        }
    }

    private func run(_ body: (Scene) async throws -> Void) async throws {
        try await ServedIntegrations.run { try await body(try await Scene($0)) }
    }

    @Test func `each resource has a tag, and If-None-Match returns 304`() async throws {
        try await run { scene in
            for path in [
                scene.path, scene.share, scene.path + "/owner", scene.path + "/access", scene.team,
            ] {
                let tag = try await scene.tag(path)
                #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
                for known in [tag, "\"x\", \(tag)", "W/\(tag)", "*"] {
                    let answer = try await scene.send("GET \(path)", nil, "If-None-Match: \(known)")
                    #expect(answer.status == 304 && answer.body.isEmpty, "\(path) \(known)")
                    #expect(answer.field("etag") == tag)
                }
                let old = try await scene.send("GET \(path)", nil, "If-None-Match: \"old\"")
                #expect(old.status == 200)
                let other = try await scene.send("GET \(path)", nil, "If-Match: \"other\"")
                #expect(other.status == 412 && other.code == "precondition_failed")
            }
        }
    }

    @Test func `conditions reveal nothing to callers who can't see the resource`() async throws {
        try await run { scene in
            let eve = scene.served.user("eve")
            for path in [scene.path, scene.share, scene.path + "/owner", scene.team] {
                for field in ["If-None-Match: *", "If-Match: *"] {
                    let hidden = try await scene.served.send(
                        "GET \(path)", as: eve, fields: [field])
                    #expect(hidden.status == 404 && hidden.field("etag") == nil)
                }
            }
        }
    }

    @Test func `responses to writes have the new tag`() async throws {
        try await run { scene in
            for (request, body, path) in [
                ("POST /api/integrations", #"{"name":"New"}"#, nil),
                ("POST /api/teams", #"{"name":"New"}"#, nil),
                ("PATCH \(scene.path)", #"{"name":"Other"}"#, scene.path),
                ("PATCH \(scene.team)", #"{"name":"Other"}"#, scene.team),
                ("PUT \(scene.share)", #"{"accessLevel":7}"#, scene.share),
                ("PUT \(scene.path)/shares/team:a-team", nil, "\(scene.path)/shares/team:a-team"),
            ] as [(String, String?, String?)] {
                let changed = try await scene.send(request, body)
                let place = try #require(path ?? changed.field("location"))
                #expect(try await scene.tag(place) == changed.field("etag"), "\(request)")
            }
            // It would be the tag of another resource.
            let given = try await scene.send("PUT \(scene.path)/owner", #"{"userId":"ada"}"#)
            #expect(given.status == 200 && given.field("etag") == nil)
        }
    }

    @Test func `of two editors with the same tag the second is 412`() async throws {
        try await run { scene in
            for (method, path, first, second) in [
                ("PATCH", scene.path, #"{"name":"A"}"#, #"{"name":"B"}"#),
                ("PATCH", scene.team, #"{"name":"A"}"#, #"{"name":"B"}"#),
                ("PUT", scene.share, #"{"accessLevel":7}"#, #"{"accessLevel":8}"#),
            ] {
                let field = "If-Match: \(try await scene.tag(path))"
                scene.served.clock.advance(seconds: 1)
                let one = try await scene.send("\(method) \(path)", first, field)
                #expect(one.status == 200, "\(one.text)")
                let before = try scene.served.database.dump()
                let two = try await scene.send("\(method) \(path)", second, field)
                #expect(two.status == 412 && two.code == "precondition_failed")
                #expect(try await scene.send("DELETE \(path)", nil, field).status == 412)
                #expect(try scene.served.database.dump() == before)
                let again = try await scene.send(
                    "\(method) \(path)", second, "If-Match: \"x\", \(one.field("etag") ?? "")")
                #expect(again.status == 200)
            }
        }
    }

    @Test func `a transfer accepts the tag of the owner or of the integration`()
        async throws
    {
        try await run { scene in
            let owner = scene.path + "/owner"
            func tags() async throws -> [String] {
                [try await scene.tag(owner), try await scene.tag(scene.path)]
            }
            for (index, name) in ["ada", "bob"].enumerated() {
                let current = try await tags()
                let body = #"{"userId":"\#(name)"}"#
                let stale = try await scene.send("PUT \(owner)", body, "If-Match: \"stale\"")
                #expect(stale.status == 412)
                scene.served.clock.advance(seconds: 1)
                let done = try await scene.send("PUT \(owner)", body, "If-Match: \(current[index])")
                #expect(done.status == 200, "\(done.text)")
                // Both tags have changed.
                for tag in current {
                    let late = try await scene.send(
                        "PUT \(owner)", #"{"userId":"cyd"}"#, "If-Match: \(tag)")
                    #expect(late.status == 412 && late.code == "precondition_failed")
                }
            }
            for tag in try await tags() + ["*"] {
                let known = try await scene.send(
                    "PUT \(owner)", #"{"userId":"cyd"}"#, "If-None-Match: \(tag)")
                #expect(known.status == 412, "\(tag)")
            }
            let any = try await scene.send("PUT \(owner)", #"{"userId":"cyd"}"#, "If-Match: *")
            #expect(any.status == 200)
        }
    }

    @Test func `an integration that was transferred back has another tag`() async throws {
        try await run { scene in
            let tag = try await scene.tag(scene.path)
            for name in ["ada", "root"] {
                let given = try await scene.send(
                    "PUT \(scene.path)/owner", #"{"userId":"\#(name)"}"#)
                #expect(given.status == 200)
            }
            let late = try await scene.send(
                "PUT \(scene.path)/owner", #"{"userId":"cyd"}"#, "If-Match: \(tag)")
            #expect(late.status == 412)
        }
    }

    @Test func `conditions on a share can require that it exists or doesn't`() async throws {
        try await run { scene in
            let other = scene.path + "/shares/user:cyd"
            let missing = try await scene.send("PUT \(other)", nil, "If-Match: *")
            #expect(missing.status == 412)
            #expect(try await scene.send("GET \(other)").status == 404)
            #expect(try await scene.send("PUT \(other)", nil, "If-None-Match: *").status == 200)
            let again = try await scene.send("PUT \(other)", nil, "If-None-Match: *")
            #expect(again.status == 412)
            let tag = try await scene.tag(other)
            #expect(try await scene.send("PUT \(other)", nil, "If-Match: \(tag)").status == 200)
            #expect(try await scene.send("DELETE \(other)", nil, "If-Match: \"x\"").status == 412)
            #expect(try await scene.send("DELETE \(other)", nil, "If-Match: \(tag)").status == 204)
            // A missing share is 404, whatever the condition.
            #expect(try await scene.send("DELETE \(other)", nil, "If-Match: *").status == 404)
        }
    }

    @Test func `DELETE honours If-Match`() async throws {
        try await run { scene in
            for path in [scene.path, scene.team] {
                let stale = try await scene.send("DELETE \(path)", nil, "If-Match: \"stale\"")
                #expect(stale.status == 412)
                let field = "If-Match: \(try await scene.tag(path))"
                #expect(try await scene.send("DELETE \(path)", nil, field).status == 204)
            }
        }
    }

    @Test func `a new member changes the team's tag`() async throws {
        try await run { scene in
            let tag = try await scene.tag(scene.team)
            #expect(try await scene.send("PUT \(scene.team)/members/bob").status == 201)
            let stale = try await scene.send(
                "PATCH \(scene.team)", #"{"name":"B"}"#, "If-Match: \(tag)")
            #expect(stale.status == 412)
        }
    }

    @Test func `members have no tag, so conditions only check existence`()
        async throws
    {
        try await run { scene in
            let place = scene.team + "/members/bob"
            let missing = try await scene.send("PUT \(place)", nil, "If-Match: *")
            #expect(missing.status == 412)
            #expect(try await scene.send("PUT \(place)", nil, "If-None-Match: *").status == 201)
            for field in ["If-Match: \"a\"", "If-None-Match: *"] {
                #expect(try await scene.send("PUT \(place)", nil, field).status == 412)
                #expect(try await scene.send("DELETE \(place)", nil, field).status == 412)
            }
            #expect(try await scene.send("PUT \(place)", nil, "If-Match: *").status == 200)
            #expect(try await scene.send("DELETE \(place)", nil, "If-Match: *").status == 204)
            #expect(try await scene.send("DELETE \(place)", nil, "If-Match: *").status == 404)
        }
    }

    @Test func `permission is checked before conditions, and an invalid tag is malformed`()
        async throws
    {
        try await run { scene in
            let served = scene.served
            let (eve, bob) = (served.user("eve"), served.user("bob"))
            for (request, body) in [
                ("PATCH \(scene.path)", #"{"name":"x"}"#), ("DELETE \(scene.path)", nil),
                ("PUT \(scene.share)", "{}"), ("DELETE \(scene.share)", nil),
                ("PUT \(scene.path)/owner", #"{"userId":"bob"}"#),
            ] as [(String, String?)] {
                for (caller, status) in [(eve, 404), (bob, 403)] {
                    let answer = try await served.send(
                        request, body, as: caller, fields: ["If-Match: \"a\""])
                    #expect(answer.status == status, "\(request) \(caller.userId)")
                }
                let malformed = try await scene.send(request, body, "If-Match: a")
                #expect(malformed.status == 400 && malformed.code == "malformed_precondition")
            }
        }
    }
}
