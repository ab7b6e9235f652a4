import Contract
import GatewayContract
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The limit of unknown names that a caller can try.
@Suite struct UnknownUserTests {
    private struct Found {
        let names: [String]
        let retryAfter: Int?
    }

    /// Looks up `names`, each an address at example.com, for the caller.
    private func find(
        _ names: [String], for caller: Account, in world: GatewayWorld
    ) async throws -> Found {
        let emails = names.map { "\"\($0)@example.com\"" }.joined(separator: ",")
        return try await find(#"{"emails":[\#(emails)]}"#, for: caller, in: world)
    }

    private func find(
        _ query: String, for caller: Account, in world: GatewayWorld
    ) async throws -> Found {
        let signer = IdentitySigner(
            issuer: "entities", secret: Array(internalSecret.utf8), clock: world.clock)
        let answer = try await world.inner.call(
            "POST", DirectoryQueries.findUsers.path,
            body: #"{"callerId":"\#(caller.id)","names":\#(query)}"#,
            fields: ["Latchkey-Identity: \(signer.service(audience: "gateway"))"])
        try #require(answer.status == 200, "\(answer.text)")
        return Found(
            names: answer.json?["users"]?.items.compactMap { $0["username"]?.string } ?? [],
            retryAfter: answer.json?["retryAfter"]?.int)
    }

    private func count(of user: Account, in world: GatewayWorld) throws -> UnknownUserCount? {
        try world.service.database.read { try UnknownUserStore.count(of: user.id, in: $0) }
    }

    private static let ten = ["LATCHKEY_UNKNOWN_USER_LIMIT": "10"]

    @Test func `beyond the limit no users are found for a day`() async throws {
        try await withGateway(extra: Self.ten) { world in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            #expect(try await find(["bob", "a", "b"], for: ann, in: world).names == ["bob"])
            // One by one and together, by address, username and id: all count.
            for name in ["c", "d", "e"] {
                #expect(try await find([name], for: ann, in: world).retryAfter == nil)
            }
            let mixed = #"{"ids":["usr_none"],"usernames":["bob","f","f"],"emails":["g@x.y"]}"#
            #expect(try await find(mixed, for: ann, in: world).names == ["bob"])
            world.clock.advance(seconds: 3_600)
            // A request that starts within the limit is answered.
            #expect(try await find(["bob", "h", "i", "j"], for: ann, in: world).names == ["bob"])
            for names in [["bob"], ["k"], []] {
                let refused = try await find(names, for: ann, in: world)
                #expect(refused.names.isEmpty && refused.retryAfter == 23 * 3_600)
            }
            #expect(try count(of: ann, in: world)?.names == 11)
            // Other callers aren't affected.
            #expect(try await find(["ann", "x"], for: bob, in: world).names == ["ann"])
            world.clock.advance(seconds: 23 * 3_600)
            #expect(try await find(["bob", "k"], for: ann, in: world).names == ["bob"])
            #expect(try count(of: ann, in: world)?.names == 1)
        }
    }

    @Test func `naming existing users doesn't count`() async throws {
        try await withGateway(extra: ["LATCHKEY_UNKNOWN_USER_LIMIT": "1"]) { world in
            let ann = try await world.user("ann")
            for _ in 0..<5 {
                let found = try await find(["ann", "root"], for: ann, in: world)
                #expect(found.retryAfter == nil && found.names.count == 2)
            }
            #expect(try count(of: ann, in: world) == nil)
        }
    }

    @Test func `the count survives a restart`() async throws {
        let folder = try TemporaryFolder()
        let clock = FakeClock()
        var account: Account?
        try await withGateway(clock: clock, folder: folder, extra: Self.ten) { world in
            let ann = try await world.user("ann")
            let names = (0..<10).map { "n\($0)" }
            #expect(try await find(names, for: ann, in: world).retryAfter == nil)
            account = ann
        }
        let ann = try #require(account)
        try await withGateway(clock: clock, folder: folder, extra: Self.ten) { world in
            let refused = try await find(["ann"], for: ann, in: world)
            #expect(refused.retryAfter != nil)
        }
    }

    @Test func `concurrent look-ups exceed the limit by less than one request`() async throws {
        try await withGateway(extra: Self.ten) { world in
            let ann = try await world.user("ann")
            let told = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        let names = (0..<4).map { "n\(index)-\($0)" }
                        let found = try await find(names, for: ann, in: world)
                        return found.retryAfter == nil ? 1 : 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(told == 3)
            #expect(try count(of: ann, in: world)?.names == 12)
        }
    }

    @Test func `look-ups that run in parallel count before they are answered`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let users = UnknownUsers(
                database: world.service.database, limit: 10, clock: world.clock)
            let told = try await users.database.holdingWrites(until: 4) {
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for index in 0..<4 {
                        let emails = (0..<6).map { "n\(index)-\($0)@example.com" }
                        let query = FindUsersQuery(
                            callerId: ann.id, names: DirectoryQuery(emails: emails))
                        group.addTask { try await users.find(query).retryAfter == nil }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
            }
            #expect(told == 2)
            #expect(try count(of: ann, in: world)?.names == 12)
        }
    }

    @Test func `nothing is counted without a limit or for a deleted user`()
        async throws
    {
        try await withGateway(extra: ["LATCHKEY_UNKNOWN_USER_LIMIT": "0"]) { world in
            let ann = try await world.user("ann")
            let names = (0..<50).map { "n\($0)" }
            #expect(try await find(names, for: ann, in: world).retryAfter == nil)
            #expect(try count(of: ann, in: world) == nil)
        }
        try await withGateway(extra: Self.ten) { world in
            let ann = try await world.user("ann")
            _ = try await find(["a"], for: ann, in: world)
            let deleted = try await world.api.call(
                "DELETE", "/api/users/\(ann.id)", token: adminToken)
            #expect(deleted.status == 204)
            #expect(try count(of: ann, in: world) == nil)
            _ = try await find(["a"], for: ann, in: world)
            #expect(try count(of: ann, in: world) == nil)
        }
    }

    @Test(arguments: [9, 10])
    func `a clock that ran ahead locks no user out for longer than a day`(names: Int) async throws {
        try await withGateway(extra: Self.ten) { world in
            let ann = try await world.user("ann")
            let database = world.service.database
            let ahead = world.clock.now().adding(seconds: 30 * 86_400)
            try await database.write { tx in
                try UnknownUserStore.save(
                    UnknownUserCount(since: ahead, names: names), of: ann.id, in: tx)
            }
            _ = try await find(["a"], for: ann, in: world)
            #expect(try await find(["a"], for: ann, in: world).retryAfter == 86_400)
            world.clock.advance(seconds: 86_400)
            #expect(try await find(["ann"], for: ann, in: world).names == ["ann"])
        }
    }
}
