import Contract
import EventLoop
import Kernel
import ServiceKit
import TestSupport

/// A service in this process; golden files stand in for the services that it calls.
enum Alone {
    struct Neighbour {
        let name: String
        /// The golden file for each of its routes.
        let answers: [(Endpoint, golden: String)]
        /// Records every body.
        let asked: Asked

        init(_ name: String, _ asked: Asked, _ answers: [(Endpoint, golden: String)]) {
            (self.name, self.asked, self.answers) = (name, asked, answers)
        }
    }

    /// - Parameters:
    ///   - extra: additional settings.
    ///   - clock: stands still as a rule: identities expire after 30 s, which a slow test may
    ///     exceed.
    ///   - body: gets the service and its neighbours, of which one is unavailable once drained.
    static func run<Service: RunningService>(
        _ neighbours: [Neighbour], _ extra: [String: String] = [:], clock: any Clock = FakeClock(),
        folder: TemporaryFolder? = nil,
        start: (inout Settings, CommonSettings, Runtime) async throws -> Service,
        _ body: (Service, [String: APIServer]) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let group = EventLoopGroup(count: 1)
        let runtime = Runtime(
            group: group, logger: Logger(service: "test", level: .error), clock: clock)
        var values = [
            "LATCHKEY_PORT": "0", "LATCHKEY_DATA_DIR": folder.path,
            "LATCHKEY_INTERNAL_SECRET": Cast.secret,
        ]
        var servers: [String: APIServer] = [:]
        for neighbour in neighbours {
            let server = try await FakeNeighbour.start(
                neighbour.name, neighbour.answers, neighbour.asked, runtime)
            servers[neighbour.name] = server
            values["LATCHKEY_\(neighbour.name.uppercased())_URL"] =
                "http://127.0.0.1:\(server.port)"
        }
        var settings = Settings(values.merging(extra) { $1 })
        let common = CommonSettings(&settings, defaultPort: 0)
        let service = try await start(&settings, common, runtime)
        let others = servers
        try await ending {
            await service.stop()
            for server in others.values { await server.drain(milliseconds: 100) }
            group.stop()
        } after: {
            try await body(service, others)
        }
    }
}
