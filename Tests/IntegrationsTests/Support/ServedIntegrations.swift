import EventLoop
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Integrations

/// The whole service on its own port, with users that a test controls.
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

    /// Runs `body` with a service that is stopped afterwards.
    /// - Parameter extra: additional settings.
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

    /// Sends a request such as `GET /path` as a user.
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

    /// Sends a request as another service.
    func sendAsService(
        _ request: String, _ json: String, from name: String = "gateway"
    ) async throws -> RawResponse {
        let signer = IdentitySigner(issuer: name, secret: Self.secret, clock: clock)
        return try await send(request, json, signer.service(audience: "integrations"))
    }

    /// Every body has its media type: HAL, except the audit, or a problem.
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

    /// Checks the rules that hold for every response.
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

    /// Creates an integration and returns its path.
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

    /// Creates a team with these members and roles and returns its path.
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

    /// Transfers the integration at `path`.
    func transfer(_ path: String, _ body: String, by admin: Caller) async throws {
        clock.advance(seconds: 1)
        let given = try await send("PUT \(path)/owner", body, as: admin)
        try #require(given.status == 200, "\(given.text)")
    }
}
