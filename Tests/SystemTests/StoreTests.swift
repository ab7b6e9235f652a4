import Glibc
import TestSupport
import Testing

/// Organizations, stores and their access, through all processes.
@Suite(.serialized) struct StoreTests {
    private struct Scene {
        let stack: LiveStack
        let ada: (id: String, token: String)
        let bob: (id: String, token: String)
        let eve: (id: String, token: String)
        let organization: String
        let entity: String

        var store: String { "/api/organizations/\(organization)/store" }

        /// The first access step of each user; `-` for none.
        func steps() async throws -> [String] {
            var steps: [String] = []
            for user in [ada, bob, eve] {
                let answer = try await stack.api.call(
                    "POST", "/api/access/check", token: user.token,
                    body: #"{"checks":[{"entityId":"\#(entity)"}]}"#)
                let via = answer.json?["results"]?[0]?["via"]?.string
                steps.append(answer.status == 200 ? via ?? "-" : "\(answer.status)")
                let found = try await stack.api.call(
                    "GET", "/api/entities/\(entity)", token: user.token)
                #expect(found["access"] == via)
            }
            return steps
        }
    }

    /// Ada and Bob have a common organization, Eve doesn't; Ada's entity is in no store yet.
    private func makeScene(_ stack: LiveStack) async throws -> Scene {
        try await stack.start()
        let ada = try await stack.user("ada")
        let bob = try await stack.user("bob")
        let eve = try await stack.user("eve")
        let organization = try await stack.organization(ada.token)
        let added = try await stack.api.call(
            "POST", "/api/organizations/\(organization)/members", token: ada.token,
            body: #"{"email":"bob@example.com"}"#)
        #expect(added.status == 201 && added["role"] == "member")
        return Scene(
            stack: stack, ada: ada, bob: bob, eve: eve, organization: organization,
            entity: try await stack.entity(ada.token))
    }

    @Test func `publishing to a store gives access at the next request, and withdrawing ends it`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        #expect(try await scene.steps() == ["publisher", "-", "-"])
        let published = try await stack.api.call(
            "POST", scene.store, token: scene.ada.token,
            body: #"{"entityId":"\#(scene.entity)"}"#)
        #expect(published.status == 201)
        let publication = "\(scene.store)/\(published["id"] ?? "")"
        #expect(try await scene.steps() == ["publisher", "organization_store", "-"])
        func show(_ isPublic: Bool, by token: String) async throws -> Int {
            try await stack.api.call(
                "PATCH", publication, token: token, body: #"{"isPublic":\#(isPublic)}"#
            ).status
        }
        // Publishing requires a publisher of the entity, withdrawing a member.
        #expect(try await show(true, by: scene.bob.token) == 403)
        #expect(try await show(true, by: scene.ada.token) == 200)
        #expect(try await scene.steps() == ["publisher", "organization_store", "public_store"])
        let all = try await stack.api.call(
            "GET", "/api/entities/\(scene.entity)/access?userId=\(scene.bob.id)",
            token: scene.ada.token)
        let paths = all.json?["paths"]?.items.map { $0["via"]?.string }
        #expect(paths == ["organization_store", "public_store"])
        #expect(try await show(false, by: scene.bob.token) == 200)
        #expect(try await scene.steps() == ["publisher", "organization_store", "-"])
        let removed = try await stack.api.call(
            "DELETE", "/api/organizations/\(scene.organization)/members/\(scene.bob.id)",
            token: scene.ada.token)
        #expect(removed.status == 204)
        #expect(try await scene.steps() == ["publisher", "-", "-"])
        await stack.killAll()
    }

    @Test func `a common organization decides whether sharing is external`() async throws {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        let made = try await stack.api.call(
            "POST", "/api/tokens", token: stack.adminToken,
            body: #"{"name":"t","userId":"\#(scene.ada.id)","scopes":["entities:share"]}"#)
        let token = try #require(made["token"])
        func share(with emails: String) async throws -> RawResponse {
            try await stack.api.call(
                "POST", "/api/entities/\(scene.entity)/shares", token: token,
                body: #"{"emails":[\#(emails)]}"#)
        }
        let refused = try await share(with: #""bob@example.com","eve@example.com""#)
        #expect(refused.status == 403 && refused["code"] == "external_share_not_allowed")
        #expect(try await scene.steps() == ["publisher", "-", "-"])
        #expect(try await share(with: #""bob@example.com""#).status == 200)
        #expect(try await scene.steps() == ["publisher", "direct_share", "-"])
        await stack.killAll()
    }

    @Test func `without organizations local grants work, the rest is 503 until it is back`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        let published = try await stack.api.call(
            "POST", scene.store, token: scene.ada.token,
            body: #"{"entityId":"\#(scene.entity)","isPublic":true}"#)
        #expect(published.status == 201)
        let shared = try await stack.entity(scene.ada.token, name: "Shared")
        _ = try await stack.api.call(
            "POST", "/api/entities/\(shared)/shares", token: scene.ada.token,
            body: #"{"emails":["eve@example.com"]}"#)
        // The process is stopped, which is worse than killed: connections aren't refused.
        #expect(await stack.organizations?.pause() == true)
        for _ in 0..<6 {
            let unknown = try await stack.api.call(
                "GET", "/api/entities/\(scene.entity)", token: scene.eve.token)
            #expect(unknown.status == 503 && unknown["code"] == "access_unknown")
            #expect(unknown.field("retry-after") != nil)
        }
        let clock = ContinuousClock()
        let begin = clock.now
        #expect(try await scene.steps() == ["publisher", "503", "503"])
        let local = try await stack.api.call(
            "GET", "/api/entities/\(shared)", token: scene.eve.token)
        #expect(local["access"] == "direct_share")
        // The breaker is open: no request waits for a deadline, as four would without it.
        #expect(clock.now - begin < .seconds(3))
        let metrics = try await APIClient(port: stack.entitiesPort).call("GET", "/metrics").text
        #expect(metrics.contains("latchkey_upstream_breaker{upstream=\"organizations\"} 2\n"))
        stack.organizations?.signal(SIGCONT)
        let healed = try await eventually(within: 10_000) {
            try await stack.api.call(
                "GET", "/api/entities/\(scene.entity)", token: scene.eve.token
            ).status == 200
        }
        #expect(healed)
        #expect(
            try await scene.steps() == ["publisher", "organization_store", "public_store"])
        await stack.killAll()
    }

    @Test func `without the entities service a store is shown, and publishing to it is 503`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        let body = #"{"entityId":"\#(scene.entity)"}"#
        #expect(
            try await stack.api.call("POST", scene.store, token: scene.ada.token, body: body)
                .status == 201)
        await stack.entities?.killNow()
        let list = try await stack.api.call("GET", scene.store, token: scene.bob.token)
        #expect(list.json?["items"]?[0]?["entity"]?["name"]?.string == "Thing")
        let other = #"{"entityId":"ent_01KF0000000000000000000001"}"#
        let refused = try await stack.api.call(
            "POST", scene.store, token: scene.ada.token, body: other)
        #expect(refused.status == 503 && refused["code"] == "entities_unavailable")
        #expect(refused.field("retry-after") != nil)
        try stack.startEntities()
        try await stack.ready()
        let healed = try await eventually(within: 10_000) {
            try await stack.api.call("POST", scene.store, token: scene.ada.token, body: other)
                .status == 404
        }
        #expect(healed)
        await stack.killAll()
    }
}
