import Glibc
import Synchronization
import TestSupport

@testable import Mail

/// A scripted SMTP server: accepts every mail, except where the script differs.
final class FakeRelay: Sendable {
    /// A received command, without its line end; `connection` and `number` count from 0.
    struct Command: Sendable {
        let text: String
        let connection: Int
        /// The number of this command in all connections, by its first word.
        let number: Int
    }

    /// A reply, or pieces of one, instead of the usual; nil: the usual one.
    typealias Script = @Sendable (RawClient, Command) throws -> String?

    private final class Kept: Sendable {
        let commands = Mutex<[Command]>([])
        let mails = Mutex<[String]>([])
    }

    private let server: RawServer
    private let kept = Kept()
    var port: UInt16 { server.port }
    /// Received contents, including refused ones.
    var mails: [String] { kept.mails.withLock { $0 } }
    var commands: [String] { kept.commands.withLock { $0.map(\.text) } }
    var connections: Int {
        kept.commands.withLock { Set($0.map(\.connection)).count }
    }

    /// - Parameter script: also called with `connect`, for the greeting, and `.`, for the reply to
    ///   the content.
    init(_ script: @escaping Script = { _, _ in nil }) {
        let kept = kept
        server = RawServer { connection, number in
            Self.makePatient(connection)
            try Self.answer("connect", connection, number, kept, script)
            while true {
                let line = try connection.receive(through: "\r\n").dropLast(2)
                let text = String(decoding: line, as: UTF8.self)
                let answer = try Self.answer(text, connection, number, kept, script)
                if text == "QUIT" { return }
                guard text == "DATA", answer.hasPrefix("354") else { continue }
                let content = try connection.receive(through: "\r\n.\r\n")
                kept.mails.withLock { $0.append(String(decoding: content, as: UTF8.self)) }
                try Self.answer(".", connection, number, kept, script)
            }
        }
    }

    deinit { server.stop() }

    /// Where many tests run at once, one may have to wait for its next step.
    private static func makePatient(_ connection: RawClient) {
        var time = timeval(tv_sec: 120, tv_usec: 0)
        let length = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(connection.fd, SOL_SOCKET, SO_RCVTIMEO, &time, length)
    }

    @discardableResult
    private static func answer(
        _ text: String, _ connection: RawClient, _ number: Int, _ kept: Kept, _ script: Script
    ) throws -> String {
        let word = text.prefix { $0 != " " }
        let command = kept.commands.withLock { commands in
            let earlier = commands.count { $0.text.prefix { $0 != " " } == word }
            commands.append(Command(text: text, connection: number, number: earlier))
            return commands[commands.count - 1]
        }
        let answer = try script(connection, command) ?? usual(text)
        try connection.send(answer)
        return answer
    }

    /// For a script: stays silent until the client gives up.
    static func silence(_ connection: RawClient) throws -> Never {
        _ = try connection.receive()
        throw RawFailure.malformed("it did not wait")
    }

    private static func usual(_ text: String) -> String {
        if text == "connect" { return "220 relay.example ESMTP\r\n" }
        if text == "DATA" { return "354 go on\r\n" }
        if text == "QUIT" { return "221 bye\r\n" }
        return text.hasPrefix("EHLO") ? "250-relay.example\r\n250 SIZE 1000000\r\n" : "250 ok\r\n"
    }
}

extension SMTPTarget {
    /// Without TLS and login.
    convenience init(host: String, port: UInt16, _ options: Options = Options()) {
        self.init(SMTPRelay(host: host, port: port), by: nil, options)
    }
}
