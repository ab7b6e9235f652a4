import Entities
import EventLoop
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport

/// The entities service in this process; its neighbour, the gateway, is played from the goldens.
enum EntitiesAlone {
    static let secret = String(repeating: "s", count: 32)
    static let caller = Caller(userId: "usr_01KF0000000000000000000009")

    /// - Parameter body: gets the service and the line with which `caller` is known to it.
    static func run(
        _ asked: Asked, _ body: (APIClient, [String]) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        // Identities live half a minute, which a busy machine may need for a test.
        let runtime = Runtime(
            group: group, logger: Logger(service: "test", level: .error), clock: FakeClock())
        let directory = try await fakeDirectory(asked, runtime)
        var settings = Settings([
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": secret,
            "LATCHKEY_GATEWAY_URL": "http://127.0.0.1:\(directory.port)",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        let service = try await makeEntities(EntitiesSettings(&settings, common), runtime)
        let signer = IdentitySigner(
            issuer: "gateway", secret: Array(secret.utf8), clock: runtime.clock)
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
    private static func fakeDirectory(_ asked: Asked, _ runtime: Runtime) async throws -> APIServer
    {
        let answer = try Golden.bytes("directory-answer")
        let route = Route.now(DirectoryRoutes.lookUpUsers) { request in
            asked.add(String(decoding: request.body, as: UTF8.self))
            return Response(
                200, fields: [Response.Field("Content-Type", "application/json")], body: answer)
        }
        return try await APIServer([route], options: ServerOptions(), runtime: runtime) {
            IdentityAuthenticator(
                audience: "gateway", secret: Array(secret.utf8), clock: runtime.clock)
        }
    }
}
