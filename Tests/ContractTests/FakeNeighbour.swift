import Contract
import EventLoop
import HTTPCore
import HTTPServer
import ServiceKit

/// A service that answers every call with a golden, and requires a service's identity
/// as the real one does.
enum FakeNeighbour {
    /// - Parameters:
    ///   - name: the service's name.
    ///   - answers: the golden for each of its routes.
    ///   - asked: records every body.
    static func start(
        _ name: String, _ answers: [(Endpoint, golden: String)], _ asked: Asked,
        _ runtime: Runtime
    ) async throws -> APIServer {
        let routes = try answers.map { endpoint, golden in
            let body = try Golden.text(golden)
            return Route.now(endpoint) { request in
                asked.add(String(decoding: request.body, as: UTF8.self))
                return Response(
                    200, fields: [Response.Field("Content-Type", "application/json")],
                    body: Array(asked.real(body).utf8))
            }
        }
        return try await APIServer(routes, options: ServerOptions(), runtime: runtime) {
            IdentityAuthenticator(
                audience: name, secret: Array(Cast.secret.utf8), clock: runtime.clock)
        }
    }
}
