import EventLoop
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Organizations

/// The whole service on its own port, with scripted neighbours.
final class ServedOrganizations: Sendable {
    static let secret = [UInt8](repeating: 7, count: 32)

    let directory = FakeDirectory()
    let entities: FakeEntities
    let storage = FakeStorage()
    let clock: FakeClock
    let service: ContextService
    private let group: EventLoopGroup
    private let folder: TemporaryFolder
    private let signer: IdentitySigner
    var database: Database { service.database }

    private init(_ folder: TemporaryFolder, _ extra: [String: String]) async throws {
        self.folder = folder
        clock = FakeClock()
        var settings = Settings(
            [
                "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
                "LATCHKEY_INTERNAL_SECRET": String(decoding: Self.secret, as: UTF8.self),
                // Nothing listens there: events stay in the outbox.
                "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(Ports.next())",
            ].merging(extra) { $1 })
        let common = CommonSettings(&settings, defaultPort: 0)
        group = EventLoopGroup(count: 1)
        let random = SeededRandom(seed: 1)
        entities = FakeEntities(ids: IDMinter(clock: clock, random: random), clock: clock)
        let runtime = Runtime(
            group: group, logger: Logger(service: "organizations", level: .error), clock: clock,
            random: random)
        do {
            service = try await makeOrganizations(
                OrganizationsSettings(&settings, common), runtime,
                remote: OrganizationsRemote(
                    directory: directory, entities: entities, storage: storage))
        } catch {
            group.stop()
            throw error
        }
        signer = IdentitySigner(issuer: "gateway", secret: Self.secret, clock: clock)
    }

    /// Runs `body` with a service that is stopped afterwards.
    /// - Parameters:
    ///   - folder: its data folder; nil for a temporary one.
    ///   - extra: additional settings.
    static func run(
        in folder: TemporaryFolder? = nil, _ extra: [String: String] = [:],
        _ body: (ServedOrganizations) async throws -> Void
    ) async throws {
        let served = try await ServedOrganizations(try folder ?? TemporaryFolder(), extra)
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
        let identity = caller.map { signer.user($0, audience: "organizations") }
        let response = try await send(request, json, identity, fields)
        let isAPI = request.contains(" /api/")
        #expect((response.field("cache-control") == "no-store") == isAPI)
        return response
    }

    /// Sends a request as another service.
    func sendAsService(
        _ request: String, _ json: String, from name: String = "gateway"
    ) async throws -> RawResponse {
        let signer = IdentitySigner(issuer: name, secret: Self.secret, clock: clock)
        return try await send(request, json, signer.service(audience: "organizations"))
    }

    /// Checks what holds for every response.
    private func send(
        _ request: String, _ json: String?, _ identity: String?, _ fields: [String] = []
    ) async throws -> RawResponse {
        var text = "\(request) HTTP/1.1\r\nHost: organizations\r\nX-Request-Id: r-1\r\n"
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

    /// The path of a new organization.
    func organization(_ name: String = "Acme", by owner: Caller) async throws -> String {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST /api/organizations", #"{"name":"\#(name)"}"#, as: owner)
        return try #require(made.field("location"), "\(made.text)")
    }

    /// Makes `user` a member of the organization at `path`.
    func join(
        _ user: Caller, _ path: String, as role: String = "member", by caller: Caller
    ) async throws {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST \(path)/members", #"{"userId":"\#(user.userId)","role":"\#(role)"}"#, as: caller)
        try #require(made.status == 201, "\(made.text)")
    }

    /// The id of a new role.
    func role(
        _ name: String, _ scopes: [String], in path: String, by caller: Caller
    ) async throws -> String {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        let made = try await send(
            "POST \(path)/roles", #"{"name":"\#(name)","scopes":[\#(list)]}"#, as: caller)
        return try #require(made["id"], "\(made.text)")
    }

    /// The id of a new publication.
    func publish(
        _ entityId: String, publicly isPublic: Bool = false, to path: String, by caller: Caller
    ) async throws -> String {
        let made = try await send(
            "POST \(path)/store", #"{"entityId":"\#(entityId)","isPublic":\#(isPublic)}"#,
            as: caller)
        return try #require(made["id"], "\(made.text)")
    }
}
