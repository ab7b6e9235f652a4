import EventLoop
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Webhooks

/// Over http, to a receiver that does what a test wants.
@Suite(.serialized) struct SenderTests {
    private static let secret = WebhookSecret(key: Array(repeating: 7, count: 32))

    private func message() -> WebhookMessage {
        WebhookMessage(
            id: "evt_1", at: Timestamp(milliseconds: 1_700_000_000_000), body: Array("{}".utf8),
            signedWith: [Self.secret])
    }

    /// - Parameters:
    ///   - host: named in the URL; it leads to 127.0.0.1.
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
        let sender = WebhookSender(network, on: group, deadline: deadline)
        return await sender.send(
            message(), to: try WebhookURL("http://\(host):\(receiver.port)\(path)", pointer: ""))
    }

    @Test func `a message has the fields of the standard, and the name for Host`() async throws {
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

    @Test(arguments: [200, 201, 299, 301, 400, 410, 500]) func `its status is what counts`(
        _ status: Int
    ) async throws {
        let outcome = try await send { client, number in
            // A redirect that was followed would come back here.
            #expect(number == 0)
            _ = try client.receive(through: "{}")
            try client.send(
                "HTTP/1.1 \(status) X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(outcome == .answered(status: status, retryAfter: nil))
        #expect(outcome.isSuccess == (200...299).contains(status))
    }

    @Test(arguments: [("7", 7), ("0", 0), ("-1", nil), ("soon", nil), ("9999999999", nil)])
    func `a receiver may ask to be left alone`(_ text: String, _ seconds: Int?) async throws {
        let outcome = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send(
                "HTTP/1.1 503 X\r\nRetry-After: \(text)\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(outcome == .answered(status: 503, retryAfter: seconds))
    }

    @Test func `of an answer without end no more than 64 KiB are read`() async throws {
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
        // What the sockets hold is beyond it, a gigabyte is not.
        #expect(sent.withLock { $0 } < 64 * 1_048_576)
    }

    @Test func `an answer a byte at a time takes no longer than the deadline`() async throws {
        let outcome = try await send(deadline: 400) { client, _ in
            _ = try client.receive(through: "{}")
            for byte in "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".utf8 {
                try client.send([byte])
                client.pauseThread(milliseconds: 50)
            }
        }
        #expect(outcome == .failed(.timeout))
    }

    @Test func `what is no answer is a failure`() async throws {
        let garbage = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("SSH-2.0-OpenSSH_9.2\r\n\r\n")
        }
        #expect(garbage == .failed(.malformed))
        let cut = try await send { client, _ in
            _ = try client.receive(through: "{}")
            try client.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        }
        #expect(cut == .failed(.closed))
    }

    @Test func `nobody there is a failure`() async throws {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let sender = WebhookSender(
            WebhookNetwork(AddressPolicy(allowsPrivate: true)), on: group, deadline: 60_000)
        let url = try WebhookURL("http://127.0.0.1:\(Ports.next())/", pointer: "")
        #expect(await sender.send(message(), to: url) == .failed(.unreachable))
    }

    /// The name leads elsewhere from its second look-up on: to a receiver that must hear nothing.
    @Test func `the address that was checked is the one that is connected to`() async throws {
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
        try await network.check(url, pointer: "")
        #expect(await sender.send(message(), to: url).isSuccess)
        #expect(lookUps.withLock { $0 } == 1)
    }

    @Test func `where a name leads to a forbidden address nothing is sent`() async throws {
        let forbidden = try #require(IPAddress("169.254.169.254"))
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true)) { _ in [forbidden] }
        let sender = WebhookSender(network, on: group, deadline: 60_000)
        let url = try WebhookURL("http://meta.example/", pointer: "")
        #expect(await sender.send(message(), to: url) == .failed(.forbiddenAddress))
    }
}
