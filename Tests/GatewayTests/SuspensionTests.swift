import Contract
import FoundationEssentials
import GatewayContract
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct SuspensionTests {
    private func suspend(
        _ world: GatewayWorld, _ id: String, _ isSuspended: Bool = true,
        by token: String = adminToken
    ) async throws -> RawResponse {
        try await world.api.call(
            "PATCH", "/api/users/\(id)", token: token, body: #"{"suspended":\#(isSuspended)}"#)
    }

    private func me(_ world: GatewayWorld, _ token: String) async throws -> RawResponse {
        try await world.api.call("GET", "/api/me", token: token)
    }

    @Test func `tokens of a suspended user are refused at once, and work again afterwards`()
        async throws
    {
        try await withGateway(loops: 4) { world in
            let ann = try await world.user("ann")
            let code = try await world.newCode("ann@example.com")
            let session = try #require(
                try await world.signIn("ann@example.com", code)["token"])
            for token in [ann.token, session] {
                for _ in 0..<12 { #expect(try await me(world, token).status == 200) }
            }
            let answer = try await suspend(world, ann.id)
            #expect(answer.status == 200 && answer.json?["suspended"] == .bool(true))
            for _ in 0..<12 {
                let refused = try await me(world, ann.token)
                #expect(refused.status == 401 && refused.code == "user_suspended")
                #expect(
                    refused.field("www-authenticate") == #"Bearer error="invalid_token""#)
                #expect(try await me(world, session).code == "invalid_token")
            }
            #expect(try await suspend(world, ann.id).json == answer.json)
            let back = try await suspend(world, ann.id, false)
            #expect(back.status == 200 && back.json?["suspended"] == .bool(false))
            #expect(try await me(world, ann.token).status == 200)
            #expect(try await me(world, session).status == 401)
            let actions = try world.actions().suffix(3)
            #expect(actions == ["user.suspended", "session.ended", "user.restored"])
        }
    }

    @Test func `a suspended user can't sign in`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let code = try await world.newCode("ann@example.com")
            _ = try await suspend(world, ann.id)
            let wrong = try await world.signIn("ann@example.com", world.wrong(code))
            #expect(wrong.status == 401 && wrong.code == "invalid_code")
            let refused = try await world.signIn("ann@example.com", code)
            #expect(refused.status == 401 && refused.code == "user_suspended")
            let used = try await world.signIn("ann@example.com", code)
            #expect(used.code == "invalid_code")
        }
    }

    @Test func `nobody suspends themselves or the last admin`() async throws {
        try await withGateway { world in
            let root = try #require(try await me(world, adminToken)["id"])
            let own = try await suspend(world, root)
            #expect(own.status == 409 && own.code == "cannot_suspend_self")
            let other = try await world.user("other", role: "admin")
            #expect(try await suspend(world, root, by: other.token).status == 200)
            #expect(try await suspend(world, root, false, by: other.token).status == 200)
            #expect(try await suspend(world, other.id).status == 200)
            // The only admin who is left.
            let demoted = try await world.api.call(
                "PATCH", "/api/users/\(root)", token: adminToken, body: #"{"role":"member"}"#)
            #expect(demoted.status == 409 && demoted.code == "last_admin")
        }
    }

    @Test func `of two admins who suspend each other at once one remains`() async throws {
        try await withGateway { world in
            for round in 0..<5 {
                let one = try await world.user("one\(round)", role: "admin")
                let two = try await world.user("two\(round)", role: "admin")
                async let first = suspend(world, two.id, by: one.token)
                async let second = suspend(world, one.id, by: two.token)
                let statuses = try await [first.status, second.status].sorted()
                #expect(statuses == [200, 401])
            }
        }
    }

    @Test func `no request that begins after the suspension passes`() async throws {
        try await withGateway(loops: 4) { world in
            for round in 0..<5 {
                let user = try await world.user("user\(round)")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            var last = 200
                            for _ in 0..<20 {
                                let status = try await me(world, user.token).status
                                // Once refused, always refused.
                                #expect(last == 200 || status == 401)
                                last = status
                            }
                        }
                    }
                    #expect(try await suspend(world, user.id).status == 200)
                    for _ in 0..<8 { #expect(try await me(world, user.token).status == 401) }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `every context is told, in the order of the changes`() async throws {
        let log = Log<[Seen]>([])
        let taker = recording(log) { _ in .json(200, InternalEvent.Receipt(applied: true)) }
        try await withProxy(taker) { world, _ in
            let ann = try await world.user("ann")
            for isSuspended in [true, true, false] {
                _ = try await suspend(world, ann.id, isSuspended)
            }
            #expect(await eventually { log.value.count >= 2 })
            let changes = try log.value.map { seen in
                let event = try JSONDecoder().decode(InternalEvent.self, from: Data(seen.body))
                #expect(event.type == UserSuspensionChanged.type)
                return try JSONDecoder().decode(
                    UserSuspensionChanged.self, from: Data(event.data.utf8))
            }
            #expect(
                changes == [
                    UserSuspensionChanged(userId: ann.id, isSuspended: true),
                    UserSuspensionChanged(userId: ann.id, isSuspended: false),
                ])
        }
    }
}
