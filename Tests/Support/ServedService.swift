import EventLoop
import Kernel
import SQLite
import ServiceKit
import Testing

/// How a context's service is started for tests: with fakes of the other services.
public protocol ServiceFakes: Sendable {
    associatedtype Service: RunningService

    /// The service's name, as identities are made for it.
    static var name: String { get }
    var directory: FakeDirectory { get }

    init(clock: FakeClock)

    /// - Parameter settings: those of `common`, and the extra ones of a test.
    func start(
        _ settings: inout Settings, _ common: CommonSettings, _ runtime: Runtime
    ) async throws -> Service

    /// Settings that every test needs.
    var settings: [String: String] { get }
    func logger(_ clock: FakeClock) -> Logger
    static func database(of service: Service) -> Database
    /// Tables and columns that may change beside what a test looks at, with the reason.
    static var exceptions: [String: String] { get }
    /// Of a successful response with a body.
    static func mediaType(_ request: String) -> String
}

extension ServiceFakes {
    public var settings: [String: String] { [:] }
    public static var exceptions: [String: String] { [:] }
    public func logger(_ clock: FakeClock) -> Logger { Logger(service: Self.name, level: .error) }
    public static func mediaType(_ request: String) -> String { "application/json" }
}

/// The whole service of a context on a port of its own. Its fakes are used as if they were its own
/// properties.
@dynamicMemberLookup
public final class ServedService<Fakes: ServiceFakes>: Sendable {
    public let clock = FakeClock()
    public let service: Fakes.Service
    /// Of its database, among others.
    public let folder: TemporaryFolder
    private let fakes: Fakes
    private let group = EventLoopGroup(count: 1)

    public subscript<T>(dynamicMember path: KeyPath<Fakes, T>) -> T { fakes[keyPath: path] }

    /// What all services sign identities with.
    public static var secret: String { String(repeating: "7", count: 32) }

    private init(_ folder: TemporaryFolder, _ extra: [String: String]) async throws {
        self.folder = folder
        fakes = Fakes(clock: clock)
        let usual = [
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": Self.secret,
        ]
        var settings = Settings(
            usual.merging(fakes.settings) { $1 }.merging(extra) { $1 })
        let common = CommonSettings(&settings, defaultPort: 0)
        let runtime = Runtime(
            group: group, logger: fakes.logger(clock), clock: clock, random: SeededRandom(seed: 1))
        do {
            service = try await fakes.start(&settings, common, runtime)
        } catch {
            group.stop()
            throw error
        }
    }

    /// Runs `body` with a service that is stopped afterwards.
    /// - Parameters:
    ///   - folder: its data folder; nil for a temporary one.
    ///   - extra: additional settings.
    public static func run(
        in folder: TemporaryFolder? = nil, _ extra: [String: String] = [:],
        _ body: (ServedService) async throws -> Void
    ) async throws {
        let served = try await ServedService(try folder ?? TemporaryFolder(), extra)
        try await ending {
            await served.service.stop()
            served.group.stop()
        } after: {
            try await body(served)
        }
    }

    /// A user who exists.
    public func user(
        _ name: String, scopes: [String] = ["*"], readOnly: Bool = false, isAdmin: Bool = false
    ) -> Caller {
        Caller(
            userId: fakes.directory.add(name), isAdmin: isAdmin, scopes: scopes,
            readOnly: readOnly, tokenId: "tok_1")
    }

    private func signer(_ issuer: String) -> IdentitySigner {
        IdentitySigner(issuer: issuer, secret: Array(Self.secret.utf8), clock: clock)
    }

    /// Sends a request such as `GET /path` as a user.
    public func send(
        _ request: String, _ json: String? = nil, as caller: Caller?, fields: [String] = []
    ) async throws -> RawResponse {
        let identity = caller.map { signer("gateway").user($0, audience: Fakes.name) }
        let response = try await send(request, json, identity, fields)
        let isAPI = request.contains(" /api/")
        #expect((response.field("cache-control") == "no-store") == isAPI)
        guard isAPI, !response.body.isEmpty || response.status >= 400 else { return response }
        let type =
            response.status >= 400 ? "application/problem+json" : Fakes.mediaType(request)
        #expect(response.field("content-type") == type, "\(request): \(response.status)")
        return response
    }

    /// Sends a request as another service.
    public func sendAsService(
        _ request: String, _ json: String, from name: String = "gateway"
    ) async throws -> RawResponse {
        try await send(request, json, signer(name).service(audience: Fakes.name), [])
    }

    /// Checks what holds for every response.
    private func send(
        _ request: String, _ json: String?, _ identity: String?, _ fields: [String]
    ) async throws -> RawResponse {
        var text = "\(request) HTTP/1.1\r\nHost: \(Fakes.name)\r\nX-Request-Id: r-1\r\n"
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
}

extension ServiceFakes where Service == ContextService {
    public static func database(of service: ContextService) -> Database { service.database }
}

/// Runs `body`, then `end`, also if `body` throws.
public func ending<T>(
    with end: () async -> Void, after body: () async throws -> T
) async throws -> T {
    let result: T
    do {
        result = try await body()
    } catch {
        await end()
        throw error
    }
    await end()
    return result
}
