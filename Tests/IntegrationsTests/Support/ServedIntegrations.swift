import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Integrations

/// The whole service, with users that a test controls.
typealias ServedIntegrations = ServedService<IntegrationsFakes>

struct IntegrationsFakes: ServiceFakes {
    static let name = "integrations"
    let directory = FakeDirectory()
    let settings = ["LATCHKEY_INVITATIONS_URL": "http://127.0.0.1:\(Ports.next())"]

    init(clock: FakeClock) {}

    func start(
        _ settings: inout Settings, _ common: CommonSettings, _ runtime: Runtime
    ) async throws -> ContextService {
        try await makeIntegrations(
            IntegrationsSettings(&settings, common), runtime, directory: directory)
    }

    /// HAL, except for the audit.
    static func mediaType(_ request: String) -> String {
        request.contains(" /api/audit") ? "application/json" : "application/hal+json"
    }
}

/// Short forms.
extension ServedIntegrations {
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
            _ = self.directory.add(member)
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
