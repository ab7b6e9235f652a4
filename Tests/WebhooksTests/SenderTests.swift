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

    /// - Parameters:
    ///   - host: the URL's host, which resolves to 127.0.0.1.
    ///   - script: answers a connection.
    private func send(
        host: String = "127.0.0.1", path: String = "/in", deadline: Int = 60_000,
        _ script: @escaping @Sendable (RawClient, Int) throws -> Void
    ) async throws -> WebhookOutcome {
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
                        outcomes.append(await sender.send(message, to: url, for: "ada"))
                    }
                    return outcomes
                }
            }
            return await tasks.reduce(into: []) { $0 += $1 }
        }
        let taken = WebhookOutcome.answered(status: 204, retryAfter: nil)
        #expect(outcomes == Array(repeating: taken, count: 160))
    }

    @Test func `a refused connection is a failure`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let sender = WebhookSender(
            WebhookNetwork(AddressPolicy(allowsPrivate: true)), on: group, deadline: 60_000)
        let url = try WebhookURL("http://127.0.0.1:\(Ports.next())/", pointer: "")
        #expect(await sender.send(message(), to: url, for: "ada") == .failed(.unreachable))
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
        #expect(await sender.send(message(), to: url, for: "ada").isSuccess)
        #expect(lookUps.withLock { $0 } == 1)
    }

    @Test func `nothing is sent to a name with a forbidden address`() async throws {
        let forbidden = try #require(IPAddress("169.254.169.254"))
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true)) { _ in [forbidden] }
        let sender = WebhookSender(network, on: group, deadline: 60_000)
        let url = try WebhookURL("http://meta.example/", pointer: "")
        #expect(await sender.send(message(), to: url, for: "ada") == .failed(.forbiddenAddress))
    }
}
