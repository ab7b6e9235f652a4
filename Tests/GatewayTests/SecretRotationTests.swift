import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// Replacing the secret that codes, pages and searches are signed with.
@Suite struct SecretRotationTests {
    private let a = String(repeating: "a", count: 32)
    private let b = String(repeating: "b", count: 32)
    private let email = "ada@example.com"

    private func settings(_ secrets: String..., limit: Int = 0) -> [String: String] {
        [
            "LATCHKEY_ENCRYPTION_SECRET": secrets.joined(separator: "\n"),
            "LATCHKEY_SIGN_IN_LIMIT": "\(limit)",
        ]
    }

    private func list(_ texts: String...) -> SecretList {
        SecretList(Array(texts[0].utf8), texts.dropFirst().map { Array($0.utf8) })
    }

    @Test func `a code signs in while its secret is listed, and no longer`() async throws {
        let (folder, clock) = (try TemporaryFolder(), FakeClock())
        var codes: [String] = []
        try await withGateway(clock: clock, folder: folder, extra: settings(a)) { world in
            codes.append(try await world.newCode(email))
        }
        try await withGateway(clock: clock, folder: folder, extra: settings(b, a)) { world in
            #expect(try await world.signIn(email, world.wrong(codes[0])).status == 401)
            #expect(try await world.signIn(email, codes[0]).status == 201)
            codes.append(try await world.newCode(email))
        }
        try await withGateway(clock: clock, folder: folder, extra: settings(a)) { world in
            let answer = try await world.signIn(email, codes[1])
            #expect(answer.status == 401)
        }
        try await withGateway(clock: clock, folder: folder, extra: settings(b)) { world in
            let answer = try await world.signIn(email, codes[1])
            #expect(answer.status == 201)
        }
    }

    @Test func `the tries of a client count across a rotation`() async throws {
        let (folder, clock) = (try TemporaryFolder(), FakeClock())
        for secrets in [settings(a, limit: 3), settings(a, b, limit: 3)] {
            try await withGateway(clock: clock, folder: folder, extra: secrets) { world in
                let answer = try await world.requestCode(email)
                #expect(answer.status == 202)
            }
        }
        try await withGateway(clock: clock, folder: folder, extra: settings(b, a, limit: 3)) {
            world in
            let answers = [
                try await world.requestCode(email), try await world.requestCode(email),
            ]
            #expect(answers.map(\.status) == [202, 429])
        }
    }

    @Test func `a former secret is in use for an hour after another became the first`()
        async throws
    {
        let (folder, clock) = (try TemporaryFolder(), FakeClock())
        func report(_ secrets: SecretList) throws -> SealedInventory.Report {
            try gatewaySealed.report(secrets, folder: folder.path, now: clock.now())
        }
        for secrets in [settings(a), settings(a, b)] {
            try await withGateway(clock: clock, folder: folder, extra: secrets) { _ in }
        }
        // It was added at the end and has signed nothing.
        #expect(try report(list(a, b)).isSettled)
        let moved = clock.now()
        try await withGateway(clock: clock, folder: folder, extra: settings(b, a)) { _ in }
        clock.advance(seconds: 60)
        // A restart changes nothing.
        try await withGateway(clock: clock, folder: folder, extra: settings(b, a)) { _ in }
        let until = moved.adding(seconds: 3_600)
        clock.advance(seconds: 3_539)
        let early = try report(list(b, a))
        #expect(!early.isSettled && early.text.contains("is valid until \(until)"))
        clock.advance(seconds: 1)
        #expect(try report(list(b, a)).isSettled)
        // The first secrets of an installation that is new to lists: either can have signed.
        let other = try TemporaryFolder()
        try await withGateway(clock: clock, folder: other, extra: settings(b, a)) { _ in }
        #expect(
            try !gatewaySealed.report(list(b, a), folder: other.path, now: clock.now()).isSettled)
    }
}
