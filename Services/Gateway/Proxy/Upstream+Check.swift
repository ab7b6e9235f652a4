import EventLoop
import HTTPClient
import HTTPCore
import ServiceKit

extension Upstream {
    /// Checks whether the service is ready: what is wrong with it, or nil.
    func check(on group: EventLoopGroup) -> @Sendable () async -> String? {
        let client = HTTPClient(UpstreamOptions(host: url.host, port: url.port), on: group)
        return { [self] in
            do {
                let response = try await client.send(
                    ClientRequest(.get, "/readyz"), deadline: 1_000)
                guard response.status == 200 else { return "status \(response.status)" }
                await recovered()
                return nil
            } catch {
                return "\(error)"
            }
        }
    }
}
