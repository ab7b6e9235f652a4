import Contract
import EventLoop
import Gateway
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The gateway alone: a service behind it is played from the goldens.
@Suite struct GatewayAloneTests {
    private static let secret = String(repeating: "s", count: 32)
    private static let admin = APIToken.make(
        prefix: APIToken.keyPrefix, random: SeededRandom(seed: 7))

    @Test func `answers the directory's query as agreed`() async throws {
        try await withGateway(Asked()) { service, signer in
            let api = APIClient(port: service.port)
            let made = try await api.call(
                "POST", "/api/users", token: Self.admin,
                body: #"{"email":"ada@example.com","username":"ada","displayName":"Ada"}"#)
            let id = try #require(made["id"])
            let answer = try await APIClient(port: service.internalPort).call(
                "POST", DirectoryRoutes.lookUpUsers.path, body: try Golden.text("directory-query"),
                fields: ["Latchkey-Identity: \(signer.service(audience: "gateway"))"])
            #expect(answer.status == 200)
            // Only the id is not known beforehand.
            let expected = try Golden.text("directory-answer").replacing(
                "usr_01KF0000000000000000000001", with: id)
            #expect(answer.text == expected)
        }
    }

    @Test func `tells a service of a deleted user as agreed`() async throws {
        let asked = Asked()
        try await withGateway(asked) { service, _ in
            let api = APIClient(port: service.port)
            let made = try await api.call(
                "POST", "/api/users", token: Self.admin,
                body: #"{"email":"ada@example.com","username":"ada","displayName":"Ada"}"#)
            let id = try #require(made["id"])
            let deleted = try await api.call("DELETE", "/api/users/\(id)", token: Self.admin)
            #expect(deleted.status == 204)
            let told = await eventually { !asked.bodies.isEmpty }
            #expect(told)
            let event = try JSON.decode(InternalEvent.self, Array((asked.bodies.first ?? "").utf8))
            let golden = try Golden.value("user-deleted-event", as: InternalEvent.self)
            #expect(event.type == golden.type)
            #expect(try JSON.decode(UserDeleted.self, Array(event.data.utf8)).userId == id)
            let names = JSONValue(Array((asked.bodies.first ?? "").utf8))?.names
            #expect(names == JSONValue(try Golden.bytes("user-deleted-event"))?.names)
        }
        #expect(asked.bodies.count == 1)
    }

    private func withGateway(
        _ asked: Asked, _ body: (GatewayService, IdentitySigner) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(group: group, logger: Logger(service: "test", level: .error))
        let upstream = try await fakeService(asked, runtime)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_INTERNAL_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": Self.secret, "LATCHKEY_ADMIN_TOKEN": Self.admin,
            "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(upstream.port)",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        let service = try await makeGateway(GatewaySettings(&settings, common), runtime)
        let signer = IdentitySigner(
            issuer: "entities", secret: Array(Self.secret.utf8), clock: runtime.clock)
        let result: Result<Void, any Error>
        do {
            try await body(service, signer)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await service.stop()
        await upstream.drain(milliseconds: 100)
        group.stop()
        try result.get()
    }

    private func fakeService(_ asked: Asked, _ runtime: Runtime) async throws -> APIServer {
        let receipt = try Golden.bytes("event-receipt")
        let route = Route.now(InternalEvent.deliver) { request in
            asked.add(String(decoding: request.body, as: UTF8.self))
            return Response(
                200, fields: [Response.Field("Content-Type", "application/json")], body: receipt)
        }
        return try await APIServer([route], options: ServerOptions(), runtime: runtime) {
            IdentityAuthenticator(
                audience: "entities", secret: Array(Self.secret.utf8), clock: runtime.clock)
        }
    }
}
