import Foundation
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// Attempts to sign in as another user.
@Suite struct SignInAttackTests {
    @Test func `of many concurrent tries five are compared`() async throws {
        try await withGateway { world in
            let email = "victim@example.com"
            let code = try await world.newCode(email)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<50 {
                    // The right one is the last.
                    let guess = String(format: "%08d", (Int(code) ?? 0 + number + 1) % 100_000_000)
                    group.addTask {
                        try await world.signIn(email, guess == code ? "00000000" : guess).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0 == 401 })
            let tries = try world.service.database.read {
                try SignInStore.newest(of: email, in: $0)?.tries
            }
            #expect(tries == 5)
            #expect(try await world.signIn(email, code).status == 401)
        }
    }

    @Test func `concurrent sign-ins with one code start one session`() async throws {
        try await withGateway { world in
            let code = try await world.newCode("ada@example.com")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await world.signIn("ada@example.com", code).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 201 }.count == 1)
            #expect(statuses.filter { $0 == 401 }.count == 19)
        }
    }

    @Test func `tries of a client are limited per hour, even after a restart`() async throws {
        let folder = try TemporaryFolder()
        let few = ["LATCHKEY_SIGN_IN_LIMIT": "3"]
        try await withGateway(folder: folder, extra: few) { world in
            for number in 0..<3 {
                #expect(try await world.requestCode("a\(number)@example.com").status == 202)
            }
            let refused = try await world.signIn("b@example.com", "12345678")
            #expect(refused.status == 429 && refused.code == "too_many_sign_in_tries")
            #expect(refused.field("retry-after") == "3600")
        }
        try await withGateway(folder: folder, extra: few) { world in
            let refused = try await world.requestCode("c@example.com")
            #expect(refused.status == 429)
            world.clock.advance(seconds: 3_600)
            let answered = try await world.requestCode("c@example.com")
            #expect(answered.status == 202)
        }
    }

    @Test func `neither codes nor sessions are in the database or the log`() async throws {
        try await withGateway { world in
            let code = try await world.newCode("ada@example.com")
            let session = try await world.signIn("ada@example.com", code)
            let token = try #require(session["token"])
            let other = try await world.newCode("bob@example.com")
            let files = try FileManager.default.contentsOfDirectory(atPath: world.folder.path)
                .filter { $0.hasPrefix("gateway.sqlite") }
            #expect(!files.isEmpty)
            for file in files {
                let bytes = try Data(
                    contentsOf: URL(fileURLWithPath: world.folder.path + "/" + file))
                for secret in [code, other, "\(other.prefix(4)) \(other.suffix(4))", token] {
                    #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file)")
                }
            }
            let log = world.log.text
            for secret in [code, other, token] { #expect(!log.contains(secret)) }
        }
    }

    @Test func `a session expires, and a new one ends the oldest of too many`() async throws {
        try await withGateway { world in
            var tokens: [String] = []
            for _ in 0..<3 {
                let code = try await world.newCode("ada@example.com")
                tokens.append(try await world.signIn("ada@example.com", code)["token"] ?? "")
                world.clock.advance(seconds: 3_600)
            }
            let user = try await world.api.call("GET", "/api/me", token: tokens[0])["id"] ?? ""
            let ended = try await world.service.database.write {
                try TokenStore.trimSessions(of: user, to: 2, in: $0)
            }
            #expect(ended.count == 1)
            world.clock.advance(seconds: 2)
            var statuses: [Int] = []
            for token in tokens {
                statuses.append(try await world.api.call("GET", "/api/me", token: token).status)
            }
            #expect(statuses == [401, 200, 200])
            world.clock.advance(seconds: 30 * 86_400)
            #expect(try await world.api.call("GET", "/api/me", token: tokens[2]).status == 401)
        }
    }

    @Test func `codes are evenly distributed and stored under a key`() {
        let random = SeededRandom(seed: 7)
        let codes = (0..<2_000).map { _ in SignInRule.makeCode(random) }
        #expect(codes.allSatisfy { $0.utf8.count == 8 && Int($0) != nil })
        #expect(Set(codes).count > 1_990)
        for digit in 0...9 {
            let count = codes.filter { $0.hasPrefix("\(digit)") }.count
            #expect((120...280).contains(count), "\(digit): \(count)")
        }
        let (one, other) = (SignInRule(SecretList([1])), SignInRule(SecretList([2])))
        let digest = one.digest("12345678", of: "a@example.com", id: "cod_1")
        #expect(digest != other.digest("12345678", of: "a@example.com", id: "cod_1"))
        #expect(digest != one.digest("12345678", of: "b@example.com", id: "cod_1"))
        #expect(digest != one.digest("12345678", of: "a@example.com", id: "cod_2"))
    }
}
