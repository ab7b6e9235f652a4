import Contract
import Entities
import EntitiesContract
import EventLoop
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The entities service alone: its neighbour, the gateway, is played from the goldens.
@Suite struct EntitiesAloneTests {
    private static let secret = String(repeating: "s", count: 32)
    private let caller = Caller(userId: "usr_01KF0000000000000000000009")

    @Test func `asks the directory as agreed, and understands its answer`() async throws {
        let asked = Asked()
        try await withEntities(asked) { api, identity in
            let made = try await api.call(
                "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: identity)
            let id = try #require(made["id"])
            let shared = try await api.call(
                "POST", "/api/entities/\(id)/shares",
                body: #"{"emails":["ada@example.com","nobody@example.com"]}"#, fields: identity)
            #expect(shared.status == 200)
            #expect(shared.json?["notFound"]?[0]?.string == "nobody@example.com")
            let created = shared.json?["created"]?[0]?["user"]
            #expect(created?["id"]?.string == "usr_01KF0000000000000000000001")
            #expect(created?["displayName"]?.string == "Ada")
        }
        #expect(asked.bodies == [try Golden.text("directory-query")])
    }

    @Test func `takes the event of a deleted user once`() async throws {
        try await withEntities(Asked()) { api, _ in
            let clock = SystemClock()
            let signer = IdentitySigner(
                issuer: "gateway", secret: Array(Self.secret.utf8), clock: clock)
            let identity = ["Latchkey-Identity: \(signer.service(audience: "entities"))"]
            let event = try Golden.text("user-deleted-event")
            let first = try await api.call(
                "POST", "/internal/events", body: event, fields: identity)
            #expect(first.text == (try Golden.text("event-receipt")))
            let second = try await api.call(
                "POST", "/internal/events", body: event, fields: identity)
            #expect(second.text == #"{"applied":false}"#)
        }
    }

    private func withEntities(
        _ asked: Asked, _ body: (APIClient, [String]) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(group: group, logger: Logger(service: "test", level: .error))
        let directory = try await fakeDirectory(asked, runtime)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": Self.secret,
            "LATCHKEY_GATEWAY_URL": "http://127.0.0.1:\(directory.port)",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        let service = try await makeEntities(EntitiesSettings(&settings, common), runtime)
        let signer = IdentitySigner(
            issuer: "gateway", secret: Array(Self.secret.utf8), clock: runtime.clock)
        let identity = "Latchkey-Identity: \(signer.user(caller, audience: "entities"))"
        let result: Result<Void, any Error>
        do {
            try await body(APIClient(port: service.port), [identity])
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await service.stop()
        await directory.drain(milliseconds: 100)
        group.stop()
        try result.get()
    }

    /// Answers every look-up with the golden, and demands a service's identity as the gateway does.
    private func fakeDirectory(_ asked: Asked, _ runtime: Runtime) async throws -> APIServer {
        let answer = try Golden.bytes("directory-answer")
        let route = Route.now(DirectoryRoutes.lookUpUsers) { request in
            asked.add(String(decoding: request.body, as: UTF8.self))
            return Response(
                200, fields: [Response.Field("Content-Type", "application/json")], body: answer)
        }
        return try await APIServer([route], options: ServerOptions(), runtime: runtime) {
            IdentityAuthenticator(
                audience: "gateway", secret: Array(Self.secret.utf8), clock: runtime.clock)
        }
    }
}
