import Contract
import EventLoop
import Gateway
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport

/// The gateway in this process; the service behind it is played from the goldens.
enum GatewayAlone {
    static let secret = String(repeating: "s", count: 32)
    static let admin = APIToken.make(prefix: APIToken.keyPrefix, random: SeededRandom(seed: 7))

    /// - Parameter body: gets the gateway and what signs for the entities service.
    static func run(
        _ asked: Asked, _ body: (GatewayService, IdentitySigner) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(group: group, logger: Logger(service: "test", level: .error))
        let upstream = try await fakeService(asked, runtime)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_INTERNAL_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": secret, "LATCHKEY_ADMIN_TOKEN": admin,
            "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(upstream.port)",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        let service = try await makeGateway(GatewaySettings(&settings, common), runtime)
        let signer = IdentitySigner(
            issuer: "entities", secret: Array(secret.utf8), clock: runtime.clock)
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

    private static func fakeService(_ asked: Asked, _ runtime: Runtime) async throws -> APIServer {
        let receipt = try Golden.bytes("event-receipt")
        let route = Route.now(InternalEvent.deliver) { request in
            asked.add(String(decoding: request.body, as: UTF8.self))
            return Response(
                200, fields: [Response.Field("Content-Type", "application/json")], body: receipt)
        }
        let answer = try Golden.bytes("audit-tail-answer")
        let tail = Route.now(AuditRoutes.tail) { request in
            asked.add(String(decoding: request.body, as: UTF8.self))
            return Response(
                200, fields: [Response.Field("Content-Type", "application/json")], body: answer)
        }
        return try await APIServer([route, tail], options: ServerOptions(), runtime: runtime) {
            IdentityAuthenticator(
                audience: "entities", secret: Array(secret.utf8), clock: runtime.clock)
        }
    }
}
