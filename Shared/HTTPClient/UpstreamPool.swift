import EventLoop
import HTTPCore
import TLS

/// The connections of one loop to one upstream.
public final class UpstreamPool: @unchecked Sendable {
    let loop: EventLoop
    let options: UpstreamOptions
    private let resolver: Resolver
    private var idle: [UpstreamConnection] = []
    /// Those that several exchanges share.
    private var shared: [UpstreamConnection] = []
    private var open: [ObjectIdentifier: UpstreamConnection] = [:]
    private var waiting: [UpstreamExchange] = []
    /// Exchanges that wait until the upstream accepts connections.
    private var held: [UpstreamExchange] = []
    /// Exchanges that wait for the address; nil while none is looked up.
    private var resolving: [UpstreamExchange]?
    private var breaker: CircuitBreaker
    /// Of the latest connection.
    var ticket: TLSTicket?

    public init(_ options: UpstreamOptions, resolver: Resolver, on loop: EventLoop) {
        self.loop = loop
        self.options = options
        self.resolver = resolver
        breaker = CircuitBreaker(
            threshold: options.breakerThreshold, firstOpen: options.breakerOpen,
            longestOpen: options.breakerLongestOpen)
    }

    /// 0 closed, 1 probing, 2 open: for the metrics.
    public var breakerLevel: Int {
        loop.assertCurrent()
        return switch breaker.state {
        case .closed: 0
        case .probing: 1
        case .open: 2
        }
    }
    /// Open connections.
    public var connectionCount: Int {
        loop.assertCurrent()
        return open.count
    }

    /// Begins an exchange. The consumer may be called before this returns.
    /// - Parameters:
    ///   - isRepeatable: whether sending it twice does no harm; nil to decide by the method.
    ///   - requestId: that the message has as its `X-Request-Id`, for a request that is repeatable
    ///     and that the upstream answers at once: it is then pipelined (RFC 9112 §9.3.2), and sent
    ///     with the others of this round of events. The response must have the same.
    ///   - write: writes the whole message, head and body.
    public func send(
        _ method: Method, isRepeatable: Bool? = nil, pipelinedAs requestId: String? = nil,
        deadline: Ticks, to consumer: any ResponseConsumer, _ write: (inout ByteBuffer) -> Void
    ) -> UpstreamExchange {
        loop.assertCurrent()
        var message = ByteBuffer()
        write(&message)
        let exchange = UpstreamExchange(
            method, message, isRepeatable: isRepeatable ?? method.isIdempotent,
            requestId: requestId, deadline: deadline, pool: self, consumer: consumer)
        if options.restartPatience > 0 {
            exchange.patientUntil = loop.time.adding(milliseconds: options.restartPatience)
        }
        let admission = breaker.admit(loop.now)
        exchange.isProbe = admission == .probe
        if admission == .refused { exchange.fail(.circuitOpen) } else { start(exchange) }
        return exchange
    }

    private func start(_ exchange: UpstreamExchange) {
        if exchange.isPipelined, let connection = sharedConnection(for: exchange) {
            return connection.take(exchange)
        }
        // Where one connection has ended, others that were idle may have: a second try takes none.
        while !exchange.retried, let connection = idle.popLast() {
            // What can be sent twice needs no look first, which is a system call each time.
            if exchange.isRepeatable || connection.isUsable() { return connection.take(exchange) }
            connection.close()
        }
        guard open.count < options.maximumConnections else { return enqueue(exchange) }
        connect(exchange)
    }

    /// Half of the connections are for exchanges that need one of their own.
    private var canShareMore: Bool {
        shared.count < min(options.sharedConnections, options.maximumConnections / 2)
    }

    /// The one with the least to do; nil if a new one would do better, or all have too much.
    private func sharedConnection(for exchange: UpstreamExchange) -> UpstreamConnection? {
        let best = shared.lazy.filter { !exchange.retried || $0.isConnecting }
            .min { $0.load < $1.load }
        guard let best else { return nil }
        if best.load > 0, canShareMore, open.count < options.maximumConnections { return nil }
        return best.load < options.exchangesPerConnection ? best : nil
    }

    private func connect(_ exchange: UpstreamExchange) {
        if let address = resolver.known(options.host, options.port) {
            return connect(exchange, address)
        }
        guard (resolving?.count ?? 0) < options.maximumWaiting else { return overload(exchange) }
        expire(exchange)
        guard resolving == nil else {
            resolving?.append(exchange)
            return
        }
        resolving = [exchange]
        resolver.resolve(options.host, options.port, on: loop) { [self] address in
            let exchanges = resolving ?? []
            resolving = nil
            for exchange in exchanges where !exchange.isDone {
                // Known now; and there may be connections enough.
                if address != nil { start(exchange) } else { unreachable(exchange) }
            }
        }
    }

    private func connect(_ exchange: UpstreamExchange, _ address: SocketAddress) {
        guard let fd = try? Socket.connect(address),
            let wire = UpstreamWire(fd, options.tls, resuming: ticket)
        else { return unreachable(exchange) }
        let deadline = loop.time.adding(milliseconds: options.connectTimeout)
        let connection = UpstreamConnection(wire, self, connectBy: deadline)
        guard loop.register(fd, connection) else {
            wire.close()
            return unreachable(exchange)
        }
        loop.watch(connection)
        open[ObjectIdentifier(connection)] = connection
        if exchange.isPipelined, canShareMore {
            shared.append(connection)
            connection.isShared = true
        }
        connection.take(exchange)
    }

    /// There is no connection for it, so nothing of it has been sent: it can wait for one.
    func unreachable(_ exchange: UpstreamExchange) {
        guard !exchange.isDone else { return }
        guard loop.time < exchange.patientUntil, held.count < options.maximumWaiting else {
            failed(exchange)
            return exchange.fail(.unreachable)
        }
        // The wait for a restart is no part of its time.
        if exchange.deadline != .distantFuture {
            exchange.deadline = exchange.deadline.adding(milliseconds: Self.pause)
        }
        held.append(exchange)
        if held.count == 1 { loop.schedule(milliseconds: Self.pause) { [self] in tryAgain() } }
    }

    /// Milliseconds between two tries to connect for exchanges that wait.
    private static let pause = 50

    private func tryAgain() {
        let exchanges = held
        held = []
        for exchange in exchanges where !exchange.isDone { start(exchange) }
    }

    /// It says nothing about the upstream; if it was the probe, the next one tries.
    private func overload(_ exchange: UpstreamExchange) {
        abandoned(exchange)
        exchange.fail(.overloaded)
    }

    private func enqueue(_ exchange: UpstreamExchange) {
        waiting.removeAll { $0.isDone }
        guard waiting.count < options.maximumWaiting else { return overload(exchange) }
        waiting.append(exchange)
        expire(exchange)
    }

    /// Ends an exchange whose deadline passes before it has a connection, which would see to it.
    private func expire(_ exchange: UpstreamExchange) {
        let rest = loop.time.milliseconds(until: exchange.deadline)
        // Looked at now and then, as the deadline can be far, and moved.
        loop.schedule(milliseconds: min(rest, 1_000)) { [self] in
            guard !exchange.isDone, exchange.connection == nil else { return }
            guard loop.time >= exchange.deadline else { return expire(exchange) }
            abandoned(exchange)
            exchange.fail(.timeout)
        }
    }

    // MARK: What connections and exchanges report

    func release(_ connection: UpstreamConnection) {
        loop.assertCurrent()
        if connection.isShared { return connection.phase = .idle(since: loop.now) }
        if let next = takeWaiting() {
            return next.retried ? connection.close(repeating: next) : connection.take(next)
        }
        connection.phase = .idle(since: loop.now)
        idle.append(connection)
    }

    /// - Parameter exchanges: are sent again: the first takes its place, all on other connections.
    func closed(_ connection: UpstreamConnection, repeating exchanges: [UpstreamExchange] = []) {
        loop.assertCurrent()
        open[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
        if connection.isShared { shared.removeAll { $0 === connection } }
        for exchange in exchanges where !exchange.isDone { start(exchange) }
        while open.count < options.maximumConnections, let next = takeWaiting() { connect(next) }
    }

    private func takeWaiting() -> UpstreamExchange? {
        while !waiting.isEmpty {
            let next = waiting.removeFirst()
            if !next.isDone { return next }
        }
        return nil
    }

    func succeeded() {
        loop.assertCurrent()
        breaker.succeeded()
    }

    /// The upstream is known to be back: don't wait for the breaker's next probe.
    public func recovered() {
        loop.assertCurrent()
        breaker.succeeded()
    }
    func failed(_ exchange: UpstreamExchange) {
        loop.assertCurrent()
        breaker.failed(loop.now, isProbe: exchange.isProbe)
    }
    func abandoned(_ exchange: UpstreamExchange) {
        loop.assertCurrent()
        if exchange.isProbe { breaker.probeAbandoned(loop.now) }
    }
}
