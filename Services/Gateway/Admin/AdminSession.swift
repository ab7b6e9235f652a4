import Contract
import EventLoop
import FoundationEssentials
import GatewayContract
import HTTPClient
import HTTPCore
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import Synchronization

/// The services, as the commands ask them: each by its internal port, with an identity of ours.
final class AdminSession: Sendable {
    /// Milliseconds: a command is run by a person.
    private static let patience = 30_000
    private static let gatewayName = "gateway"
    /// In the order in which they are shown.
    static let services = ["gateway", "entities", "organizations", "integrations", "invitations"]

    let settings: GatewaySettings
    let runtime: Runtime
    let clock: any Clock
    private let operatorSigner: OperatorSigner
    private let serviceSigner: IdentitySigner
    private let input: @Sendable (_ path: String) -> [UInt8]?
    private let notify: @Sendable (String) -> Void
    private let clients: [String: (address: String, client: HTTPClient)]
    /// In place of a gateway that is stopped.
    private let offline = Mutex<(gateway: OfflineGateway, client: HTTPClient)?>(nil)

    init(
        _ environment: [String: String], _ clock: any Clock,
        input: @escaping @Sendable (_ path: String) -> [UInt8]?,
        notify: @escaping @Sendable (String) -> Void
    ) throws(AdminFailure) {
        var given = Settings(environment)
        let common = CommonSettings(&given, defaultPort: 8080)
        settings = GatewaySettings(&given, common)
        guard given.mistakes.isEmpty else {
            throw AdminFailure(
                .configuration,
                given.mistakes.joined(separator: "; ")
                    + ". These commands need the settings with which the gateway was started: see "
                    + "gateway admin --help")
        }
        self.clock = clock
        self.input = input
        self.notify = notify
        let group = EventLoopGroup(count: 1)
        runtime = Runtime(
            group: group,
            logger: Logger(
                service: "gateway admin", level: .error, format: common.logFormat, clock: clock),
            clock: clock)
        operatorSigner = OperatorSigner(of: Self.gatewayName, keys: common.keys, clock: clock)
        serviceSigner = IdentitySigner(issuer: Self.gatewayName, keys: common.keys, clock: clock)
        clients = Self.addresses(of: settings).mapValues { url in
            ("http://\(url.host):\(url.port)", Self.client(url, group))
        }
    }

    private static func addresses(of settings: GatewaySettings) -> [String: ServiceURL] {
        // A server listens on any address, a client connects to one.
        let anyone = ["0.0.0.0": "127.0.0.1", "::": "[::1]"]
        let host = settings.common.server.host
        let given: [String: ServiceURL?] = [
            gatewayName: ServiceURL(
                host: anyone[host] ?? (host.contains(":") ? "[\(host)]" : host),
                port: settings.internalPort),
            "entities": settings.entitiesURL, "organizations": settings.organizationsURL,
            "integrations": settings.integrationsURL, "invitations": settings.invitationsURL,
        ]
        return given.compactMapValues { $0 }
    }

    private static func client(_ url: ServiceURL, _ group: EventLoopGroup) -> HTTPClient {
        HTTPClient(UpstreamOptions(host: url.host, port: url.port), on: group)
    }

    /// Says something beside the output.
    func note(_ text: String) { notify(text) }

    func close() async {
        if let (gateway, _) = offline.withLock({ $0 }) { await gateway.stop() }
        runtime.group.stop()
    }

    /// The content of a file that an option names; without the line feed at its end.
    func secret(in path: String) throws(AdminFailure) -> String {
        guard let bytes = input(path), let text = String(validating: bytes, as: UTF8.self) else {
            throw AdminFailure(.ioError, "\(path) can't be read as text")
        }
        let secret = text.filter { !$0.isWhitespace }
        guard !secret.isEmpty else { throw AdminFailure(.ioError, "\(path) is empty") }
        return secret
    }

    // MARK: Requests

    /// A route of the gateway's API, as the operator.
    func gateway<Answer: Decodable>(
        _ method: HTTPCore.Method, _ target: String, _ body: (any Encodable & Sendable)? = nil,
        as type: Answer.Type
    ) async throws -> Answer {
        let response = try await send(Self.gatewayName, method, target, body)
        return try Self.decode(type, response, Self.gatewayName)
    }

    /// The same for what answers nothing.
    func gateway(_ method: HTTPCore.Method, _ target: String) async throws {
        _ = try await send(Self.gatewayName, method, target, nil)
    }

    /// An internal route of a service.
    func ask<Answer: Decodable>(
        _ service: String, _ endpoint: Endpoint, _ body: some Encodable & Sendable,
        as type: Answer.Type
    ) async throws -> Answer {
        let response = try await send(service, .post, endpoint.path, body)
        return try Self.decode(type, response, service)
    }

    private static func decode<Answer: Decodable>(
        _ type: Answer.Type, _ response: ClientResponse, _ service: String
    ) throws(AdminFailure) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch {
            throw AdminFailure(.software, "\(service): an unexpected answer")
        }
    }

    private func send(
        _ service: String, _ method: HTTPCore.Method, _ target: String,
        _ body: (any Encodable & Sendable)?
    ) async throws -> ClientResponse {
        guard let (address, online) = clients[service] else {
            throw AdminFailure(.configuration, "the address of \(service) is not set")
        }
        let isGateway = service == Self.gatewayName
        let request = ClientRequest(
            method, target,
            fields: [
                Response.Field("Content-Type", "application/json"),
                Response.Field(
                    "Latchkey-Identity",
                    isGateway
                        ? operatorSigner.identity() : serviceSigner.service(audience: service)),
            ], body: body.map { JSON.encode($0) } ?? [])
        let client = isGateway ? offline.withLock { $0?.client } ?? online : online
        let response: ClientResponse
        do throws(UpstreamFailure) {
            response = try await client.send(request, deadline: Self.patience)
        } catch {
            let failure = AdminFailure(service, at: address, error)
            guard isGateway, error == .unreachable, offline.withLock({ $0 == nil }) else {
                throw failure
            }
            try await openOffline(instead: failure)
            return try await send(service, method, target, body)
        }
        guard (200..<300).contains(response.status) else {
            throw AdminFailure(service, response)
        }
        return response
    }

    private func openOffline(instead failure: AdminFailure) async throws {
        let gateway = try await OfflineGateway(settings, runtime, instead: failure)
        notify(
            "the gateway is not running: working on its database in "
                + settings.common.dataDirectory)
        let client = Self.client(
            ServiceURL(host: "127.0.0.1", port: gateway.port), runtime.group)
        offline.withLock { $0 = (gateway, client) }
    }
}

/// The gateway's routes for its operator, in this process, on the database of a gateway that is
/// stopped: the same handlers, use cases and rules. The lock of the database keeps a gateway from
/// starting meanwhile. Events wait in the outbox for the next start.
final class OfflineGateway: Sendable {
    private let database: Database
    private let server: APIServer
    var port: UInt16 { server.port }

    /// - Parameter failure: why the running one can't be asked.
    init(
        _ settings: GatewaySettings, _ runtime: Runtime, instead failure: AdminFailure
    ) async throws {
        let path = "\(settings.common.dataDirectory)/gateway.sqlite"
        // Without one there is nothing to work on; starting the gateway creates it.
        guard let version = Database.schemaVersion(path: path) else { throw failure }
        guard version == gatewayMigrations.count else {
            throw AdminFailure(
                .unavailable,
                "the database \(path) is of another release: start the gateway first, which "
                    + "upgrades it")
        }
        // Others may still answer by leases of the gateway that has stopped.
        let leases = GrantedLeases()
        do {
            database = try Database.open(
                "gateway", migrations: gatewayMigrations,
                watch: TableWatch(LeasedFacts.tables, leases), settings.common, runtime)
        } catch let error as DatabaseError {
            throw AdminFailure(.unavailable, "\(failure.text) (\(error.message))")
        }
        let keys = settings.common.keys
        let signer = IdentitySigner(issuer: "gateway", keys: keys, clock: runtime.clock)
        let api = makeAPI(
            settings, database, IDMinter(clock: runtime.clock, random: runtime.random),
            TokenLookup(database, clock: runtime.clock), leases, makeUpstreams(settings, runtime),
            signer, runtime, codeRequested: {})
        server = try await APIServer(
            api.directory + api.operatorRoutes
                + Maintenance(database, relays: nil, mail: nil).routes,
            options: ServerOptions(), runtime: runtime
        ) {
            OperatorAuthenticator(of: "gateway", keys: keys, clock: runtime.clock)
        }
    }

    func stop() async {
        await server.drain(milliseconds: 500)
        database.close()
    }
}
