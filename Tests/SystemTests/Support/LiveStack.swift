import Foundation
import Glibc
import Synchronization
import TestSupport

/// The real processes on free ports, with their own data folder.
final class LiveStack: @unchecked Sendable {  // processes are started and stopped by the test alone
    static let secret = "system-tests-" + String(repeating: "0", count: 32)

    let folder: TemporaryFolder
    let adminToken: String
    let gatewayPort: UInt16
    let internalPort: UInt16
    let entitiesPort: UInt16
    let organizationsPort: UInt16
    let integrationsPort: UInt16
    let invitationsPort: UInt16
    private let extra: [String: String]
    private(set) var gateway: RunningProcess?
    private(set) var entities: RunningProcess?
    private(set) var organizations: RunningProcess?
    private(set) var integrations: RunningProcess?
    private(set) var invitations: RunningProcess?
    /// Every issued token, as none of them may appear in a log. Users are created in parallel.
    private let issued = Mutex<[String]>([secret])
    var secrets: [String] { issued.withLock { $0 } }

    var dataFolder: String { folder.path + "/data" }
    var api: APIClient { APIClient(port: gatewayPort) }

    init(_ extra: [String: String] = [:]) async throws {
        folder = try TemporaryFolder()
        (gatewayPort, internalPort) = (Ports.next(), Ports.next())
        (entitiesPort, organizationsPort) = (Ports.next(), Ports.next())
        (integrationsPort, invitationsPort) = (Ports.next(), Ports.next())
        self.extra = extra
        adminToken = try await Self.makeToken(folder)
        let first = adminToken
        issue(first)
    }

    deinit {
        gateway?.signal(SIGKILL)
        entities?.signal(SIGKILL)
        organizations?.signal(SIGKILL)
        integrations?.signal(SIGKILL)
        invitations?.signal(SIGKILL)
    }

    /// Starts all processes and waits until they are ready.
    func start() async throws {
        try startEntities()
        try startGateway()
        try await ready()
    }

    /// - Parameters:
    ///   - wrapper: a command that ends by becoming the executable.
    ///   - more: settings of only this process.
    func startEntities(through wrapper: [String] = [], _ more: [String: String] = [:]) throws {
        entities = try RunningProcess(
            "entities", environment(entitiesPort, more), log: log("entities"), wrapper: wrapper)
    }

    /// Does nothing if it runs: starting the gateway also starts it.
    /// - Parameter wrapper: a command that ends by becoming the executable.
    func startOrganizations(
        through wrapper: [String] = [], _ more: [String: String] = [:]
    ) throws {
        guard organizations?.isRunning != true else { return }
        organizations = try RunningProcess(
            "organizations", environment(organizationsPort, more), log: log("organizations"),
            wrapper: wrapper)
    }

    /// Does nothing if it runs: starting the gateway also starts it.
    func startIntegrations(_ more: [String: String] = [:]) throws {
        guard integrations?.isRunning != true else { return }
        integrations = try RunningProcess(
            "integrations", environment(integrationsPort, more), log: log("integrations"))
    }

    /// Does nothing if it runs: starting the gateway also starts it.
    /// - Parameter wrapper: a command that ends by becoming the executable.
    func startInvitations(
        through wrapper: [String] = [], _ more: [String: String] = [:]
    ) throws {
        guard invitations?.isRunning != true else { return }
        invitations = try RunningProcess(
            "invitations", environment(invitationsPort, more), log: log("invitations"),
            wrapper: wrapper)
    }

    /// Also starts the others except entities: the gateway is not ready without them.
    /// - Parameter upstream: stands in for the entities service.
    func startGateway(before upstream: UInt16? = nil, _ more: [String: String] = [:]) throws {
        try startOrganizations()
        try startIntegrations()
        try startInvitations()
        var environment = environment(gatewayPort, more)
        if let upstream { environment["LATCHKEY_ENTITIES_URL"] = "http://127.0.0.1:\(upstream)" }
        gateway = try RunningProcess("gateway", environment, log: log("gateway"))
    }

    func ready() async throws {
        try await ready(entitiesPort)
        try await ready(organizationsPort)
        try await ready(integrationsPort)
        try await ready(invitationsPort)
        try await ready(internalPort)
    }

    /// Waits for the process whose `/readyz` is at `port`.
    func ready(_ port: UInt16) async throws {
        let isReady = await eventually(within: 20_000) {
            (try? await APIClient(port: port).call("GET", "/readyz").status) == 200
        }
        guard isReady else { throw NotReady(log: logs) }
    }

    struct NotReady: Error { let log: String }

    /// SIGKILL to all.
    func killAll() async {
        for service in Service.allCases { await process(service)?.killNow() }
    }

    /// Sends SIGTERM to all, the gateway first.
    /// - Returns: whether each has exited with success.
    func stop() async -> Bool {
        var isClean = true
        for process in Service.allCases.compactMap({ process($0) }) {
            process.signal(SIGTERM)
            let code = await process.ended(within: 15)
            isClean = isClean && code == 0
            if code != 0 { print("exit \(String(describing: code)): \(process.whereItIs)") }
        }
        return isClean
    }

    func environment(_ port: UInt16, _ more: [String: String] = [:]) -> [String: String] {
        var environment = [
            "PATH": "/usr/bin:/bin",
            "LATCHKEY_PORT": "\(port)",
            "LATCHKEY_INTERNAL_PORT": "\(internalPort)",
            "LATCHKEY_INTERNAL_SECRET": Self.secret,
            "LATCHKEY_DATA_DIR": dataFolder,
            "LATCHKEY_ADMIN_TOKEN": adminToken,
            "LATCHKEY_GATEWAY_URL": "http://127.0.0.1:\(internalPort)",
            "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(entitiesPort)",
            "LATCHKEY_ORGANIZATIONS_URL": "http://127.0.0.1:\(organizationsPort)",
            "LATCHKEY_INTEGRATIONS_URL": "http://127.0.0.1:\(integrationsPort)",
            "LATCHKEY_INVITATIONS_URL": "http://127.0.0.1:\(invitationsPort)",
            "LATCHKEY_PUBLIC_URL": "http://127.0.0.1:\(gatewayPort)",
            "LATCHKEY_STORAGE_ALLOW_PRIVATE": "true",
            "LATCHKEY_LOG_LEVEL": "debug",
            "LATCHKEY_RATE_LIMIT": "0",
            // Failures are to be seen at once.
            "LATCHKEY_RESTART_PATIENCE": "0",
        ]
        environment.merge(extra) { $1 }
        return environment.merging(more) { $1 }
    }

    var logs: String {
        Service.allCases.map { process($0)?.text ?? "" }.joined()
    }

    private func log(_ name: String) -> URL { URL(fileURLWithPath: "\(folder.path)/\(name).log") }

    // MARK: Users

    /// Creates a user and a token with all scopes except those of platform admins.
    func user(_ name: String) async throws -> (id: String, token: String) {
        let made = try await api.call(
            "POST", "/api/users", token: adminToken,
            body:
                #"{"email":"\#(name)@example.com","username":"\#(name)","displayName":"\#(name)"}"#)
        let id = made["id"] ?? ""
        return (id, try await token(of: id))
    }

    /// The code that is mailed to an address.
    func code(_ email: String) async throws -> String {
        let wanted = try await api.call(
            "POST", "/api/auth/codes", body: #"{"email":"\#(email)"}"#)
        guard wanted.status == 202 else { throw NotReady(log: wanted.text) }
        return try await mailedCode(email)
    }

    /// The code of a sign-in that was requested in another way.
    func mailedCode(_ email: String) async throws -> String {
        var code: String?
        _ = await eventually(within: 10_000) {
            code =
                mails(to: email).compactMap { $0.firstMatch(of: /\b(\d{4}) (\d{4})\b/) }
                .map { String($0.1 + $0.2) }.first
            return code != nil
        }
        guard let code else { throw NotReady(log: logs) }
        return code
    }

    /// Every mail to an address, unordered.
    func mails(to email: String) -> [String] {
        let folder = dataFolder + "/mail/"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".eml") }.compactMap {
            try? String(contentsOfFile: folder + $0, encoding: .utf8)
        }.filter { $0.contains("\r\nTo: \(email)\r\n") }
    }

    func token(of userId: String) async throws -> String {
        let scopes = [
            "entities:write", "entities:share", "entities:share_external", "entities:share_store",
            "org:write", "org:settings", "tokens:write", "integration:write", "integration:share",
            "team:write", "invitations:write", "webhooks:write", "workspaces:write",
        ].map { "\"\($0)\"" }.joined(separator: ",")
        let made = try await api.call(
            "POST", "/api/tokens", token: adminToken,
            body: #"{"name":"test","userId":"\#(userId)","scopes":[\#(scopes)]}"#)
        let token = made["token"] ?? ""
        issue(token)
        return token
    }

    /// Adds a token that was issued in another way: it must not appear in a log either.
    func issue(_ secret: String) { issued.withLock { $0.append(secret) } }

    /// Creates an entity of the token's user.
    func entity(_ token: String, name: String = "Thing") async throws -> String {
        let made = try await api.call(
            "POST", "/api/entities", token: token, body: #"{"name":"\#(name)","type":"app"}"#)
        return made["id"] ?? ""
    }

    /// Creates an organization of the token's user.
    func organization(_ token: String, name: String = "Acme") async throws -> String {
        let made = try await api.call(
            "POST", "/api/organizations", token: token, body: #"{"name":"\#(name)"}"#)
        return made["id"] ?? ""
    }

    private static func makeToken(_ folder: TemporaryFolder) async throws -> String {
        let log = URL(fileURLWithPath: folder.path + "/token")
        let process = try RunningProcess("gateway", [:], log: log, arguments: ["--make-token"])
        _ = await process.ended(within: 10)
        defer { try? FileManager.default.removeItem(at: log) }
        return process.text.trimmingCharacters(in: .newlines)
    }
}
