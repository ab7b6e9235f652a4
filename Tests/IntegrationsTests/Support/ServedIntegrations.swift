import EventLoop
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Integrations

/// The whole service on a port of its own, with users that a test rules.
final class ServedIntegrations: Sendable {
    private static let secret = [UInt8](repeating: 7, count: 32)

    let directory = FakeDirectory()
    let clock: FakeClock
    let service: ContextService
    private let group: EventLoopGroup
    private let folder: TemporaryFolder
    private let signer: IdentitySigner
    var database: Database { service.database }

    private init(_ folder: TemporaryFolder, _ extra: [String: String]) async throws {
        self.folder = folder
        clock = FakeClock()
        let usual = [
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": String(decoding: Self.secret, as: UTF8.self),
        ]
        var settings = Settings(usual.merging(extra) { $1 })
        let common = CommonSettings(&settings, defaultPort: 0)
        group = EventLoopGroup(count: 1)
        let runtime = Runtime(
            group: group, logger: Logger(service: "integrations", level: .error), clock: clock,
            random: SeededRandom(seed: 1))
        do {
            service = try await makeIntegrations(
                IntegrationsSettings(&settings, common), runtime, directory: directory)
        } catch {
            group.stop()
            throw error
        }
        signer = IdentitySigner(issuer: "gateway", secret: Self.secret, clock: clock)
    }

    /// Runs `body` with a service that is gone afterwards.
    /// - Parameter extra: more settings.
    static func run(
        extra: [String: String] = [:], _ body: (ServedIntegrations) async throws -> Void
    ) async throws {
        let served = try await ServedIntegrations(try TemporaryFolder(), extra)
        let result: Result<Void, any Error>
        do {
            try await body(served)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await served.service.stop()
        served.group.stop()
        try result.get()
    }

    func user(
        _ name: String, scopes: [String] = ["*"], readOnly: Bool = false, isAdmin: Bool = false
    ) -> Caller {
        Caller(
            userId: directory.add(name), isAdmin: isAdmin, scopes: scopes, readOnly: readOnly,
            tokenId: "tok_1")
    }

    /// `GET /path` and the like, as a user.
    func send(
        _ request: String, _ json: String? = nil, as caller: Caller?, fields: [String] = []
    ) async throws -> RawResponse {
        let identity = caller.map { signer.user($0, audience: "integrations") }
        let response = try await send(request, json, identity, fields)
        let isAPI = request.contains(" /api/")
        #expect((response.field("cache-control") == "no-store") == isAPI)
        checkType(of: response, to: request)
        return response
    }

    /// As another service.
    func sendAsService(
        _ request: String, _ json: String, from name: String = "gateway"
    ) async throws -> RawResponse {
        let signer = IdentitySigner(issuer: name, secret: Self.secret, clock: clock)
        return try await send(request, json, signer.service(audience: "integrations"))
    }

    /// Whatever has a body says what it is: HAL, but for the audit, and a problem if it is one.
    private func checkType(of response: RawResponse, to request: String) {
        guard !response.body.isEmpty || response.status >= 400 else { return }
        let expected =
            if response.status >= 400 {
                "application/problem+json"
            } else if request.contains(" /api/audit") {
                "application/json"
            } else {
                "application/hal+json"
            }
        #expect(response.field("content-type") == expected, "\(request): \(response.status)")
    }

    /// What holds for every answer is checked on each.
    private func send(
        _ request: String, _ json: String?, _ identity: String?, _ fields: [String] = []
    ) async throws -> RawResponse {
        var text = "\(request) HTTP/1.1\r\nHost: integrations\r\nX-Request-Id: r-1\r\n"
        for field in fields { text += field + "\r\n" }
        if let identity { text += "Latchkey-Identity: \(identity)\r\n" }
        if let json {
            text += "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n"
        }
        let response = try await APIClient(port: service.port).send(
            text + "\r\n" + (json ?? ""), toHead: request.hasPrefix("HEAD "))
        #expect(response.field("x-request-id") == "r-1")
        #expect(response.field("x-content-type-options") == "nosniff")
        return response
    }

    // MARK: Short forms

    /// The path of a new integration.
    func integration(_ name: String = "CRM", by owner: Caller) async throws -> String {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST /api/integrations", #"{"name":"\#(name)"}"#, as: owner)
        return try #require(made.field("location"), "\(made.text)")
    }

    /// Shares the integration at `path`.
    func share(
        _ path: String, with principal: String, _ level: Int = 1, by caller: Caller
    ) async throws {
        clock.advance(seconds: 1)
        let given = try await send(
            "PUT \(path)/shares/\(principal)", #"{"accessLevel":\#(level)}"#, as: caller)
        try #require(given.status == 200, "\(given.text)")
    }

    /// The path of a new team with these members, by their names and roles.
    func team(
        _ name: String, _ members: [String: String] = [:], by admin: Caller
    ) async throws -> String {
        clock.advance(seconds: 1)
        let made = try await send("POST /api/teams", #"{"name":"\#(name)"}"#, as: admin)
        let path = try #require(made.field("location"), "\(made.text)")
        for (member, role) in members.sorted(by: { $0.key < $1.key }) {
            _ = directory.add(member)
            clock.advance(seconds: 1)
            let added = try await send(
                "PUT \(path)/members/\(member)", #"{"role":"\#(role)"}"#, as: admin)
            try #require(added.status == 201, "\(added.text)")
        }
        return path
    }

    /// Hands the integration at `path` over.
    func handOver(_ path: String, _ body: String, by admin: Caller) async throws {
        clock.advance(seconds: 1)
        let given = try await send("PUT \(path)/owner", body, as: admin)
        try #require(given.status == 200, "\(given.text)")
    }
}
