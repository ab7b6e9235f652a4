import EventLoop
import Glibc
import HTTPCore

/// The part of a server that lives on one loop: its listener and its connections.
final class LoopServer: ReadinessHandler, @unchecked Sendable {
    let loop: EventLoop
    let options: ServerOptions
    let handler: any RequestHandler
    let dateLine = DateLine()
    private(set) var isDraining = false
    private var listener: Int32
    private var connections: [ObjectIdentifier: ServerConnection] = [:]
    private let bounds: ConnectionBounds
    /// Of those, how many only get a 503.
    private var shedding = 0
    /// Beyond so many at once none is waited for: a flood must not hold descriptors.
    private static let maximumShedding = 64
    private static let tooMany = Array(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\(closes)".utf8)
    private static let closes = "Connection: close\r\n\r\n"

    init(
        _ loop: EventLoop, _ listener: Int32, _ options: ServerOptions, _ bounds: ConnectionBounds,
        handler: (EventLoop) -> any RequestHandler
    ) {
        self.bounds = bounds
        self.loop = loop
        self.listener = listener
        self.options = options
        self.handler = handler(loop)
    }

    var connectionCount: Int {
        loop.assertCurrent()
        return connections.count
    }

    func start() { _ = loop.register(listener, self, level: true) }

    /// From now on connections close after their next response.
    func announceDrain() {
        loop.assertCurrent()
        isDraining = true
    }

    /// Connections that the kernel has already completed are accepted and served: closing the
    /// listener would reset them.
    func stopAccepting() {
        loop.assertCurrent()
        guard listener >= 0 else { return }
        isDraining = true
        acceptAll()
        loop.unregister(listener)
        close(listener)
        listener = -1
    }

    func drainIdle() {
        loop.assertCurrent()
        for connection in connections.values { connection.drain() }
    }

    func closeAll() {
        loop.assertCurrent()
        for connection in connections.values { connection.close() }
    }

    func closed(_ connection: ServerConnection) {
        loop.assertCurrent()
        connections[ObjectIdentifier(connection)] = nil
        if connection.isShed { shedding -= 1 }
    }

    func ready(_ readiness: Readiness) {
        loop.assertCurrent()
        // Bounded, so that a storm of connections leaves time for those that are there.
        for _ in 0..<64 {
            switch Socket.accept(listener) {
            case .connection(let fd, let peer): accepted(fd, peer)
            case .none: return
            case .retry: continue
            case .exhausted: return pauseAccepting()
            }
        }
    }

    private func acceptAll() {
        for _ in 0..<Int(Socket.backlog) {
            switch Socket.accept(listener) {
            case .connection(let fd, let peer): accepted(fd, peer)
            case .retry: continue
            case .none, .exhausted: return
            }
        }
    }

    private func accepted(_ fd: Int32, _ peer: SocketAddress) {
        guard connections.count - shedding < options.connectionsPerLoop else {
            bounds.refusedByLoop()
            return refuse(fd, peer)
        }
        switch bounds.admit(peer.address) {
        case .fine(let lease): add(fd, peer)?.lease = lease
        case .tooMany: refuse(fd, peer)
        }
    }

    private func add(_ fd: Int32, _ peer: SocketAddress) -> ServerConnection? {
        let connection = ServerConnection(fd, peer, self)
        guard loop.register(fd, connection) else {
            close(fd)
            return nil
        }
        connections[ObjectIdentifier(connection)] = connection
        loop.watch(connection)
        return connection
    }

    private func refuse(_ fd: Int32, _ peer: SocketAddress) {
        guard shedding < Self.maximumShedding else {
            _ = Self.tooMany.withUnsafeBytes { Socket.send(fd, $0) }
            close(fd)
            return
        }
        guard let connection = add(fd, peer) else { return }
        shedding += 1
        connection.isShed = true
        connection.respondTooMany()
    }

    /// Out of descriptors: the level-triggered listener would spin until one is free.
    private func pauseAccepting() {
        loop.unregister(listener)
        loop.schedule(milliseconds: 100) { [self] in
            guard listener >= 0 else { return }
            _ = loop.register(listener, self, level: true)
        }
    }
}

extension ServerConnection {
    /// There are too many connections already.
    func respondTooMany() {
        closeAfterAnswer = true
        var response = server.handler.response(
            to: HTTPError(503, "There are too many connections."), nil, from: peer)
        response.add("Retry-After", "1")
        write(response, headOnly: false)
        linger()
    }
}
