import Glibc
import Synchronization

/// A listener on 127.0.0.1 that runs a script for each connection, one after the other, on a
/// thread of its own. The script speaks raw bytes; a throw ends the connection.
public final class RawServer: Sendable {
    public let port: UInt16
    private let listener: Listener

    /// - Parameter script: the connection and its number from 0.
    public init(_ script: @escaping @Sendable (RawClient, Int) throws -> Void) {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = loopback(0) { bind(fd, $0, $1) }
        listen(fd, 64)
        port = Self.port(of: fd)
        let listener = Listener(fd)
        self.listener = listener
        onThread {
            var number = 0
            while let fd = listener.accept() {
                var time = timeval(tv_sec: 5, tv_usec: 0)
                setsockopt(
                    fd, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
                let current = number
                onThread {
                    let connection = RawClient(accepted: fd)
                    try? script(connection, current)
                    connection.close()
                }
                number += 1
            }
        }
    }

    /// Accepts no more.
    public func stop() { listener.stop() }

    deinit { stop() }

    private static func port(of fd: Int32) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// A listening socket. Its descriptor is closed by the thread that accepts, when that has ended: a
/// number that is closed under it may be another listener's by the time that it accepts, and it
/// would take that one's connections.
private final class Listener: Sendable {
    private let fd: Int32
    private let isOpen = Mutex(true)

    init(_ fd: Int32) { self.fd = fd }

    /// On one thread alone.
    /// - Returns: nil at the end.
    func accept() -> Int32? {
        let connection = Glibc.accept(fd, nil, nil)
        guard connection < 0 else { return connection }
        isOpen.withLock { isOpen in
            isOpen = false
            close(fd)
        }
        return nil
    }

    /// Ends `accept`, now or when it is called.
    func stop() {
        isOpen.withLock { isOpen in
            if isOpen { _ = shutdown(fd, Int32(SHUT_RDWR)) }
        }
    }
}

/// Runs `body` on a new thread: blocking calls must not hold the threads that tasks run on.
public func onThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { box in
            guard let box else { return nil }
            Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body()
            return nil
        }, box)
    pthread_detach(thread)
}

/// Runs blocking work on a thread of its own and waits for it without holding a task's thread.
public func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        onThread { continuation.resume(with: Result { try body() }) }
    }
}
