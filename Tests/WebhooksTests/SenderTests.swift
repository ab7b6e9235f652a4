import EventLoop
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Webhooks

/// Over http, to a scripted receiver.
@Suite(.serialized) struct SenderTests {
    private static let secret = WebhookSecret(key: Array(repeating: 7, count: 32))

    private func message() -> WebhookMessage {
        WebhookMessage(
            id: "evt_1", at: Timestamp(milliseconds: 1_700_000_000_000), body: Array("{}".utf8),
            signedWith: [Self.secret])
    }

    private func send(
        host: String = "127.0.0.1", path: String = "/in", deadline: Int = 60_000,
        _ script: @escaping @Sendable (RawClient, Int) throws -> Void
    ) async throws -> WebhookOutcome {
        try await result(host: host, path: path, deadline: deadline, script).outcome
    }

    /// - Parameters:
    ///   - host: the URL's host, which resolves to 127.0.0.1.
    ///   - script: answers a connection.
    private func result(
        host: String = "127.0.0.1", path: String = "/in", deadline: Int = 60_000,
        _ script: @escaping @Sendable (RawClient, Int) throws -> Void
    ) async throws -> WebhookResult {
        let receiver = RawServer(script)
        defer { receiver.stop() }
        let loopback = try #require(IPAddress("127.0.0.1"))
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true)) { _ in [loopback] }
        let clock = FakeClock("2023-11-14T22:13:20.000Z")
        let sender = WebhookSender(network, on: group, deadline: deadline, clock: clock)
        return await sender.send(
            message(), to: try WebhookURL("http://\(host):\(receiver.port)\(path)", pointer: ""),
            for: "ada")
    }

    @Test func `a message has the standard's fields and the name as Host`() async throws {
        let seen = Mutex("")
        let outcome = try await send(host: "hooks.example", path: "/in?a=b") { client, _ in
            let head = String(decoding: try client.receive(through: "\r\n\r\n"), as: UTF8.self)
            seen.withLock { $0 = head }
            _ = try client.receive(through: "{}")
            try client.send("HTTP/1.1 204 No Content\r\n\r\n")
        }
        #expect(outcome == .answered(status: 204, retryAfter: nil))
        #expect(outcome.isSuccess)
        let head = seen.withLock { $0 }
        #expect(head.hasPrefix("POST /in?a=b HTTP/1.1\r\nHost: hooks.example:"))
        for field in [
            "Content-Type: application/json", "Content-Length: 2", "webhook-id: evt_1",
            "webhook-timestamp: 1700000000", "webhook-signature: \(message().signature)",
        ] { #expect(head.contains("\r\n\(field)\r\n"), "\(field)") }
    }

    @Test(arguments: [200, 201, 299, 301, 400, 410, 500]) func `the status decides`(
        _ status: Int
    ) async throws {
        let outcome = try await send { client, number in
            // A followed redirect would arrive here.
            #expect(number == 0)
            _ = try client.receive(through: "{}")
            try client.send(
                "HTTP/1.1 \(status) X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(outcome == .answered(status: status, retryAfter: nil))
        #expect(outcome.isSuccess == (200...299).contains(status))
    }

    @Test(arguments: [
        ("7", 7), ("0", 0), ("-1", nil), ("soon", nil), ("9999999999", 9_999_999_999),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Tue, 14 Nov 2023 22:13:30 GMT", 10),
        ("Tuesday, 14-Nov-23 22:14:20 GMT", 60), ("Tue Nov 14 23:13:20 2023", 3_600),
    ])
    func `a receiver's Retry-After is returned`(_ text: String, _ seconds: Int?) async throws {
        let outcome = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send(
                "HTTP/1.1 503 X\r\nRetry-After: \(text)\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(outcome == .answered(status: 503, retryAfter: seconds))
    }

    @Test func `little of an endless response is read`() async throws {
        let sent = Mutex(0)
        let outcome = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
            let part = [UInt8](repeating: 65, count: 65_536)
            for _ in 0..<16_384 {
                try client.send(part)
                sent.withLock { $0 += part.count }
            }
        }
        #expect(outcome == .answered(status: 200, retryAfter: nil))
        // Socket buffers can exceed it, a gigabyte can't.
        #expect(sent.withLock { $0 } < 64 * 1_048_576)
    }

    @Test func `a response sent byte by byte is cut off at the deadline`() async throws {
        let outcome = try await send(deadline: 400) { client, _ in
            _ = try client.receive(through: "{}")
            for byte in "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".utf8 {
                try client.send([byte])
                pauseThread(milliseconds: 50)
            }
        }
        #expect(outcome == .failed(.timeout))
    }

    @Test func `an invalid response is a failure`() async throws {
        let garbage = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("SSH-2.0-OpenSSH_9.2\r\n\r\n")
        }
        #expect(garbage == .failed(.malformed))
        for part in ["", "HTTP/1.1", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r"] {
            let cut = try await send { client, _ in
                _ = try client.receive(through: "{}")
                try client.send(part)
            }
            #expect(cut == .failed(.closed), "\(part)")
        }
    }

    /// The bytes after the status line, and the receiver's end.
    @Test(arguments: [
        "", "X", "X: y\r\n", "\r\n", "Content-Length: 10\r\n\r\nabc", "Content-Length: x\r\n\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: gzip\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", " folded\r\n\r\n", ": x\r\n\r\n",
        "A: b\n\n", "A: \u{0}\r\n\r\n", "Content-Length: 0\r\n\r\nHTTP/1.1 500 X\r\n\r\n",
        "A: " + String(repeating: "b", count: 100_000),
    ]) func `the status line decides, whatever follows it`(tail: String) async throws {
        for (status, isTaken) in [(204, true), (200, true), (500, false), (410, false)] {
            let outcome = try await send { client, _ in
                _ = try client.receive(through: "{}")
                try client.send("HTTP/1.1 103 X\r\nA: b\r\n\r\nHTTP/1.1 \(status) X\r\n\(tail)")
            }
            #expect(outcome == .answered(status: status, retryAfter: nil), "\(tail.prefix(80))")
            #expect(outcome.isSuccess == isTaken)
        }
    }

    @Test func `a truncated body keeps the fields before it`() async throws {
        let outcome = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("HTTP/1.1 503 X\r\nRetry-After: 90\r\nContent-Length: 9\r\n\r\na")
            client.reset()
        }
        #expect(outcome == .answered(status: 503, retryAfter: 90))
    }

    @Test(arguments: ["", "A: b\r\n", "Content-Length: 9\r\n\r\na", "\r\nendless"])
    func `a receiver that stops after the status line has responded`(tail: String) async throws {
        let outcome = try await send(deadline: 500) { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("HTTP/1.1 200 OK\r\n\(tail)")
            _ = try client.receive(through: "never")
        }
        #expect(outcome == .answered(status: 200, retryAfter: nil))
    }

    @Test func `a slow body delays nothing`() async throws {
        let begin = ContinuousClock.now
        let outcome = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<1_000 {
                try client.send("a")
                pauseThread(milliseconds: 100)
            }
        }
        #expect(outcome == .answered(status: 200, retryAfter: nil))
        // A deadline restarted by each byte would take a hundred seconds.
        #expect(begin.duration(to: .now) < .seconds(50))
    }

    /// Eight at a time, as a webhook gets them. A connection of the receiver ends after some
    /// messages, when the next is on its way.
    @Test(arguments: [1, 2, 5], [true, false])
    func `a connection closed by the receiver costs no attempt`(
        most: Int, isReset: Bool
    ) async throws {
        let receiver = RawServer { client, _ in
            for _ in 0..<most {
                _ = try client.receive(through: "{}")
                try client.send("HTTP/1.1 204 X\r\n\r\n")
            }
            _ = try client.receive(through: "{}")
            if isReset { client.reset() }
        }
        defer { receiver.stop() }
        let group = EventLoopGroup(count: 2)
        defer { group.stop() }
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true))
        let sender = WebhookSender(network, on: group, deadline: 60_000)
        let url = try WebhookURL("http://127.0.0.1:\(receiver.port)/", pointer: "")
        let message = message()
        let outcomes = await withTaskGroup(of: [WebhookOutcome].self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    var outcomes: [WebhookOutcome] = []
                    for _ in 0..<20 {
                        outcomes.append(await sender.send(message, to: url, for: "ada").outcome)
                    }
                    return outcomes
                }
            }
            return await tasks.reduce(into: []) { $0 += $1 }
        }
        let taken = WebhookOutcome.answered(status: 204, retryAfter: nil)
        #expect(outcomes == Array(repeating: taken, count: 160))
    }

    // MARK: What is kept of the response

    /// - Parameter answer: all that the receiver sends before it closes the connection.
    private func response(_ answer: String) async throws -> WebhookResponse? {
        try await result { client, _ in
            _ = try client.receive(through: "{}")
            try client.send(answer)
        }.response
    }

    @Test(arguments: [0, 1, 4_095, 4_096, 4_097, 16_384, 16_385, 100_000])
    func `the beginning of the body is kept`(count: Int) async throws {
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let body = String(String(repeating: letters, count: count / 26 + 1).prefix(count))
        let kept = Array(body.utf8.prefix(4_096))
        let head = "HTTP/1.1 500 X\r\n"
        for answer in [
            "Content-Length: \(count)\r\n\r\n\(body)", "\r\n\(body)",
            "Transfer-Encoding: chunked\r\n\r\n\(chunked(body))0\r\n\r\n",
        ] {
            let response = try #require(try await response(head + answer))
            #expect(response.status == 500)
            #expect(response.body == kept, "\(answer.prefix(40))")
            #expect(response.isTruncated == (count > 4_096), "\(answer.prefix(40))")
        }
    }

    private func chunked(_ body: String) -> String {
        var (rest, chunks) = (Substring(body), "")
        while !rest.isEmpty {
            let part = rest.prefix(1_000)
            chunks += String(part.count, radix: 16) + "\r\n\(part)\r\n"
            rest = rest.dropFirst(part.count)
        }
        return chunks
    }

    @Test func `a body that doesn't end keeps what has come`() async throws {
        let cut = try await response("HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc")
        #expect(cut?.body == Array("abc".utf8) && cut?.isTruncated == true)
        let slow = try await result { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nabc")
            _ = try client.receive(through: "never")
        }
        #expect(slow.response?.body == Array("abc".utf8) && slow.response?.isTruncated == true)
        #expect(slow.outcome == .answered(status: 200, retryAfter: nil))
    }

    @Test func `a malformed head keeps the status alone`() async throws {
        let response = try await response(
            "HTTP/1.1 500 X\r\nServer: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")
        #expect(response == WebhookResponse(status: 500, isTruncated: true))
    }

    @Test func `a few fields are kept, each once and of limited length`() async throws {
        let long = String(repeating: "b", count: 300)
        let response = try await response(
            "HTTP/1.1 302 X\r\nLocation: /new\r\nSet-Cookie: a=b\r\nRETRY-AFTER: 7\r\n"
                + "Location: /other\r\nServer: \(long)\r\nContent-Length: 0\r\n\r\n")
        #expect(
            response?.headers == [
                WebhookResponse.Header("location", "/new"),
                WebhookResponse.Header("retry-after", "7"),
                WebhookResponse.Header("server", String(long.prefix(256))),
            ])
    }

    @Test func `a refused connection is a failure`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let sender = WebhookSender(
            WebhookNetwork(AddressPolicy(allowsPrivate: true)), on: group, deadline: 60_000)
        let url = try WebhookURL("http://127.0.0.1:\(Ports.next())/", pointer: "")
        let result = await sender.send(message(), to: url, for: "ada")
        #expect(result == WebhookResult(.failed(.unreachable)))
    }

    /// The name leads elsewhere from its second look-up on: to a receiver that must hear nothing.
    @Test func `the checked address is the one connected to`() async throws {
        let loopback = try #require(IPAddress("127.0.0.1"))
        let elsewhere = try #require(IPAddress("169.254.169.254"))
        let lookUps = Mutex(0)
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true)) { _ in
            lookUps.withLock { count in
                count += 1
                return count == 1 ? [loopback] : [elsewhere]
            }
        }
        let receiver = RawServer { client, _ in
            while true {
                _ = try client.receive(through: "{}")
                try client.send("HTTP/1.1 204 X\r\n\r\n")
            }
        }
        defer { receiver.stop() }
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let sender = WebhookSender(network, on: group, deadline: 60_000)
        let url = try WebhookURL("http://rebind.example:\(receiver.port)/", pointer: "")
        try await network.check(url, for: "ada", pointer: "", busy: busy)
        #expect(await sender.send(message(), to: url, for: "ada").outcome.isSuccess)
        #expect(lookUps.withLock { $0 } == 1)
    }

    @Test func `nothing is sent to a name with a forbidden address`() async throws {
        let forbidden = try #require(IPAddress("169.254.169.254"))
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true)) { _ in [forbidden] }
        let sender = WebhookSender(network, on: group, deadline: 60_000)
        let url = try WebhookURL("http://meta.example/", pointer: "")
        let result = await sender.send(message(), to: url, for: "ada")
        #expect(result == WebhookResult(.failed(.forbiddenAddress)))
    }
}
