import EventLoop
import HTTPServer
import Kernel
import Synchronization
import Tracing

/// A URL table that is served on a port by all loops.
public final class APIServer: Sendable {
    private let server: HTTPServer
    private let handlers: Handlers
    private let group: EventLoopGroup
    let tracer: Tracer
    let bodies: BodyMemory

    /// - Parameters:
    ///   - idempotency: of the database that the routes write.
    ///   - gate: checks of this port, and fields of every response.
    ///   - names: finds what requests name by external ids.
    ///   - publicURL: stands before every path in links.
    ///   - resourceMetadata: where clients learn who issues tokens for this API (RFC 9728).
    /// - Throws: `StartFailure` that names the address.
    public init(
        _ routes: [Route], options: ServerOptions, runtime: Runtime,
        idempotency: IdempotencyKeys? = nil, gate: (any Gate)? = nil,
        names: (any NameResolver)? = nil, publicURL: PublicURL? = nil,
        resourceMetadata: String? = nil,
        authenticator: @escaping @Sendable () -> any Authenticator
    ) async throws(StartFailure) {
        let table = RouteTable(routes)
        let names = names.map { RequestNames(table, $0) }
        let handlers = Handlers()
        do {
            server = try await HTTPServer(options, on: runtime.group) { loop in
                let handler = APIHandler(
                    table, on: loop, authenticator: authenticator(), idempotency: idempotency,
                    gate: gate, names: names, publicURL: publicURL,
                    resourceMetadata: resourceMetadata, logger: runtime.logger,
                    random: runtime.random, tracer: runtime.tracer, bodies: runtime.bodies,
                    traffic: runtime.traffic, term: runtime.term)
                handlers.add(handler)
                return handler
            }
        } catch {
            throw StartFailure(
                "can't listen on \(options.host) port \(options.port): \(error.text)")
        }
        self.handlers = handlers
        group = runtime.group
        tracer = runtime.tracer
        bodies = runtime.bodies
    }

    /// The port that it listens on.
    public var port: UInt16 { server.port }

    /// Completes running requests, up to a deadline, and writes their log lines.
    /// - Parameter delay: milliseconds in which it still accepts connections, while balancers learn
    ///   that it stops.
    public func drain(milliseconds: Int = 10_000, after delay: Int = 0) async {
        if delay > 0 {
            await server.announceDrain()
            try? await Task.sleep(for: .milliseconds(delay))
        }
        await server.drain(milliseconds: milliseconds)
        for handler in handlers.all {
            await EventLoopGroup.on(handler.loop) { handler.observer.flush() }
        }
    }

    func metrics() async -> RouteMetrics.Snapshot {
        var sum = RouteMetrics.Snapshot()
        for handler in handlers.all {
            sum.add(await EventLoopGroup.on(handler.loop) { handler.metrics.snapshot })
        }
        return sum
    }

    /// Of all loops.
    func loopStalls() async -> LoopStalls {
        var sum = LoopStalls()
        for loop in group.loops { sum.add(await EventLoopGroup.on(loop) { loop.stalls }) }
        return sum
    }

    var refusals: ConnectionRefusals { server.refusals }

    /// Open connections of all loops.
    public func connectionCount() async -> Int { await server.connectionCount() }

    private final class Handlers: Sendable {
        private let list = Mutex<[APIHandler]>([])

        func add(_ handler: APIHandler) { list.withLock { $0.append(handler) } }
        var all: [APIHandler] { list.withLock { $0 } }
    }
}

/// Why a service can't start, in words for its operator.
public struct StartFailure: Error, Sendable, CustomStringConvertible {
    /// For the log.
    public let description: String

    public init(_ description: String) { self.description = description }
}
