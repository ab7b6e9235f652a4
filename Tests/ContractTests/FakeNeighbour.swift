import Contract
import EventLoop
import HTTPCore
import HTTPServer
import ServiceKit

/// A service that gives its golden answers, whatever it is asked, and demands a service's identity
/// as the real one does.
enum FakeNeighbour {
    static let secret = String(repeating: "s", count: 32)

    /// - Parameters:
    ///   - name: as which it is spoken to.
    ///   - answers: the golden for each of its routes.
    ///   - asked: hears of every body.
    static func start(
        _ name: String, _ answers: [(Endpoint, golden: String)], _ asked: Asked,
        _ runtime: Runtime
    ) async throws -> APIServer {
        let routes = try answers.map { endpoint, golden in
            let body = try Golden.bytes(golden)
            return Route.now(endpoint) { request in
                asked.add(String(decoding: request.body, as: UTF8.self))
                return Response(
                    200, fields: [Response.Field("Content-Type", "application/json")], body: body)
            }
        }
        return try await APIServer(routes, options: ServerOptions(), runtime: runtime) {
            IdentityAuthenticator(
                audience: name, secret: Array(secret.utf8), clock: runtime.clock)
        }
    }
}
