import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// A clock that was wrong for a while: deadlines and limits follow the corrected one.
@Suite struct WrongClockTests {
    private let email = "eve@example.com"

    private func isRedated(_ world: GatewayWorld) async throws -> Bool {
        try await eventually {
            try world.service.database.read { db in
                let now = world.clock.now()
                return try !TokenStore.hasSessions(datedAfter: now, in: db)
                    && !SignInStore.isDated(after: now, in: db)
            }
        }
    }

    @Test(arguments: FakeClock.errors)
    func `a code dated by a wrong clock is refused, the next one lasts ten minutes`(
        error: Int64
    ) async throws {
        try await withGateway { world in
            let wrong = try await world.clock.wrong(by: error) { try await world.newCode(email) }
            #expect(try await world.signIn(email, wrong).status == 401)
            #expect(try await isRedated(world))
            let code = try await world.newCode(email)
            world.clock.advance(seconds: 599)
            #expect(try await world.signIn(email, code).status == 201)
            let late = try await world.newCode(email)
            world.clock.advance(seconds: 600)
            #expect(try await world.signIn(email, late).status == 401)
        }
    }

    @Test func `a code dated in the future is not accepted later`()
        async throws
    {
        try await withGateway { world in
            let code = try await world.clock.wrong(by: 3_600) { try await world.newCode(email) }
            #expect(try await isRedated(world))
            world.clock.advance(seconds: 65 * 60)
            #expect(try await world.signIn(email, code).status == 401)
        }
    }

    @Test(arguments: FakeClock.errors)
    func `limits reached while the clock was wrong lock no user out`(error: Int64) async throws {
        try await withGateway(extra: ["LATCHKEY_SIGN_IN_LIMIT": "5"]) { world in
            let status = try await world.clock.wrong(by: error) {
                for _ in 0..<5 { _ = try await world.newCode(email) }
                return try await world.requestCode(email).status
            }
            #expect(status == 429)
            let code = try await world.newCode(email)
            #expect(try await world.signIn(email, code).status == 201)
        }
    }

    @Test(arguments: FakeClock.errors)
    func `a token's expiry is checked by the right clock`(error: Int64) async throws {
        try await withGateway { world in
            try await world.clock.wrong(by: error) { _ = try await world.user("early") }
            let inAnHour = world.clock.now().adding(seconds: 3_600).rfc3339
            let ann = try await world.user("ann", expiresAt: inAnHour)
            world.clock.advance(seconds: 3_599)
            #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 200)
            world.clock.advance(seconds: 1)
            #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 401)
        }
    }

    @Test(arguments: FakeClock.errors.filter { $0 > 0 })
    func `a session dated in the future expires a month from now`(error: Int64) async throws {
        try await withGateway { world in
            let session = try await world.clock.wrong(by: error) {
                try await world.signIn(email, try await world.newCode(email))
            }
            let token = try #require(session["token"])
            #expect(try await isRedated(world))
            world.clock.advance(seconds: 30 * 86_400 - 1)
            #expect(try await world.api.call("GET", "/api/me", token: token).status == 200)
            world.clock.advance(seconds: 1)
            #expect(try await world.api.call("GET", "/api/me", token: token).status == 401)
        }
    }

    @Test func `sessions dated in the future end no newer ones`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            // A new session beyond the limit ends the oldest.
            let later = world.clock.now().adding(seconds: 379_000_000)
            try await world.service.database.write { tx in
                for number in 0..<100 {
                    let session = Token(
                        id: "tok_z\(number)", userId: ann.id, name: "session", prefix: "st_live_",
                        scopes: ["*"], readOnly: false, createdAt: later,
                        expiresAt: later.adding(seconds: TokenStore.sessionSeconds),
                        lastUsedAt: nil)
                    try TokenStore.insert(
                        session, digest: SHA256.hash([UInt8(number)]), isSession: true, in: tx)
                }
            }
            #expect(try await isRedated(world))
            world.clock.advance(seconds: 1)
            var tokens: [String] = []
            for _ in 0..<3 {
                let code = try await world.newCode("ann@example.com")
                let session = try await world.signIn("ann@example.com", code)
                tokens.append(try #require(session["token"]))
                world.clock.advance(seconds: 1)
            }
            for token in tokens {
                #expect(try await world.api.call("GET", "/api/me", token: token).status == 200)
            }
        }
    }

    @Test(arguments: FakeClock.errors)
    func `a token's last use is corrected by the right clock`(error: Int64) async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let lastUsed = {
                let list = try await world.api.call("GET", "/api/tokens", token: ann.token)
                return list.json?["items"]?[0]?["lastUsedAt"]?.string
            }
            let isTold = try await world.clock.wrong(by: error) {
                let wrong = world.clock.now().rfc3339
                return try await eventually { try await lastUsed() == wrong }
            }
            #expect(isTold)
            world.clock.advance(seconds: 60)
            let right = world.clock.now().rfc3339
            #expect(try await eventually { try await lastUsed() == right })
        }
    }
}
