import EventLoop
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// An edge gateway in this process.
final class RunningEdge: Sendable {
    let service: EdgeGateway
    let group: EventLoopGroup
    let api: APIClient

    /// - Parameters:
    ///   - values: the settings of the primary gateway.
    ///   - patch: changes the configuration.
    init(
        of primary: GatewayService, _ values: [String: String], _ log: LogBook,
        clock: any Clock, providerTime: IssuerKeys.Time = IssuerKeys.Time(), loops: Int = 2,
        patch: (inout GatewaySettings) -> Void = { _ in }
    ) async throws {
        var own = values
        // It needs none of them.
        for name in ["DATA_DIR", "ADMIN_EMAIL", "ADMIN_TOKEN"] { own["LATCHKEY_" + name] = nil }
        let url = "http://127.0.0.1:\(primary.internalPort)"
        own["LATCHKEY_PRIMARY_URL"] = url
        var settings = Settings(own)
        let common = CommonSettings(&settings, defaultPort: 8080)
        var configuration = GatewaySettings(&settings, common)
        patch(&configuration)
        try #require(settings.mistakes.isEmpty, "\(settings.mistakes)")
        group = EventLoopGroup(count: loops)
        let runtime = Runtime(
            group: group, logger: log.logger(service: "gateway", clock: clock), clock: clock,
            bodies: common.bodies, restartPatience: common.restartPatience)
        service = try await makeEdgeGateway(
            configuration, runtime, primary: try #require(ServiceURL(url)),
            gate: PublicGate(configuration.gate), providerTime: providerTime)
        api = APIClient(port: service.port)
    }

    func stop() async {
        await service.stop()
        group.stop()
    }

    /// Keeps its loops busy, as if the process were paused, until `body` has returned.
    func paused<T>(_ body: () async throws -> T) async throws -> T {
        let goesOn = Flag()
        for loop in group.loops {
            loop.execute { blockUntil { goesOn.isSet } }
        }
        defer { goesOn.set() }
        return try await body()
    }
}

/// Runs `test` with a primary gateway in front of a service that always answers 200, and edge
/// gateways.
func withEdges(
    _ count: Int = 1, extra: [String: String] = [:], seen: Log<[Seen]> = Log([]),
    _ test: (GatewayWorld, [RunningEdge]) async throws -> Void
) async throws {
    try await withProxy(loops: 2, extra: extra, recording(seen)) { world, upstream in
        var edges: [RunningEdge] = []
        for _ in 0..<count {
            var values = extra
            values.merge(
                [
                    "LATCHKEY_PORT": "0", "LATCHKEY_INTERNAL_PORT": "0",
                    "LATCHKEY_INTERNAL_SECRET": internalSecret,
                    "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(upstream.port)",
                ]
            ) { $1 }
            if values["LATCHKEY_RATE_LIMIT"] == nil { values["LATCHKEY_RATE_LIMIT"] = "0" }
            edges.append(
                try await RunningEdge(of: world.service, values, world.log, clock: world.clock) {
                    $0.organizationsURL = nil
                    $0.integrationsURL = nil
                    $0.invitationsURL = nil
                })
        }
        let started = edges
        try await ending(
            with: {
                for edge in started { await edge.stop() }
            }, after: { try await test(world, started) })
    }
}
