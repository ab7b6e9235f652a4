import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// The recipe of deploy/README.md, "Replacing a secret", with real processes under traffic.
@Suite(.serialized) struct SecretRotationTests {
    private typealias Service = LiveStack.Service

    /// The gateway last: the others then verify what it signs with the former secret.
    private static let order: [Service] = [
        .entities, .organizations, .integrations, .invitations, .gateway,
    ]

    private static func settings(_ secrets: [String]) -> [String: String] {
        [
            "LATCHKEY_ENCRYPTION_SECRET": secrets.joined(separator: "\n"),
            "LATCHKEY_INTERNAL_SECRET": secrets.map { "internal-\($0)" }.joined(separator: "\n"),
        ]
    }

    private let former = String(repeating: "former-secret-", count: 3)
    private let next = String(repeating: "second-secret-", count: 3)

    /// The exit code and the output of `--sealed`.
    private func sealed(
        _ service: Service, _ secrets: [String], _ stack: LiveStack
    ) async throws -> (Int32?, String) {
        let log = URL(fileURLWithPath: "\(stack.folder.path)/sealed-\(UUID())")
        let process = try RunningProcess(
            service.rawValue,
            stack.environment(
                service == .gateway ? stack.gatewayPort : stack.port(service),
                Self.settings(secrets)), log: log,
            arguments: ["--sealed"])
        return (await process.ended(within: 10), process.text)
    }

    private func isSettled(
        _ service: Service, _ secrets: [String], _ stack: LiveStack
    ) async throws -> Bool {
        for _ in 0..<200 {
            if try await sealed(service, secrets, stack).0 == 0 { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    private func metric(
        _ name: String, of service: Service, _ stack: LiveStack
    ) async throws -> Int {
        let text = try await APIClient(port: stack.port(service)).call("GET", "/metrics").text
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return try #require(line.flatMap { Int($0.dropFirst(name.count + 1)) }, "\(name)")
    }

    @Test func `secrets are replaced under traffic without a failed request`() async throws {
        let stack = try await LiveStack(
            Self.settings([former]).merging([
                "LATCHKEY_QUOTA_ORGANIZATIONS": "0", "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true",
            ]) { $1 })
        stack.issue(former)
        stack.issue(next)
        try await stack.start()
        let things = try await Things(stack)
        let traffic = Traffic(stack, things)
        let running = Task { await traffic.run() }
        // Added at the end everywhere, then moved to the front.
        for service in Self.order {
            try await stack.restart(service, Self.settings([former, next]))
        }
        for service in [Service.organizations, .invitations, .gateway] {
            let (code, text) = try await sealed(service, [former, next], stack)
            #expect(code == 0 && text.contains("can be removed"), "\(service): \(text)")
        }
        for service in Self.order {
            if service == .organizations {
                try await crashWhileResealing(stack)
            } else {
                try await stack.restart(service, Self.settings([next, former]))
            }
        }
        let older = #"latchkey_identity_older_key_requests_total{issuer="gateway",key="2"}"#
        let count = try await metric(older, of: .entities, stack)
        #expect(count > 0)
        for service in [Service.organizations, .invitations] {
            #expect(try await isSettled(service, [next, former], stack), "\(service)")
        }
        let requests = traffic.count
        #expect(await eventually(within: 10_000) { traffic.count > requests + 50 })
        #expect(try await metric(older, of: .entities, stack) == count, "nobody signs with it")
        // What the gateway signed is valid for an hour, which passes here at once.
        let (early, text) = try await sealed(.gateway, [next, former], stack)
        #expect(early == 1 && text.contains("is valid until"), "\(text)")
        await stack.process(.gateway)?.killNow()
        try await SQLite.run(
            "UPDATE secret_uses SET retired_at = retired_at - 3600000", on: stack, "gateway")
        #expect(try await sealed(.gateway, [next, former], stack).0 == 0)
        try stack.start(.gateway, Self.settings([next]))
        try await stack.ready(.gateway)
        for service in Self.order.dropLast() {
            try await stack.restart(service, Self.settings([next]))
        }
        let last = traffic.count
        #expect(await eventually(within: 10_000) { traffic.count > last + 50 })
        traffic.stop()
        await running.value
        #expect(traffic.failures.isEmpty, "\(traffic.failures.prefix(3))")
        try await loseASecret(stack, things)
        #expect(await stack.stop())
        let logs = stack.logs
        for secret in stack.secrets where !secret.isEmpty { #expect(!logs.contains(secret)) }
    }

    /// Kills the service after each transaction that seals values anew.
    private func crashWhileResealing(_ stack: LiveStack) async throws {
        let settings = Self.settings([next, former])
        stack.process(.organizations)?.signal(SIGTERM)
        _ = await stack.process(.organizations)?.ended(within: 15)
        var left: [Int] = []
        while try await sealed(.organizations, [next, former], stack).0 != 0 {
            let kinds = try await SQLite.run(
                "SELECT count(DISTINCT substr(npm_registry_key, 1, 5)) FROM organizations",
                on: stack, "organizations")
            left.append(try #require(Int(kinds.prefix(1))))
            try #require(left.count < 20)
            let crash = ["LATCHKEY_FAULT_POINT": "values.resealed"]
            try stack.start(.organizations, settings.merging(crash) { $1 })
            #expect(await stack.process(.organizations)?.ended(within: 20) == SIGKILL)
        }
        // Several transactions, and between them values of both secrets.
        #expect(left.count >= 3 && left.starts(with: [1, 2]), "\(left)")
        try stack.start(.organizations, settings)
        try await stack.ready(.organizations)
    }

    /// What only the removed secret has sealed is refused, with the error that names it.
    private func loseASecret(_ stack: LiveStack, _ things: Things) async throws {
        await stack.process(.organizations)?.killNow()
        try await SQLite.run(
            """
            UPDATE organizations SET npm_registry_key = x'\(things.sealedBefore)'
            WHERE id = '\(things.organization)'
            """, on: stack, "organizations")
        let (code, text) = try await sealed(.organizations, [next], stack)
        #expect(code == 1 && text.contains("another secret: 1 value"), "\(text)")
        try stack.start(.organizations, Self.settings([next]))
        try await stack.ready(.organizations)
        let shown = try await stack.api.call(
            "GET", "/api/organizations/\(things.organization)", token: things.token)
        #expect(shown.status == 500)
        #expect(
            await eventually {
                stack.process(.organizations)?.text.contains("can't be decrypted") == true
            })
        await stack.process(.organizations)?.killNow()
        try stack.start(.organizations, Self.settings([former]))
        #expect(await stack.process(.organizations)?.ended(within: 10) == 1)
        #expect(
            stack.process(.organizations)?.text.contains(
                "must have the one that encrypted the secrets in the database") == true)
        try stack.start(.organizations, Self.settings([next]))
        try await stack.ready(.organizations)
    }
}

/// What exists before the rotation.
private struct Things: Sendable {
    let token: String
    let entity: String
    let organization: String
    /// Of the organization.
    let registryKey: String
    /// As the database has it, in hexadecimal digits.
    let sealedBefore: String
    /// The token of an invitation's link.
    let link: String

    init(_ stack: LiveStack) async throws {
        let owner = try await stack.user("ada").token
        token = owner
        entity = try await stack.entity(token)
        organization = try await stack.organization(token)
        // More secrets than one transaction seals anew.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<70 {
                group.addTask {
                    let id = try await stack.organization(owner, name: "Company \(number)")
                    try #require(!id.isEmpty)
                }
            }
            try await group.waitForAll()
        }
        let shown = try await stack.api.call(
            "GET", "/api/organizations/\(organization)", token: token)
        registryKey = try #require(shown["npmRegistryKey"])
        sealedBefore = try await SQLite.run(
            "SELECT hex(npm_registry_key) FROM organizations WHERE id = '\(organization)'",
            on: stack, "organizations"
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        link = try await stack.invite("grace", to: entity, by: token)
        let hook = try await stack.api.call(
            "POST", "/api/v1/webhooks", token: token,
            body: #"{"url":"http://127.0.0.1:9/","events":["invitation.sent"]}"#)
        try #require(hook.status == 201, "\(hook.text)")
        stack.issue(hook["secret"] ?? "")
    }
}

/// Requests that read what is sealed and go from service to service. While a process restarts, the
/// client tries again; every other answer than the right one is a failure.
private final class Traffic: Sendable {
    private let api: APIClient
    private let things: Things
    private let state = Mutex(State())

    private struct State {
        var count = 0
        var failures: [String] = []
        var isStopped = false
    }

    init(_ stack: LiveStack, _ things: Things) {
        api = stack.api
        self.things = things
    }

    var count: Int { state.withLock { $0.count } }
    var failures: [String] { state.withLock { $0.failures } }
    private var isStopped: Bool { state.withLock { $0.isStopped } }

    func stop() { state.withLock { $0.isStopped = true } }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                group.addTask { [self] in
                    var number = 0
                    while !isStopped {
                        await round("\(worker)-\(number)")
                        number += 1
                    }
                }
            }
        }
    }

    private func round(_ key: String) async {
        let (organization, entity) = (things.organization, things.entity)
        await send("GET", "/api/organizations/\(organization)") { [things] in
            $0.status == 200 && $0["npmRegistryKey"] == things.registryKey
        }
        await send("GET", "/api/entities/\(entity)") { $0.status == 200 }
        await send("GET", "/api/v1/entities/\(entity)/invitations") { $0.status == 200 }
        await send("GET", "/invitations/accept?token=\(things.link)") { $0.status == 200 }
        await send(
            "POST", "/api/entities", #"{"name":"\#(key)","type":"app"}"#,
            ["Idempotency-Key: \(key)"]
        ) { $0.status == 201 }
    }

    private func send(
        _ method: String, _ path: String, _ body: String? = nil, _ fields: [String] = [],
        isRight: (RawResponse) -> Bool
    ) async {
        let deadline = Date().addingTimeInterval(30)
        var answer: RawResponse?
        repeat {
            answer = try? await api.call(
                method, path, token: things.token, body: body, fields: fields)
            if let answer, ![502, 503, 504].contains(answer.status) { break }
            try? await Task.sleep(for: .milliseconds(20))
        } while Date() < deadline
        state.withLock { state in
            state.count += 1
            if answer.map(isRight) != true {
                state.failures.append(
                    "\(method) \(path): \(answer.map { "\($0.status) \($0.text)" } ?? "none")")
            }
        }
    }
}
