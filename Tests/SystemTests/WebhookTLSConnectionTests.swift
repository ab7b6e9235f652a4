import EventLoop
import Glibc
import Kernel
import TestSupport
import Testing
import Webhooks

/// The connections of webhooks over TLS: how long they are used, and how they end.
@Suite(
    .serialized, .enabled(if: WebhookReceiver.isInstalled, WebhookReceiver.reason))
struct WebhookTLSConnectionTests {
    private let secret = WebhookSecret(key: Array(repeating: 9, count: 32))
    private let success = WebhookOutcome.answered(status: 204, retryAfter: nil)

    private func sending<T>(
        trusting receiver: WebhookReceiver,
        _ body: (_ send: (String) async throws -> WebhookOutcome) async throws -> T
    ) async throws -> T {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let sender = WebhookSender(
            WebhookNetwork(AddressPolicy(allowsPrivate: true)), on: group, deadline: 30_000,
            trusting: receiver.certificates)
        let text = #"{"text":"\#(String(repeating: "ä", count: 20_000))"}"#
        let message = WebhookMessage(
            id: "evt_1", at: SystemClock().now(), body: Array(text.utf8), signedWith: [secret])
        return try await body { url in
            await sender.send(message, to: try WebhookURL(url, pointer: ""), for: "ada").outcome
        }
    }

    @Test func `a connection is kept, and the next one resumes its session`() async throws {
        let receiver = try await WebhookReceiver()
        let url = receiver.secureURL() + "/in"
        try await sending(trusting: receiver) { send in
            for number in 0..<6 {
                // It is closed after two seconds without a message.
                if number == 5 { try await Task.sleep(for: .seconds(3)) }
                let sent = try await send(url)
                #expect(sent == success)
            }
        }
        #expect(await eventually { receiver.messages.count == 6 })
        let messages = receiver.messages
        #expect(Set(messages.prefix(5).map { $0.connection }).count == 1)
        #expect(messages.first?.isResumed == false)
        #expect(messages.last?.connection != messages.first?.connection)
        #expect(messages.last?.isResumed == true)
    }

    /// Each ends the connection, and the next message gets a new one.
    @Test func `receivers that close or reset connections cost no attempt`() async throws {
        let receiver = try await WebhookReceiver()
        let answer = "HTTP%2F1.1%20204%20X%0D%0A%0D%0A"
        let cut = "HTTP%2F1.1%20200%20X%0D%0AContent-Length%3A%209%0D%0A%0D%0Aabc"
        try await sending(trusting: receiver) { send in
            for way in ["raw?\(answer)", "reset?\(answer)", "reset?\(cut)", "raw?\(cut)"] {
                for _ in 0..<3 {
                    let sent = try await send(receiver.secureURL() + "/" + way)
                    #expect(sent.isSuccess, "\(way): \(sent)")
                }
            }
        }
        #expect(await eventually { receiver.messages.count == 12 })
        #expect(Set(receiver.messages.map { $0.connection }).count == 12)
    }

    @Test func `bytes that arrive one by one make the same message`() async throws {
        let receiver = try await WebhookReceiver()
        try await receiver.trust(secret.text)
        let port = try #require(
            receiver.secureURL().split(separator: ":").last.flatMap { UInt16($0) })
        let slow = RawServer { client, _ in
            let server = try RawClient(port: port)
            onThread { try? Self.pass(from: server, to: client) }
            try Self.pass(from: client, to: server)
        }
        defer { slow.stop() }
        try await sending(trusting: receiver) { send in
            for _ in 0..<2 {
                let sent = try await send("https://127.0.0.1:\(slow.port)/in")
                #expect(sent == success)
            }
        }
        #expect(await eventually { receiver.messages.count == 2 })
        #expect(receiver.messages.allSatisfy { $0.isVerified })
    }

    private static func pass(from one: RawClient, to other: RawClient) throws {
        var on: Int32 = 1
        setsockopt(
            other.fd, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        while true {
            for byte in try one.receive() { try other.send([byte]) }
        }
    }
}
