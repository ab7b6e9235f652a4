import Contract
import HTTPCore
import HTTPServer
import Kernel
import Synchronization

/// `/healthz` (the process answers), `/readyz` (it can do its work), `/metrics`.
public final class Health: Sendable {
    /// A check of one thing that a service needs: what is wrong with it, or nil.
    public struct Check: Sendable {
        let name: String
        let run: @Sendable () async -> String?

        public init(_ name: String, _ run: @escaping @Sendable () async -> String?) {
            self.name = name
            self.run = run
        }
    }

    private struct State {
        var servers: [APIServer] = []
        var isDraining = false
    }

    private let checks: [Check]
    private let writers: @Sendable (inout MetricsText) async -> Void
    private let logger: Logger
    private let term: CellTerm?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - term: in which the process answers; nil if it belongs to no cell.
    ///   - metrics: adds what this service counts besides requests.
    public init(
        _ checks: [Check], logger: Logger, in term: CellTerm? = nil,
        metrics: @escaping @Sendable (inout MetricsText) async -> Void
    ) {
        self.checks = checks
        self.logger = logger
        self.term = term
        writers = metrics
    }

    /// Includes the requests of `server` in the metrics.
    public func observe(_ server: APIServer) { state.withLock { $0.servers.append(server) } }

    /// Reports "not ready" from now on, so that load balancers stop sending requests.
    public func drain() { state.withLock { $0.isDraining = true } }

    /// Of the routes below, which respond on a standby too.
    static let ids: Set<String> = ["healthz", "readyz", "metrics"]

    /// `/healthz`, `/readyz` and `/metrics`.
    public var routes: [Route] { [Self.alive, ready, metrics] }

    /// Of these routes.
    public static let paths: Set<String> = ["/healthz", "/readyz", "/metrics"]

    /// The only one on the gateway's public port.
    public static let alive = Route.now(
        Endpoint(
            "healthz", .get, "/healthz", access: .open, summary: "Check that the process is alive")
    ) { _ in healthy }

    private static let healthy = Response.json(["status": "ok"])

    private var ready: Route {
        .later(
            Endpoint(
                "readyz", .get, "/readyz", access: .open, summary: "Check that the service is ready"
            )
        ) { [self] _ in
            var failures: [String: String] = [:]
            if state.withLock({ $0.isDraining }) { failures["process"] = "is stopping" }
            if let term, !term.canRead { failures["role"] = "is a standby" }
            for check in checks {
                guard let failure = await check.run() else { continue }
                logger.warning("not ready", ["check": check.name, "reason": failure])
                // The reason may name files and addresses: it is for the log.
                failures[check.name] = "is not available"
            }
            return .json(
                failures.isEmpty ? 200 : 503,
                Report(status: failures.isEmpty ? "ok" : "unavailable", failures: failures))
        }
    }

    private struct Report: Encodable {
        let status: String
        let failures: [String: String]
    }

    private var metrics: Route {
        .later(
            Endpoint(
                "metrics", .get, "/metrics", access: .open,
                summary: "Get metrics in Prometheus text format")
        ) { [self] _ in
            var text = MetricsText()
            var sum = RouteMetrics.Snapshot()
            var connections = 0
            var refusals = ConnectionRefusals()
            let servers = state.withLock { $0.servers }
            for server in servers {
                connections += await server.connectionCount()
                sum.add(await server.metrics())
                refusals.byAddress += server.refusals.byAddress
                refusals.byLoop += server.refusals.byLoop
            }
            text.requests(sum)
            text.connections(connections, refusals)
            if let stalls = await servers.first?.loopStalls() { text.loops(stalls) }
            await writers(&text)
            if let bodies = servers.first?.bodies { text.bodies(bodies) }
            text.observation(logger, servers.first?.tracer)
            text.process(Version.text)
            return Response(
                200, fields: [Response.Field("Content-Type", "text/plain; version=0.0.4")],
                body: Array(text.text.utf8))
        }
    }
}
