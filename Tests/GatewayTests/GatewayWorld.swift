import EventLoop
import FoundationEssentials
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

let internalSecret = "the gateway's and the services' one, for tests"
let adminToken = APIToken.make(prefix: APIToken.keyPrefix, random: SeededRandom(seed: 1))

/// A running gateway with its own database and clock.
final class GatewayWorld: Sendable {
    let clock: FakeClock
    let group: EventLoopGroup
    let service: GatewayService
    let folder: TemporaryFolder
    let log: LogBook
    /// An edge gateway in front of it, if the test wants one.
    let edge: RunningEdge?
    /// The public port, of the edge gateway if there is one, and the internal one.
    let api: APIClient
    let inner: APIClient

    /// - Parameters:
    ///   - entities: the port of a fake entities service.
    ///   - organizations: the same for organizations; nil: not configured.
    ///   - integrations: likewise.
    ///   - invitations: likewise.
    ///   - extra: more settings. Without one there is no rate limit.
    ///   - ticks: the time that limits use; nil: the real one.
    ///   - links: a fake of the invitations service's links; nil: not configured.
    ///   - providerTicks: by which the keys of identity providers age; nil: the real time.
    init(
        entities: UInt16?, organizations: UInt16? = nil, integrations: UInt16? = nil,
        invitations: UInt16? = nil, loops: Int, patience: Int,
        clock: FakeClock = FakeClock(), folder: TemporaryFolder? = nil,
        extra: [String: String] = [:], ticks: FakeTicks? = nil,
        links: (any InvitationLinks)? = nil, throughEdge: Bool = false,
        providerTicks: FakeTicks? = nil
    ) async throws {
        self.clock = clock
        self.folder = try folder ?? TemporaryFolder()
        log = LogBook()
        let usual = [
            "LATCHKEY_PORT": "0", "LATCHKEY_INTERNAL_PORT": "0",
            "LATCHKEY_DATA_DIR": self.folder.path, "LATCHKEY_INTERNAL_SECRET": internalSecret,
            "LATCHKEY_ADMIN_EMAIL": "root@example.com", "LATCHKEY_ADMIN_TOKEN": adminToken,
            "LATCHKEY_UPSTREAM_TIMEOUT": "\(patience)",
            "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(entities ?? Ports.next())",
            "LATCHKEY_ORGANIZATIONS_URL": "http://127.0.0.1:\(organizations ?? Ports.next())",
            "LATCHKEY_INTEGRATIONS_URL": "http://127.0.0.1:\(integrations ?? Ports.next())",
            "LATCHKEY_INVITATIONS_URL": "http://127.0.0.1:\(invitations ?? Ports.next())",
            "LATCHKEY_RATE_LIMIT": "0",
            // A busy machine takes its time: tests of these limits set their own.
            "LATCHKEY_BODY_TIMEOUT": "600000", "LATCHKEY_BODY_RATE": "0",
        ]
        let values = usual.merging(extra) { $1 }
        var settings = Settings(values)
        let common = CommonSettings(&settings, defaultPort: 8080)
        var configuration = GatewaySettings(&settings, common)
        // One service is mostly enough.
        if organizations == nil { configuration.organizationsURL = nil }
        if integrations == nil { configuration.integrationsURL = nil }
        if invitations == nil { configuration.invitationsURL = nil }
        try #require(settings.mistakes.isEmpty)
        group = EventLoopGroup(count: loops)
        let runtime = Runtime(
            group: group, logger: log.logger(service: "gateway", clock: clock), clock: clock,
            random: SystemRandom(),
            bodies: common.bodies)
        let gate = PublicGate(configuration.gate) { ticks?.now ?? $0?.started ?? .now }
        let providerTime = IssuerKeys.Time(providerTicks)
        service = try await makeGateway(
            configuration, runtime, gate: gate, links: links, providerTime: providerTime)
        edge =
            throughEdge
            ? try await RunningEdge(
                of: service, values, log, clock: clock, providerTime: providerTime,
                patch: { edge in
                    if organizations == nil { edge.organizationsURL = nil }
                    if integrations == nil { edge.integrationsURL = nil }
                    if invitations == nil, links == nil { edge.invitationsURL = nil }
                }) : nil
        api = APIClient(port: edge?.service.port ?? service.port)
        inner = APIClient(port: service.internalPort)
    }

    func stop() async {
        await edge?.stop()
        await service.stop()
        group.stop()
    }
}

/// Runs `test` with a gateway, and stops it in any case.
func withGateway(
    entities: UInt16? = nil, organizations: UInt16? = nil, integrations: UInt16? = nil,
    invitations: UInt16? = nil, loops: Int = 2, patience: Int = 5_000,
    clock: FakeClock = FakeClock(), folder: TemporaryFolder? = nil, extra: [String: String] = [:],
    ticks: FakeTicks? = nil, links: (any InvitationLinks)? = nil, throughEdge: Bool = false,
    providerTicks: FakeTicks? = nil,
    _ test: (GatewayWorld) async throws -> Void
) async throws {
    let world = try await GatewayWorld(
        entities: entities, organizations: organizations, integrations: integrations,
        invitations: invitations, loops: loops, patience: patience, clock: clock, folder: folder,
        extra: extra, ticks: ticks, links: links, throughEdge: throughEdge,
        providerTicks: providerTicks)
    try await ending(with: world.stop) { try await test(world) }
}

extension IssuerKeys.Time {
    init(_ ticks: FakeTicks?) {
        self.init()
        guard let ticks else { return }
        now = { ticks.now }
        sleep = { await ticks.sleep(until: $0) }
    }
}

// MARK: Users and tokens

/// A user with one token.
struct Account: Sendable {
    let id: String
    let token: String
    var tokenId = ""
    var name = ""
}

extension GatewayWorld {
    /// Creates `<name>@example.com` with a token.
    func user(
        _ name: String, role: String = "member", scopes: [String] = ["*"], readOnly: Bool = false,
        expiresAt: String? = nil
    ) async throws -> Account {
        let body = """
            {"email": "\(name)@example.com", "username": "\(name)", "displayName": "\(name)",
             "role": "\(role)"}
            """
        let made = try await api.call("POST", "/api/users", token: adminToken, body: body)
        let id = try #require(made["id"], "\(made.text)")
        var account = try await token(
            of: id, scopes: scopes, readOnly: readOnly, expiresAt: expiresAt)
        account.name = name
        return account
    }

    /// Another token of the user, made by the first admin.
    func token(
        of userId: String?, scopes: [String] = ["*"], readOnly: Bool = false,
        expiresAt: String? = nil, by maker: String = adminToken
    ) async throws -> Account {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        var body = "{\"name\": \"test\", \"scopes\": [\(list)], \"readOnly\": \(readOnly)"
        if let userId { body += ", \"userId\": \"\(userId)\"" }
        if let expiresAt { body += ", \"expiresAt\": \"\(expiresAt)\"" }
        let made = try await api.call("POST", "/api/tokens", token: maker, body: body + "}")
        let token = try #require(made["token"], "\(made.text)")
        return Account(
            id: made["userId"] ?? "", token: token, tokenId: try #require(made["id"]))
    }

    /// Every row of the database.
    /// - Parameter exceptions: what else may change, with the reason.
    func rows(except exceptions: [String: String] = [:]) throws -> [String] {
        let used = ["tokens.last_used_at": "noted up to a minute late"]
        return try service.database.dump(except: used.merging(exceptions) { $1 })
    }
}
