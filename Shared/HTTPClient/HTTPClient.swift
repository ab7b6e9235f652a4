import EventLoop
import HTTPCore
import Kernel

/// A whole request to a service.
public struct ClientRequest: Sendable {
    /// The request's method.
    public var method: Method
    /// Path and query.
    public var target: String
    /// All but Host and framing.
    public var fields: [Response.Field]
    /// The whole body.
    public var body: [UInt8]
    /// Whether sending it twice does no harm.
    public var isRepeatable: Bool

    /// - Parameter isRepeatable: nil to decide by the method (RFC 9110 §9.2.2).
    public init(
        _ method: Method, _ target: String, fields: [Response.Field] = [], body: [UInt8] = [],
        isRepeatable: Bool? = nil
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
        self.isRepeatable = isRepeatable ?? method.isIdempotent
    }
}

/// An answer, as far as its client wants it.
public struct ClientResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The header fields.
    public let fields: FieldList
    /// As much of it as the rule keeps.
    public let body: [UInt8]
    /// Whether that is all of it.
    public let isWhole: Bool
}

/// What an answer is.
public enum AnswerRule: Sendable {
    /// All of it. One with a body of more bytes is malformed.
    case whole(maximumBody: Int)
    /// Its status line, and its fields if they can be read. Its body is read for its connection's
    /// sake, no more bytes of it and for no longer than this, and its first bytes are kept: what
    /// becomes of it changes nothing.
    case statusLine(maximumBody: Int, kept: Int, milliseconds: Int)
}

/// Calls one upstream from tasks, on whichever loop they run.
public final class HTTPClient: Sendable {
    /// By the loops' slots.
    let pools: [(loop: EventLoop, pool: UpstreamPool)]
    private let authority: String
    private let rule: AnswerRule
    /// The index of the pool for tasks that run on no loop: one for all of them, so that they share
    /// its connections, and another for other upstreams.
    private let home: Int

    /// - Parameter authority: what `Host` says, where it is not host and port of the options.
    public init(
        _ options: UpstreamOptions, on group: EventLoopGroup, resolver: Resolver = Resolver(),
        answers rule: AnswerRule = .whole(maximumBody: 8 * 1024 * 1024), authority: String? = nil
    ) {
        pools = group.loops.map { ($0, UpstreamPool(options, resolver: resolver, on: $0)) }
        // An IPv6 address stands in brackets (RFC 3986 §3.2.2).
        let isBare = options.host.contains(":") && !options.host.hasPrefix("[")
        self.authority =
            authority ?? "\(isBare ? "[\(options.host)]" : options.host):\(options.port)"
        self.rule = rule
        home = Int(UInt(bitPattern: self.authority.hashValue) % UInt(pools.count))
    }

    /// - Parameter milliseconds: until there must be an answer.
    public func send(
        _ request: ClientRequest, deadline milliseconds: Int = 1_000
    ) async throws(UpstreamFailure) -> ClientResponse {
        let slot = ThreadSlot.current
        let (loop, pool) = pools.first { $0.loop.slot == slot } ?? pools[home]
        let deadline = loop.time.adding(milliseconds: milliseconds)
        let result: Result<ClientResponse, UpstreamFailure> =
            await withCheckedContinuation { continuation in
                let collector = AnswerCollector(rule, on: loop) {
                    continuation.resume(returning: $0)
                }
                let start: @Sendable () -> Void = { [self] in
                    let exchange = pool.send(
                        request.method, isRepeatable: request.isRepeatable, deadline: deadline,
                        to: collector
                    ) { write(request, into: &$0) }
                    collector.began(exchange)
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
}
