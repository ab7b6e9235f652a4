import TestSupport
import Testing

/// The first steps of a new user, through all processes.
@Suite(.serialized) struct TourTests {
    @Test func `create, share, publish, install and revoke`() async throws {
        let tour = try await Tour()
        try await tour.share()
        try await tour.publish()
        try await tour.install()
        try await tour.takeBack()
        await tour.stack.killAll()
    }

    @Test func `every response has a request id, no-store and nosniff`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        for target in ["/api/me", "/api/entities", "/api/entities/nothing", "/api/nothing"] {
            let answer = try await stack.api.call(
                "GET", target, token: ada.token, fields: ["X-Request-Id: my.own_id-1"])
            #expect(answer.field("x-request-id") == "my.own_id-1", "\(target)")
            #expect(answer.field("cache-control") == "no-store", "\(target)")
            #expect(answer.field("x-content-type-options") == "nosniff", "\(target)")
            let other = try await stack.api.call(
                "GET", target, token: ada.token, fields: ["X-Request-Id: no spaces"])
            #expect(other.field("x-request-id") != "no spaces", "\(target)")
            #expect(other.field("x-request-id")?.isEmpty == false, "\(target)")
        }
        await stack.killAll()
    }

    @Test func `responses about hidden and missing things are equal`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let eve = try await stack.user("eve")
        let entity = try await stack.entity(ada.token)
        let missing = "ent_01KF0000000000000000000000"
        for rest in ["", "/shares", "/publishers", "/versions", "/access", "/publishers/me"] {
            let hidden = try await stack.api.call(
                "GET", "/api/entities/\(entity)\(rest)", token: eve.token,
                fields: ["X-Request-Id: same"])
            let absent = try await stack.api.call(
                "GET", "/api/entities/\(missing)\(rest)", token: eve.token,
                fields: ["X-Request-Id: same"])
            #expect(hidden.status == absent.status, "\(rest)")
            #expect(hidden.text.replacing(entity, with: missing) == absent.text, "\(rest)")
            #expect(hidden.fields.map(\.name) == absent.fields.map(\.name), "\(rest)")
        }
        await stack.killAll()
    }
}

/// Ada shares an app with Grace.
private struct Tour {
    let stack: LiveStack
    let ada: (id: String, token: String)
    let grace: (id: String, token: String)
    let path: String
    let entity: String

    init() async throws {
        stack = try await LiveStack()
        try await stack.start()
        ada = try await stack.user("ada")
        grace = try await stack.user("grace")
        let made = try await stack.api.call(
            "POST", "/api/entities", token: ada.token,
            body: #"{"name":"Release notes","type":"app"}"#)
        #expect(made.status == 201)
        #expect(made["slug"] == "release-notes")
        #expect(made["ownerId"] == ada.id)
        entity = try #require(made["id"])
        path = "/api/entities/\(entity)"
        #expect(made.field("location") == path)
        #expect(try await stack.api.call("GET", path, token: grace.token).status == 404)
    }

    private func items(_ target: String, _ token: String) async throws -> [JSONValue] {
        let answer = try await stack.api.call("GET", target, token: token)
        #expect(answer.status == 200, "\(target) \(answer.text)")
        #expect(answer.json?["total"]?.int == answer.json?["items"]?.items.count)
        return answer.json?["items"]?.items ?? []
    }

    func share() async throws {
        let shared = try await stack.api.call(
            "POST", path + "/shares", token: ada.token,
            body: #"{"emails":["Grace@Example.com","nobody@example.com","ada@example.com"]}"#)
        #expect(shared.status == 200)
        #expect(shared.json?["created"]?[0]?["user"]?["id"]?.string == grace.id)
        #expect(shared.json?["alreadyHadAccess"]?[0]?["via"]?.string == "publisher")
        #expect(shared.json?["notFound"]?.items == [.string("nobody@example.com")])
        let seen = try await stack.api.call("GET", path, token: grace.token)
        #expect(seen.status == 200)
        #expect(seen["access"] == "direct_share")
        for (target, token) in [
            (path + "/shares", ada.token), ("/api/entities/shares", ada.token),
            ("/api/entities/shared-with-me?type=app", grace.token),
        ] {
            let found = try await items(target, token)
            #expect(found.count == 1)
            #expect(found.first?["user"]?["email"]?.string == "grace@example.com")
        }
        #expect(try await items("/api/entities/shared-with-me?type=service", grace.token).isEmpty)
    }

    func publish() async throws {
        let publishers = try await items(path + "/publishers", grace.token)
        #expect(publishers.map { $0["userId"]?.string } == [ada.id])
        let body =
            #"{"version":"1.2.0","packageUrl":"https://example.com/1.tgz","sha256":""#
            + String(repeating: "a", count: 64) + #""}"#
        let refused = try await stack.api.call(
            "POST", path + "/versions", token: grace.token, body: body)
        #expect(refused.status == 403)
        let pushed = try await stack.api.call(
            "POST", path + "/versions", token: ada.token, body: body)
        #expect(pushed.status == 201)
        let again = try await stack.api.call(
            "POST", path + "/versions", token: ada.token, body: body)
        #expect(again.status == 409)
        #expect(try await items(path + "/versions", grace.token).count == 1)
        let entity = try await stack.api.call("GET", path, token: ada.token)
        #expect(entity["latestVersion"] == "1.2.0")
    }

    func install() async throws {
        let installed = try await stack.api.call(
            "PUT", path + "/installation", token: grace.token, body: "{}")
        #expect(installed.status == 201, "\(installed.text)")
        #expect(installed["version"] == "1.2.0")
        let list = try await items("/api/installations", grace.token)
        #expect(list.first?["usable"]?.bool == true)
        #expect(try await check() == [.bool(true), .bool(true)])
    }

    /// Whether Ada and Grace have access, by the API's response to Ada.
    private func check() async throws -> [JSONValue?] {
        let checks = #"{"entityId":"\#(entity)"},{"entityId":"\#(entity)","userId":"\#(grace.id)"}"#
        let answer = try await stack.api.call(
            "POST", "/api/access/check", token: ada.token, body: #"{"checks":[\#(checks)]}"#)
        #expect(answer.status == 200)
        return (answer.json?["results"]?.items ?? []).map { $0["granted"] }
    }

    func takeBack() async throws {
        let share = try #require(
            try await items(path + "/shares", ada.token).first?["id"]?.string)
        let target = "\(path)/shares/\(share)"
        #expect(try await stack.api.call("DELETE", target, token: grace.token).status == 403)
        #expect(try await stack.api.call("DELETE", target, token: ada.token).status == 204)
        #expect(try await stack.api.call("GET", path, token: grace.token).status == 404)
        #expect(try await stack.api.call("DELETE", target, token: ada.token).status == 404)
        #expect(try await check() == [.bool(true), .bool(false)])
        let list = try await items("/api/installations", grace.token)
        #expect(list.first?["usable"]?.bool == false)
    }
}
