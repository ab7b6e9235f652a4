import Foundation
import Glibc
import TestSupport
import Testing

/// Processes are killed at any moment, with many writes in progress.
@Suite(.serialized) struct KillTests {
    private static let batch = 20

    @Test func `acknowledged writes survive kills, and others are there wholly or not at all`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        for index in 0..<Self.batch { _ = try await stack.user("friend\(index)") }
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed of the kills: \(seed)")
        let random = SeededRandom(seed: seed)
        for round in 0..<6 {
            let until = 100 + random.below(400)
            let history = try await write(stack, ada.token, round, milliseconds: until)
            try await stack.start()
            try await check(history, stack, ada.token)
        }
        #expect(await stack.stop())
        for name in LiveStack.Service.allCases.map(\.rawValue) {
            #expect(try await SQLite.run("PRAGMA integrity_check", on: stack, name) == "ok\n")
        }
    }

    /// The requested and the acknowledged writes.
    private struct History: Sendable {
        var users: [String] = []
        var tokens: [String] = []
        /// Whether the shares were acknowledged, by entity.
        var shares: [String: Bool] = [:]

        mutating func add(_ other: History) {
            users += other.users
            tokens += other.tokens
            shares.merge(other.shares) { $0 || $1 }
        }
    }

    /// Writes until the gateway, the entities service, or both are killed.
    private func write(
        _ stack: LiveStack, _ token: String, _ round: Int, milliseconds: Int
    ) async throws -> History {
        let isOver = Flag()
        let (addsUsers, shares) = (Flag(), Flag())
        async let killed: Void = {
            // On a busy machine the first writes take longer than the others.
            _ = await eventually(within: 20_000) { addsUsers.isSet && shares.isSet }
            try? await Task.sleep(for: .milliseconds(milliseconds))
            if round % 3 != 1 { await stack.gateway?.killNow() }
            if round % 3 != 0 { await stack.entities?.killNow() }
            isOver.set()
        }()
        let history = await withTaskGroup(of: History.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    await Self.addUsers(stack, "r\(round)w\(writer)", addsUsers, until: isOver)
                }
                group.addTask { await Self.share(stack, token, shares, until: isOver) }
            }
            return await group.reduce(into: History()) { $0.add($1) }
        }
        await killed
        await stack.killAll()
        return history
    }

    private static func addUsers(
        _ stack: LiveStack, _ name: String, _ began: Flag, until isOver: Flag
    ) async -> History {
        var history = History()
        for index in 0..<1_000 where !isOver.isSet {
            let user = "\(name)n\(index)"
            let made = try? await stack.api.call(
                "POST", "/api/users", token: stack.adminToken,
                body: #"{"email":"\#(user)@x.org","username":"\#(user)","displayName":"U"}"#)
            guard let made, made.status == 201, let id = made["id"] else { continue }
            history.users.append(id)
            began.set()
            let token = try? await stack.api.call(
                "POST", "/api/tokens", token: stack.adminToken,
                body: #"{"name":"t","userId":"\#(id)","scopes":[]}"#)
            if let token, token.status == 201, let secret = token["token"] {
                history.tokens.append(secret)
            }
        }
        return history
    }

    private static func share(
        _ stack: LiveStack, _ token: String, _ began: Flag, until isOver: Flag
    ) async -> History {
        let emails = (0..<batch).map { "\"friend\($0)@example.com\"" }.joined(separator: ",")
        var history = History()
        for _ in 0..<1_000 where !isOver.isSet {
            guard let entity = try? await stack.entity(token), !entity.isEmpty else { continue }
            let answer = try? await stack.api.call(
                "POST", "/api/entities/\(entity)/shares", token: token,
                body: #"{"emails":[\#(emails)]}"#)
            history.shares[entity] = answer?.status == 200
            began.set()
        }
        return history
    }

    private func check(_ history: History, _ stack: LiveStack, _ token: String) async throws {
        #expect(!history.users.isEmpty && !history.shares.isEmpty)
        for id in history.users {
            let answer = try await stack.api.call(
                "GET", "/api/users/\(id)", token: stack.adminToken)
            #expect(answer.status == 200, "lost \(id)")
        }
        for secret in history.tokens {
            let answer = try await stack.api.call("GET", "/api/me", token: secret)
            #expect(answer.status == 200, "lost a token")
        }
        for (entity, isAcknowledged) in history.shares {
            let list = try await stack.api.call(
                "GET", "/api/entities/\(entity)/shares", token: token)
            let count = list.json?["total"]?.int
            #expect(count == Self.batch || (count == 0 && !isAcknowledged), "\(entity)")
            let publishers = try await stack.api.call(
                "GET", "/api/entities/\(entity)/publishers", token: token)
            #expect(publishers.json?["total"]?.int == 1, "\(entity)")
        }
    }
}
