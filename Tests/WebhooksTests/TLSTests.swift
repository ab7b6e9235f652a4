import EventLoop
import Kernel
import Synchronization
import TLS
import TestSupport
import Testing

@testable import Webhooks

/// Over https, to receivers that don't get as far as a certificate.
@Suite(.serialized) struct TLSTests {
    private func sender(
        _ group: EventLoopGroup, deadline: Int = 60_000,
        _ tls: Result<TLSClient, TLSUnavailable>? = nil
    ) -> WebhookSender {
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true))
        guard let tls else { return WebhookSender(network, on: group, deadline: deadline) }
        return WebhookSender(network, on: group, deadline: deadline, trusting: nil, tls: tls)
    }

    private func send(
        deadline: Int = 60_000, _ script: @escaping @Sendable (RawClient, Int) throws -> Void
    ) async throws -> WebhookOutcome {
        let receiver = RawServer(script)
        defer { receiver.stop() }
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let message = WebhookMessage(
            id: "evt_1", at: Timestamp(milliseconds: 0), body: Array("{}".utf8), signedWith: [])
        return await sender(group, deadline: deadline).send(
            message, to: try WebhookURL("https://127.0.0.1:\(receiver.port)/", pointer: ""),
            for: "ada"
        ).outcome
    }

    @Test func `without the library, curl sends, and the reason is known`() throws {
        let missing = try #require(
            caught(TLSUnavailable.self) { try TLSClient(library: "libmissing.so.9") })
        #expect(missing.reason.contains("libmissing.so.9"))
        // A library that isn't OpenSSL.
        #expect(caught(TLSUnavailable.self) { try TLSClient(library: "libm.so.6") } != nil)
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        guard case .curl(missing.reason) = sender(group, .failure(missing)).secureTransport else {
            Issue.record("not curl")
            return
        }
        guard case .openSSL = sender(group).secureTransport else {
            Issue.record("OpenSSL 3 can't be loaded")
            return
        }
    }

    @Test func `unreadable certificates are no trust`() {
        let error = caught(TLSUnavailable.self) { try TLSClient(trusting: "/nowhere.pem") }
        #expect(error?.reason.contains("certificates") == true)
    }

    @Test func `a receiver that is silent in the handshake ends at the deadline`() async throws {
        let outcome = try await send(deadline: 300) { client, _ in
            _ = try client.receive(through: "never")
        }
        #expect(outcome == .failed(.timeout))
    }

    /// What a receiver sends in place of a handshake.
    @Test(arguments: [
        "plain": "HTTP/1.1 400 Bad Request\r\n\r\n",
        // An alert: handshake_failure.
        "alert": "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}",
        "closed": "",
    ]) func `a receiver that ends the handshake has failed`(name: String, text: String) async throws
    {
        for isReset in [false, true] {
            let outcome = try await send { client, _ in
                _ = try client.receive()
                try client.send(text)
                if isReset { client.reset() }
            }
            #expect(outcome == .failed(.tls), "\(name)")
        }
    }

    @Test(
        arguments: [
            // A handshake message of 16 MiB, in records of 16 KiB.
            [22, 3, 3, 0x40, 0, 2, 0xFF, 0xFF, 0xFF],
            // Changes of ciphers, which TLS 1.3 ignores before the end of a handshake.
            [20, 3, 3, 0, 1, 1],
            [0x80, 0xFF],
        ] as [[UInt8]]) func `an endless handshake is cut off`(beginning: [UInt8]) async throws
    {
        let sent = Mutex(0)
        let outcome = try await send(deadline: 20_000) { client, _ in
            _ = try client.receive()
            let record =
                beginning.count == 9
                ? beginning + [UInt8](repeating: 0, count: 0x4000 - 4) : beginning
            let part = Array(repeatElement(record, count: max(1, 16_384 / record.count)).joined())
            while sent.withLock({ $0 }) < 1 << 30 {
                try client.send(part)
                sent.withLock { $0 += part.count }
            }
        }
        #expect(outcome == .failed(.tls))
        #expect(sent.withLock { $0 } < 64 << 20)
    }
}
