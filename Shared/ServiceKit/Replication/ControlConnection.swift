import Glibc
import HTTPCore

/// Requests over a Unix socket that is kept open, one after the other. Each blocks its thread.
struct ControlConnection: ~Copyable {
    /// Why there is no response.
    enum Failure: Error, CustomStringConvertible {
        case unreachable(String)
        case lost
        case timeout
        case malformed

        var description: String {
            switch self {
            case .unreachable(let reason): "its control socket can't be reached: \(reason)"
            case .lost: "the connection was lost"
            case .timeout: "no response in time"
            case .malformed: "the response is not HTTP"
            }
        }
    }

    private let path: String
    private var fd: Int32 = -1

    init(_ path: String) { self.path = path }

    deinit { if fd >= 0 { close(fd) } }

    /// Sends it again if a connection that was kept has ended meanwhile.
    /// - Parameter body: JSON.
    mutating func post(
        _ target: String, _ body: [UInt8], milliseconds: Int
    ) throws(Failure) -> (status: Int, body: [UInt8]) {
        let wasOpen = fd >= 0
        do throws(Failure) {
            return try exchange(target, body, milliseconds)
        } catch {
            end()
            guard wasOpen, case .lost = error else { throw error }
        }
        do throws(Failure) {
            return try exchange(target, body, milliseconds)
        } catch {
            // What comes late would be taken for the response to the next request.
            end()
            throw error
        }
    }

    private mutating func end() {
        if fd >= 0 { close(fd) }
        fd = -1
    }

    private mutating func exchange(
        _ target: String, _ body: [UInt8], _ milliseconds: Int
    ) throws(Failure) -> (status: Int, body: [UInt8]) {
        if fd < 0 { fd = try Self.connect(path) }
        var limit = timeval(
            tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let head = """
            POST \(target) HTTP/1.1\r
            Host: localhost\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            \r

            """
        try send(Array(head.utf8) + body)
        return try receive()
    }

    private func send(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw errno == EAGAIN ? .timeout : .lost }
            rest = rest.dropFirst(count)
        }
    }

    private func receive() throws(Failure) -> (status: Int, body: [UInt8]) {
        var parser = ResponseParser(limits: HTTPLimits())
        parser.expectResponse(to: .post)
        var (waiting, status, body): ([UInt8], Int, [UInt8]) = ([], 0, [])
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let (event, count) = waiting.withUnsafeBytes { bytes in
                let (event, count) = parser.next(bytes)
                // Its bytes are lent.
                if case .body(let part) = event { body += part }
                return (event, count)
            }
            waiting.removeFirst(count)
            switch event {
            case .head(let head): status = head.status
            case .body: break
            case .end: return (status, body)
            case .failure: throw .malformed
            case .needMore:
                let count = recv(fd, &buffer, buffer.count, 0)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw errno == EAGAIN ? .timeout : .lost }
                guard count > 0 else { throw .lost }
                waiting += buffer[..<count]
            }
        }
    }

    private static func connect(_ path: String) throws(Failure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .unreachable("its path is too long")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw .unreachable(String(cString: strerror(errno))) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let reason = String(cString: strerror(errno))
            close(fd)
            throw .unreachable(reason)
        }
        return fd
    }
}
