import EventLoop
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Entities

/// The whole service on a port of its own, with fakes of the other services.
final class ServedEntities: Sendable {
    static let secret = [UInt8](repeating: 7, count: 32)

    let directory = FakeDirectory()
    let organizations = FakeOrganizations()
    let collaborators = FakeCollaborators()
    let clock = FakeClock()
    let service: ContextService
    private let group: EventLoopGroup
    private let folder: TemporaryFolder
    private let signer: IdentitySigner
    var database: Database { service.database }

    private init() async throws {
        folder = try TemporaryFolder()
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": String(decoding: Self.secret, as: UTF8.self),
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        group = EventLoopGroup(count: 1)
        let runtime = Runtime(
            group: group, logger: Logger(service: "entities", level: .error), clock: clock,
            random: SeededRandom(seed: 1))
        service = try await makeEntities(
            EntitiesSettings(&settings, common), runtime,
            remote: EntitiesRemote(
                directory: directory, organizations: organizations, collaborators: collaborators))
        signer = IdentitySigner(issuer: "gateway", secret: Self.secret, clock: clock)
    }

    /// Runs `body` with a service, and stops it and deletes its folder afterwards.
    static func run(_ body: (ServedEntities) async throws -> Void) async throws {
        let served = try await ServedEntities()
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

    func user(_ name: String, scopes: [String] = ["*"], readOnly: Bool = false) -> Caller {
        Caller(
            userId: directory.add(name), scopes: scopes, readOnly: readOnly, tokenId: "tok_1")
    }

    /// `GET /path` and the like, as a user.
    func send(
        _ request: String, _ json: String? = nil, as caller: Caller?, fields: [String] = []
    ) async throws -> RawResponse {
        let identity = caller.map { signer.user($0, audience: "entities") }
        let response = try await send(request, json, identity, fields)
        let isAPI = request.contains(" /api/")
        #expect((response.field("cache-control") == "no-store") == isAPI)
        return response
    }

    /// As another service.
    func sendAsService(
        _ request: String, _ json: String, from name: String = "gateway"
    ) async throws -> RawResponse {
        let signer = IdentitySigner(issuer: name, secret: Self.secret, clock: clock)
        return try await send(request, json, signer.service(audience: "entities"))
    }

    /// Also checks what holds for every response.
    private func send(
        _ request: String, _ json: String?, _ identity: String?, _ fields: [String] = []
    ) async throws -> RawResponse {
        var text = "\(request) HTTP/1.1\r\nHost: entities\r\nX-Request-Id: r-1\r\n"
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

    /// The id of a new entity.
    func entity(_ name: String = "Deploy Bot", by caller: Caller) async throws -> String {
        let response = try await send(
            "POST /api/entities", #"{"name":"\#(name)","type":"app"}"#, as: caller)
        return try #require(response.field("location")?.split(separator: "/").last.map(String.init))
    }
}
