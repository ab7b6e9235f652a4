import EventLoop
import HTTPClient
import HTTPCore
import Kernel

/// Asks a service on this machine whether it is ready: the health check of its container, which
/// needs no other program.
enum HealthProbe {
    /// Less than the time-out of the health checks in docker-compose.yml.
    private static let deadline = 2_000

    /// - Parameter host: on which the service listens.
    /// - Returns: why it is not ready; nil if it is.
    static func failure(host: String, port: UInt16) async -> String? {
        let group = EventLoopGroup(count: 1)
        let client = HTTPClient(
            UpstreamOptions(host: reachable(host), port: port), on: group)
        do throws(UpstreamFailure) {
            let answer = try await client.send(
                ClientRequest(.get, "/readyz"), deadline: deadline)
            if answer.status == 200 { return nil }
            return "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
        } catch {
            return "\(error)"
        }
    }

    /// A service on all addresses of the machine is on this one too.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }
}
