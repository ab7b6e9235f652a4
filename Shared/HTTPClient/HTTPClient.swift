import EventLoop
import HTTPCore
import Kernel

/// A whole request to a service.
public struct ClientRequest: Sendable {
    public var method: Method
    /// Path and query.
    public var target: String
    public var fields: [Response.Field]
    public var body: [UInt8]

    public init(
        _ method: Method, _ target: String, fields: [Response.Field] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }
}

/// A whole answer.
public struct ClientResponse: Sendable {
    public let status: Int
    public let fields: FieldList
    public let body: [UInt8]
}

/// Calls one upstream from tasks, on whichever loop they run.
public final class HTTPClient: Sendable {
    /// By the loops' slots.
    let pools: [(loop: EventLoop, pool: UpstreamPool)]
    private let authority: String
    /// Bytes of an answer's body.
    private let maximumBody: Int
    private let truncatesBody: Bool

    /// - Parameters:
    ///   - truncatesBody: whether what exceeds `maximumBody` is not read; otherwise such an answer
    ///     is malformed.
    ///   - authority: what `Host` says, where it is not host and port of the options.
    public init(
        _ options: UpstreamOptions, on group: EventLoopGroup, resolver: Resolver = Resolver(),
        maximumBody: Int = 8 * 1024 * 1024, truncatesBody: Bool = false, authority: String? = nil
    ) {
        pools = group.loops.map { ($0, UpstreamPool(options, resolver: resolver, on: $0)) }
        // An IPv6 address stands in brackets (RFC 3986 §3.2.2).
        let isBare = options.host.contains(":") && !options.host.hasPrefix("[")
        self.authority =
            authority ?? "\(isBare ? "[\(options.host)]" : options.host):\(options.port)"
        self.maximumBody = maximumBody
        self.truncatesBody = truncatesBody
    }

    /// - Parameter milliseconds: the deadline for the whole exchange.
    public func send(
        _ request: ClientRequest, deadline milliseconds: Int = 1_000
    ) async throws(UpstreamFailure) -> ClientResponse {
        let deadline = Ticks.now.adding(milliseconds: milliseconds)
        let slot = ThreadSlot.current
        let (loop, pool) = pools.first { $0.loop.slot == slot } ?? pools[0]
        let result: Result<ClientResponse, UpstreamFailure> =
            await withCheckedContinuation { continuation in
                let collector = Collector(maximumBody, truncates: truncatesBody) {
                    continuation.resume(returning: $0)
                }
                let start: @Sendable () -> Void = { [self] in
                    collector.exchange = pool.send(
                        request.method, deadline: deadline, to: collector
                    ) { write(request, into: &$0) }
                }
                if loop.isCurrent { start() } else { loop.execute(start) }
            }
        return try result.get()
    }

    private func write(_ request: ClientRequest, into out: inout ByteBuffer) {
        out.append(request.method.name)
        out.append(" " as StaticString)
        MessageWriter.target(request.target, into: &out)
        out.append(" HTTP/1.1\r\nHost: " as StaticString)
        out.append(authority)
        out.append("\r\n" as StaticString)
        for field in request.fields { MessageWriter.field(field.name, field.value, into: &out) }
        if !request.body.isEmpty || request.method == .post {
            MessageWriter.framing(.length(request.body.count), into: &out)
        }
        out.append("\r\n" as StaticString)
        out.append(request.body)
    }

    /// Puts an answer together. Belongs to the loop of its exchange.
    private final class Collector: ResponseConsumer, @unchecked Sendable {
        var exchange: UpstreamExchange?
        private var response: ResponseHead?
        private var bytes: [UInt8] = []
        private let maximum: Int
        private let truncates: Bool
        private var done: ((Result<ClientResponse, UpstreamFailure>) -> Void)?

        init(
            _ maximum: Int, truncates: Bool,
            _ done: @escaping (Result<ClientResponse, UpstreamFailure>) -> Void
        ) {
            self.maximum = maximum
            self.truncates = truncates
            self.done = done
        }

        func head(_ head: ResponseHead) { response = head }

        func responseBody(_ part: UnsafeRawBufferPointer) {
            guard bytes.count + part.count <= maximum else {
                exchange?.cancel()
                return truncates ? end() : finish(.failure(.malformed))
            }
            bytes.append(contentsOf: part)
        }

        func end() {
            guard let response else { return finish(.failure(.malformed)) }
            finish(
                .success(
                    ClientResponse(status: response.status, fields: response.fields, body: bytes)))
        }

        func failed(_ failure: UpstreamFailure) { finish(.failure(failure)) }

        private func finish(_ result: Result<ClientResponse, UpstreamFailure>) {
            let done = done
            self.done = nil
            exchange = nil
            done?(result)
        }
    }
}
