import Glibc
import SQLite
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// Responds on a Unix socket as Litestream's control socket does, with what a test says.
private final class ControlSocket: Sendable {
    let path: String
    /// The bodies of the requests so far.
    let requests = Log<[String]>([])
    /// How many connections were accepted.
    let connections = Log(0)
    private let folder: TemporaryFolder
    private let responses: Mutex<[String?]>
    private let listener: Int32

    /// - Parameter responses: in this order; nil ends the connection.
    init(_ responses: [String?]) throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/litestream.sock"
        self.responses = Mutex(responses)
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && listen(listener, 8) == 0)
        onThread { [self] in
            // Not by `stop`: another socket could have the number while this thread uses it.
            defer { close(listener) }
            while true {
                let fd = accept(listener, nil, nil)
                guard fd >= 0 else { return }
                connections.change { $0 += 1 }
                serve(RawClient(accepted: fd))
            }
        }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    static func reply(_ body: String, status: String = "200 OK") -> String {
        """
        HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n\
        Content-Length: \(body.utf8.count)\r\n\r\n\(body)
        """
    }

    static func synced(_ txid: Int, replicated: Int? = nil) -> String {
        reply(#"{"status":"synced","txid":\#(txid),"replicated_txid":\#(replicated ?? txid)}"#)
    }

    private static func request(from client: RawClient) throws -> String {
        let head = String(decoding: try client.receive(through: "\r\n\r\n"), as: UTF8.self)
        let length = head.split(separator: "\r\n").compactMap { line in
            line.hasPrefix("Content-Length: ") ? Int(line.dropFirst(16)) : nil
        }
        let body = try client.receive(exactly: length.first ?? 0)
        return head + String(decoding: body, as: UTF8.self)
    }

    private func serve(_ client: RawClient) {
        defer { client.close() }
        while let request = try? Self.request(from: client) {
            requests.change { $0.append(request) }
            let response = responses.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            guard let response, (try? client.send(response)) != nil else { return }
        }
    }
}

@Suite struct LitestreamGateTests {
    private func outcome(
        _ gate: LitestreamGate, hasNew: Bool = true, isRetry: Bool = false
    ) async -> String? {
        let error = await caught(DatabaseError.self) {
            try await blocking { try gate.confirm(hasNew: hasNew, isRetry: isRetry) }
        }
        #expect(error == nil || error?.kind == .unconfirmed)
        return error?.message
    }

    private func gate(_ socket: ControlSocket) -> LitestreamGate {
        // Long enough for a busy machine.
        LitestreamGate(socket: socket.path, database: "/data/a.sqlite", seconds: (60, 50))
    }

    @Test func `it asks for the database and waits for the replica, on one connection`()
        async throws
    {
        let socket = try ControlSocket([ControlSocket.synced(1), ControlSocket.synced(2)])
        defer { socket.stop() }
        let gate = gate(socket)
        #expect(await outcome(gate, hasNew: false, isRetry: true) == nil)
        #expect(await outcome(gate) == nil)
        #expect(socket.connections.value == 1)
        let requests = socket.requests.value
        #expect(requests.allSatisfy { $0.hasPrefix("POST /sync HTTP/1.1\r\n") })
        #expect(requests[0].hasSuffix(#"{"path":"/data/a.sqlite","timeout":50,"wait":true}"#))
        #expect(requests[1].hasSuffix(#"{"path":"/data/a.sqlite","timeout":60,"wait":true}"#))
    }

    @Test func `a transaction number that stays although we committed is an error`() async throws {
        let socket = try ControlSocket([5, 5, 5, 6].map { ControlSocket.synced($0) })
        defer { socket.stop() }
        let gate = gate(socket)
        #expect(await outcome(gate, hasNew: false) == nil)
        #expect(await outcome(gate)?.contains("as before the commit") == true)
        // Nothing new was committed: it may stay.
        #expect(await outcome(gate, hasNew: false) == nil)
        #expect(await outcome(gate) == nil)
    }

    @Test(arguments: [
        ControlSocket.synced(7, replicated: 6), ControlSocket.reply("{}"),
        ControlSocket.reply(#"{"error":"no bucket"}"#, status: "500 Internal Server Error"),
        "garbage\r\n\r\n", nil,
    ])
    func `everything but a replica that has it is an error`(response: String?) async throws {
        let socket = try ControlSocket([response, ControlSocket.synced(8)])
        defer { socket.stop() }
        let gate = gate(socket)
        #expect(await outcome(gate) != nil)
        #expect(await outcome(gate) == nil)
    }

    @Test func `a connection that Litestream has ended is made anew`() async throws {
        let socket = try ControlSocket([ControlSocket.synced(1), nil, ControlSocket.synced(2)])
        defer { socket.stop() }
        let gate = gate(socket)
        #expect(await outcome(gate) == nil)
        #expect(await outcome(gate) == nil)
        #expect(socket.connections.value == 2)
    }

    @Test func `without Litestream nothing is confirmed`() async throws {
        let folder = try TemporaryFolder()
        let gate = LitestreamGate(socket: "\(folder.path)/none", database: "/data/a.sqlite")
        #expect(await outcome(gate)?.contains("can't be reached") == true)
        let long = LitestreamGate(
            socket: "/" + String(repeating: "x", count: 200), database: "/data/a.sqlite")
        #expect(await outcome(long)?.contains("too long") == true)
    }
}

@Suite struct ReplicationSettingsTests {
    private func read(_ environment: [String: String]) -> (ReplicationSettings, [String]) {
        var settings = Settings(environment)
        let replication = ReplicationSettings(&settings)
        return (replication, settings.mistakes)
    }

    @Test func `without settings, checkpoints are ours and nothing is waited for`() {
        let (replication, mistakes) = read([:])
        var options = DatabaseOptions()
        replication.apply(to: &options, path: "/data/a.sqlite", in: nil)
        #expect(options.checkpoints == .ours && options.gate == nil && mistakes.isEmpty)
    }

    @Test func `Litestream checkpoints where it is said to, and is waited for at its socket`() {
        let (backup, _) = read(["LATCHKEY_CHECKPOINTS": "litestream"])
        var options = DatabaseOptions()
        backup.apply(to: &options, path: "/data/a.sqlite", in: nil)
        #expect(options.checkpoints == .litestream && options.gate == nil)
        let (replica, mistakes) = read([
            "LATCHKEY_CHECKPOINTS": "litestream", "LATCHKEY_LITESTREAM_SOCKET": "/run/ls.sock",
        ])
        replica.apply(to: &options, path: "a.sqlite", in: nil)
        #expect(options.gate != nil && mistakes.isEmpty)
    }

    @Test func `a socket without Litestream's checkpoints is refused`() {
        let (_, mistakes) = read(["LATCHKEY_LITESTREAM_SOCKET": "/run/ls.sock"])
        #expect(
            mistakes == ["LATCHKEY_LITESTREAM_SOCKET needs LATCHKEY_CHECKPOINTS=litestream"])
        let (_, relative) = read([
            "LATCHKEY_CHECKPOINTS": "litestream", "LATCHKEY_LITESTREAM_SOCKET": "ls.sock",
        ])
        #expect(relative == ["LATCHKEY_LITESTREAM_SOCKET must be an absolute path"])
    }
}
