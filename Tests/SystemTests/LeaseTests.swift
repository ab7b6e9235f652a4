import Foundation
import Glibc
import TestSupport
import Testing

/// Access that other services know of is decided from leases: without a call, never out of date.
@Suite(.serialized) struct LeaseTests {
    private struct Scene {
        let stack: LiveStack
        let ada: (id: String, token: String)
        let bob: (id: String, token: String)
        let organization: String
        let entity: String

        /// Bob's first access step; `-` for none.
        func step() async throws -> String {
            let answer = try await stack.api.call(
                "POST", "/api/access/check", token: bob.token,
                body: #"{"checks":[{"entityId":"\#(entity)"}]}"#)
            return answer.json?["results"]?[0]?["via"]?.string ?? (answer.status == 200 ? "-" : "?")
        }

        func join() async throws {
            let added = try await stack.api.call(
                "POST", "/api/organizations/\(organization)/members", token: ada.token,
                body: #"{"userId":"\#(bob.id)"}"#)
            try #require(added.status == 201, "\(added.text)")
        }

        func leave() async throws -> Int {
            try await stack.api.call(
                "DELETE", "/api/organizations/\(organization)/members/\(bob.id)", token: ada.token
            ).status
        }

        /// The value of a metric, if there is one with these words.
        func metric(_ port: UInt16, _ name: String, _ words: String...) async throws -> Double? {
            let metrics = try await APIClient(port: port).call("GET", "/metrics").text
            let line = metrics.split(separator: "\n").first { line in
                line.hasPrefix(name) && words.allSatisfy { line.contains($0) }
            }
            return line.flatMap { Double($0.split(separator: " ").last ?? "") }
        }

        /// How many questions to organizations had their answer from a lease, or from a call.
        func questions(from source: String) async throws -> Double {
            try #require(
                try await metric(
                    stack.entitiesPort, "latchkey_lease_questions_total{",
                    #"grantor="organizations""#, #"from="\#(source)""#))
        }

        /// How many calls with questions organizations has had, since it started.
        func calls() async throws -> Double {
            try await metric(
                stack.organizationsPort, "latchkey_requests_total{",
                #"route="storeAccess""#) ?? 0
        }

        func renewals() async throws -> Double {
            try #require(
                try await metric(stack.organizationsPort, "latchkey_lease_renewals_total "))
        }

        /// Waits until Bob's check needs no call.
        func keepAnswer() async throws {
            let isKept = try await eventually(within: 5_000) {
                let before = try await questions(from: "service")
                _ = try await step()
                return try await questions(from: "service") == before
            }
            try #require(isKept)
        }
    }

    /// Bob can access Ada's entity by the store of their organization.
    private func makeScene(_ stack: LiveStack) async throws -> Scene {
        try await stack.start()
        let ada = try await stack.user("ada")
        let bob = try await stack.user("bob")
        let scene = Scene(
            stack: stack, ada: ada, bob: bob, organization: try await stack.organization(ada.token),
            entity: try await stack.entity(ada.token))
        try await scene.join()
        let published = try await stack.api.call(
            "POST", "/api/organizations/\(scene.organization)/store", token: ada.token,
            body: #"{"entityId":"\#(scene.entity)"}"#)
        try #require(published.status == 201)
        return scene
    }

    @Test func `checks by a store need no call, and each change holds at the next check`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        for _ in 0..<10 {
            try await scene.keepAnswer()
            let before = try await scene.questions(from: "service")
            for _ in 0..<5 { #expect(try await scene.step() == "organization_store") }
            #expect(try await scene.questions(from: "service") == before)
            // Others ask all the time, so that answers are on their way while it changes.
            let asking = Task {
                while !Task.isCancelled { _ = try await scene.step() }
            }
            #expect(try await scene.leave() == 204)
            for _ in 0..<5 { #expect(try await scene.step() == "-") }
            try await scene.join()
            for _ in 0..<5 { #expect(try await scene.step() == "organization_store") }
            asking.cancel()
            _ = await asking.result
        }
        await stack.killAll()
    }

    @Test func `a check by a public store asks for a user once, and ends with them`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        let entity = try await stack.entity(scene.ada.token, name: "For everybody")
        let shown = try await stack.api.call(
            "POST", "/api/organizations/\(scene.organization)/store", token: scene.ada.token,
            body: #"{"entityId":"\#(entity)","isPublic":true}"#)
        try #require(shown.status == 201, "\(shown.text)")
        /// The first steps of a user, and of nobody, asked by the entity's publisher.
        func steps(_ user: String) async throws -> [String?]? {
            let checks = [user, "usr_01KF0000000000000000000009"].map {
                #"{"entityId":"\#(entity)","userId":"\#($0)"}"#
            }
            return try await stack.api.call(
                "POST", "/api/access/check", token: scene.ada.token,
                body: #"{"checks":[\#(checks.joined(separator: ","))]}"#
            ).json?["results"]?.items.map { $0["via"]?.string }
        }
        func known() async throws -> Double {
            try await scene.metric(
                stack.entitiesPort, "latchkey_lease_questions_total{", #"grantor="gateway""#,
                #"from="lease""#) ?? 0
        }
        for name in ["carol", "dave", "eve"] {
            let user = try await stack.user(name).id
            let isKept = try await eventually(within: 5_000) {
                let before = try await known()
                _ = try await steps(user)
                return try await known() > before
            }
            try #require(isKept)
            #expect(try await steps(user) == ["public_store", nil])
            let asking = Task { while !Task.isCancelled { _ = try await steps(user) } }
            let deleted = try await stack.api.call(
                "DELETE", "/api/users/\(user)", token: stack.adminToken)
            #expect(deleted.status == 204)
            for _ in 0..<5 { #expect(try await steps(user) == [nil, nil]) }
            asking.cancel()
            _ = await asking.result
        }
        await stack.killAll()
    }

    @Test
    func
        `a removal while the entities service is paused takes a second, and holds when it goes on`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        for _ in 0..<3 {
            try await scene.keepAnswer()
            #expect(try await scene.step() == "organization_store")
            let isPaused = await stack.entities?.pause() ?? false
            try #require(isPaused)
            #expect(try await scene.leave() == 204)
            stack.entities?.signal(SIGCONT)
            #expect(try await scene.step() == "-")
            try await scene.join()
            #expect(try await scene.step() == "organization_store")
        }
        await stack.killAll()
    }

    @Test func `404 for what another has removed holds too, while their removal waits`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        for _ in 0..<5 {
            try await scene.keepAnswer()
            #expect(try await scene.step() == "organization_store")
            let isPaused = await stack.entities?.pause() ?? false
            try #require(isPaused)
            let first = Task { try await scene.leave() }
            let isRemoved = try await eventually { try await scene.leave() == 404 }
            #expect(isRemoved)
            stack.entities?.signal(SIGCONT)
            #expect(try await scene.step() == "-")
            #expect([204, 404].contains(try await first.value))
            try await scene.join()
        }
        await stack.killAll()
    }

    @Test func `answers hold across a restart of either side`() async throws {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        try await scene.keepAnswer()
        await stack.organizations?.killNow()
        try stack.startOrganizations()
        try await stack.ready(stack.organizationsPort)
        // The lease of the former process may still last.
        #expect(try await scene.leave() == 204)
        #expect(try await scene.step() == "-")
        try await scene.join()
        try await scene.keepAnswer()
        await stack.entities?.killNow()
        try stack.startEntities()
        #expect(try await scene.leave() == 204)
        try await stack.ready()
        #expect(try await scene.step() == "-")
        await stack.killAll()
    }

    @Test func `a write costs at most two renewals of a holder`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        try await scene.keepAnswer()
        let (before, begin) = (try await scene.renewals(), ContinuousClock.now)
        for _ in 0..<20 {
            try #require(try await scene.leave() == 204)
            try await scene.join()
        }
        let count = try await scene.renewals() - before
        // One that waits at least 200 ms, and two for the one that looked.
        let idle = (ContinuousClock.now - begin) / .milliseconds(200) + 2
        #expect(count >= 40 && count <= 2 * 40 + idle)
        await stack.killAll()
    }

    @Test func `a restart of organizations has nothing asked but what is needed, once`()
        async throws
    {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        try await scene.keepAnswer()
        let others = (0..<500).map { number in
            "ent_" + String(repeating: "0", count: 23) + String(format: "%03d", number)
        }
        func checkAll() async throws {
            let checks = others.map { #"{"entityId":"\#($0)"}"# }.joined(separator: ",")
            let answer = try await stack.api.call(
                "POST", "/api/access/check", token: scene.bob.token,
                body: #"{"checks":[\#(checks)]}"#)
            try #require(answer.status == 200)
        }
        try await checkAll()
        await stack.organizations?.killNow()
        try stack.startOrganizations()
        try await stack.ready(stack.organizationsPort)
        let isCurrent = try await eventually(within: 5_000) {
            try await scene.metric(
                stack.organizationsPort, "latchkey_lease_sessions ") == 1
        }
        try #require(isCurrent)
        try await scene.keepAnswer()
        let calls = try await scene.calls()
        for _ in 0..<20 { _ = try await scene.step() }
        #expect(try await scene.calls() == calls)
        try await checkAll()
        try await checkAll()
        #expect(try await scene.calls() == calls + 1)
        await stack.killAll()
    }

    @Test func `a service that is stopped ends its lease`() async throws {
        let stack = try await LiveStack()
        let scene = try await makeScene(stack)
        try await scene.keepAnswer()
        stack.entities?.signal(SIGTERM)
        #expect(await stack.entities?.ended(within: 15) == 0)
        let sessions = try await scene.metric(stack.organizationsPort, "latchkey_lease_sessions ")
        #expect(sessions == 0)
        #expect(try await scene.leave() == 204)
        await stack.killAll()
    }
}
