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

    init(
        _ loop: EventLoop, _ listener: Int32, _ options: ServerOptions,
        handler: (EventLoop) -> any RequestHandler
    ) {
        self.loop = loop
        self.listener = listener
        self.options = options
        self.handler = handler(loop)
    }

    var connectionCount: Int { connections.count }

    func start() { _ = loop.register(listener, self, level: true) }

    /// Connections that the kernel has already completed are accepted and served: closing the
    /// listener would reset them.
    func stopAccepting() {
        guard listener >= 0 else { return }
        isDraining = true
        acceptAll()
        loop.unregister(listener)
        close(listener)
        listener = -1
    }

    func drainIdle() {
        for connection in connections.values { connection.drain() }
    }

    func closeAll() {
        for connection in connections.values { connection.close() }
    }

    func closed(_ connection: ServerConnection) {
        connections[ObjectIdentifier(connection)] = nil
    }

    func ready(_ readiness: Readiness) {
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
        let connection = ServerConnection(fd, peer, self)
        guard loop.register(fd, connection) else {
            close(fd)
            return
        }
        connections[ObjectIdentifier(connection)] = connection
        loop.watch(connection)
        if connections.count > options.connectionsPerLoop { connection.shed() }
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
    func shed() {
        closeAfterAnswer = true
        var response = server.handler.response(
            to: HTTPError(503, "There are too many connections."), nil)
        response.add("Retry-After", "1")
        write(response, headOnly: false)
        linger()
    }
}
