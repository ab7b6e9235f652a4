import EventLoop
import Glibc
import HTTPCore

/// What a server does with requests. One for each loop, called on it.
public protocol RequestHandler: AnyObject {
    /// The head has been read. Answer now or later; take the body with `readBody`.
    func handle(_ exchange: Exchange)
    /// The answer to bytes that are not an acceptable request, and to surplus connections.
    /// - Parameter head: as far as it could be read.
    func response(to error: HTTPError, _ head: RequestHead?, from peer: Peer) -> Response
    /// What belongs to that answer besides, if the head could be read.
    func answerFields(for head: RequestHead) -> (any AnswerFields)?
    /// The answer to a request whose body turns out to be none, or does not come.
    func response(to error: HTTPError, in exchange: Exchange) -> Response
}

extension RequestHandler {
    /// None.
    public func answerFields(for head: RequestHead) -> (any AnswerFields)? { nil }

    /// The same as for bytes that are not a request.
    public func response(to error: HTTPError, in exchange: Exchange) -> Response {
        response(to: error, exchange.head, from: exchange.peer)
    }
}

/// Listens on one address with all loops of a group.
public final class HTTPServer: Sendable {
    /// The port that it listens on.
    public let port: UInt16
    private let servers: [LoopServer]
    private let bounds: ConnectionBounds

    /// - Throws: `Socket.Failure`, for example EADDRINUSE.
    public init(
        _ options: ServerOptions, on group: EventLoopGroup,
        handler: @escaping @Sendable (EventLoop) -> any RequestHandler
    ) async throws(Socket.Failure) {
        guard var address = SocketAddress(host: options.host, port: options.port) else {
            throw Socket.Failure(call: "address", code: EINVAL)
        }
        try Socket.checkFree(address)
        var listeners: [Int32] = []
        for _ in group.loops {
            let fd: Int32
            do throws(Socket.Failure) {
                fd = try Socket.listen(address)
            } catch {
                for listener in listeners { close(listener) }
                throw error
            }
            listeners.append(fd)
            // All loops share the port that the first was given.
            let port = Socket.port(of: fd)
            address = SocketAddress(host: options.host, port: port) ?? address
        }
        port = address.port
        let bounds = ConnectionBounds(options)
        self.bounds = bounds
        servers = zip(group.loops, listeners).map {
            LoopServer($0.0, $0.1, options, bounds, handler: handler)
        }
        for server in servers {
            await EventLoopGroup.on(server.loop) { server.start() }
        }
    }

    /// Connections refused so far.
    public var refusals: ConnectionRefusals { bounds.refusals }

    /// Open connections of all loops.
    public func connectionCount() async -> Int {
        var count = 0
        for server in servers {
            count += await EventLoopGroup.on(server.loop) { server.connectionCount }
        }
        return count
    }

    /// Closes each connection after its next response, and accepts further ones: clients that come
    /// through a balancer get to another server before this one is gone.
    public func announceDrain() async {
        for server in servers { await EventLoopGroup.on(server.loop) { server.announceDrain() } }
    }

    /// Stops accepting, completes running requests, and closes the rest after the deadline.
    public func drain(milliseconds: Int) async {
        guard let loop = servers.first?.loop else { return }
        let end = loop.time.adding(milliseconds: milliseconds)
        for server in servers { await EventLoopGroup.on(server.loop) { server.stopAccepting() } }
        // Requests that are on their way on idle connections still get their answer.
        let grace = loop.time.adding(milliseconds: min(200, milliseconds / 4))
        while await connectionCount() > 0, loop.time < end {
            if loop.time >= grace {
                for server in servers {
                    await EventLoopGroup.on(server.loop) { server.drainIdle() }
                }
            }
            await loop.sleep(milliseconds: 20)
        }
        for server in servers { await EventLoopGroup.on(server.loop) { server.closeAll() } }
    }
}
