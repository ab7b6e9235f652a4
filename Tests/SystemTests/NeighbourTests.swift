import Glibc
import TestSupport
import Testing

@Suite(.serialized) struct NeighbourTests {
    @Test
    func `without the entities service its routes are 503 and the rest works, until it is back`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token)
        await stack.entities?.killNow()
        for _ in 0..<10 {
            let answer = try await stack.api.call(
                "GET", "/api/entities/\(entity)", token: ada.token)
            // The first request can meet a connection that was cut off.
            #expect(answer.status == 503 || answer.status == 502)
            if answer.status == 503 { #expect(answer.field("retry-after") != nil) }
        }
        #expect(try await stack.api.call("GET", "/api/me", token: ada.token).status == 200)
        #expect(
            try await APIClient(port: stack.internalPort).call("GET", "/readyz").status == 503)
        try stack.startEntities()
        try await stack.ready(stack.entitiesPort)
        let healed = await eventually(within: 3_000) {
            let answer = try? await stack.api.call(
                "GET", "/api/entities/\(entity)", token: ada.token)
            return answer?.status == 200
        }
        #expect(healed)
        await stack.killAll()
    }

    @Test func `a silent entities service is 504 at the deadline and delays no others`()
        async throws
    {
        let stack = try await LiveStack(["LATCHKEY_UPSTREAM_TIMEOUT": "4000"])
        try await stack.start()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token)
        let path = "/api/entities/\(entity)"
        let isPaused = await stack.entities?.pause()
        #expect(isPaused == true)
        let clock = ContinuousClock()
        let begin = clock.now
        async let slow = stack.api.call("GET", path, token: ada.token)
        #expect(try await stack.api.call("GET", "/api/me", token: ada.token).status == 200)
        #expect(clock.now - begin < .seconds(4))
        #expect(try await slow.status == 504)
        // Sooner than after the default ten seconds.
        #expect(clock.now - begin < .seconds(9))
        stack.entities?.signal(SIGCONT)
        let healed = await eventually(within: 10_000) {
            (try? await stack.api.call("GET", path, token: ada.token).status) == 200
        }
        #expect(healed)
        await stack.killAll()
    }

    @Test func `a service's port and a forged identity give no access`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let direct = APIClient(port: stack.entitiesPort)
        #expect(try await direct.call("GET", "/api/entities").status == 401)
        #expect(try await direct.call("GET", "/api/entities", token: ada.token).status == 401)
        let forged = try await stack.api.call(
            "GET", "/api/me", token: ada.token, fields: ["Latchkey-Identity: admin"])
        #expect(forged["id"] == ada.id)
        for path in [
            "/metrics", "/readyz", "/internal/users/lookup", "/internal/users/find",
            "/internal/events",
        ] {
            #expect(
                try await stack.api.call("GET", path, token: stack.adminToken).status == 404,
                "\(path)")
        }
        let lookUp = try await APIClient(port: stack.internalPort).call(
            "POST", "/internal/users/lookup", token: stack.adminToken, body: "{}")
        #expect(lookUp.status == 401)
        await stack.killAll()
    }
}
