import EventLoop
import Kernel
import TLS
import TestSupport
import Testing
import Webhooks

/// Webhooks over TLS, to receivers with valid and invalid certificates: with OpenSSL, and with curl
/// in its place.
@Suite(
    .serialized, .enabled(if: WebhookReceiver.isInstalled, WebhookReceiver.reason))
struct WebhookTLSTests {
    private let secret = WebhookSecret(key: Array(repeating: 9, count: 32))

    enum Transport: CaseIterable {
        case openSSL, curl

        func client(trusting certificates: String?) -> Result<TLSClient, TLSUnavailable> {
            Result { () throws(TLSUnavailable) in
                switch self {
                case .openSSL: try TLSClient(trusting: certificates)
                case .curl: try TLSClient(library: "libmissing.so")
                }
            }
        }
    }

    private func send(
        by transport: Transport, to url: String, trusting certificates: String?,
        deadline: Int = 10_000,
        body: String = #"{"text":"ä \"quoted\" \\ back"}"#,
        lookUp: @escaping WebhookNetwork.LookUp = HostLookup.addresses(of:)
    ) async throws -> WebhookOutcome {
        try await result(
            by: transport, to: url, trusting: certificates, deadline: deadline, body: body,
            lookUp: lookUp
        ).outcome
    }

    private func result(
        by transport: Transport, to url: String, trusting certificates: String?,
        deadline: Int = 10_000, body: String = "{}",
        lookUp: @escaping WebhookNetwork.LookUp = HostLookup.addresses(of:)
    ) async throws -> WebhookResult {
        let group = EventLoopGroup(count: 1)
        defer { group.stop() }
        let network = WebhookNetwork(AddressPolicy(allowsPrivate: true), lookUp: lookUp)
        let sender = WebhookSender(
            network, on: group, deadline: deadline, trusting: certificates,
            tls: transport.client(trusting: certificates))
        let message = WebhookMessage(
            id: "evt_1", at: SystemClock().now(), body: Array(body.utf8), signedWith: [secret])
        return await sender.send(message, to: try WebhookURL(url, pointer: ""), for: "ada")
    }

    @Test(arguments: Transport.allCases) func `a message over TLS arrives unchanged`(
        transport: Transport
    ) async throws {
        let receiver = try await WebhookReceiver()
        try await receiver.trust(secret.text)
        let outcome = try await send(
            by: transport, to: receiver.secureURL() + "/in", trusting: receiver.certificates)
        #expect(outcome == .answered(status: 204, retryAfter: nil))
        #expect(await eventually { receiver.messages.count == 1 })
        let message = try #require(receiver.messages.first)
        #expect(message.isVerified)
        #expect(message.body["text"]?.string == #"ä "quoted" \ back"#)
    }

    @Test(arguments: Transport.allCases)
    func `a certificate must be valid, match the host and be trusted`(
        transport: Transport
    )
        async throws
    {
        let receiver = try await WebhookReceiver()
        for name in ["expired", "other"] {
            let outcome = try await send(
                by: transport, to: receiver.secureURL(name), trusting: receiver.certificates)
            #expect(outcome == .failed(.tls), "\(name)")
        }
        #expect(
            try await send(by: transport, to: receiver.secureURL(), trusting: nil) == .failed(.tls))
        // No part of the message was sent to any of them.
        #expect(receiver.messages.isEmpty)
    }

    /// No name server knows the name, so only the checked addresses can be used.
    @Test(arguments: Transport.allCases)
    func `the connection goes to the checked addresses, and the certificate must match the name`(
        transport: Transport
    )
        async throws
    {
        let receiver = try await WebhookReceiver()
        let loopback = try #require(IPAddress("127.0.0.1"))
        let nobody = try #require(IPAddress("127.0.0.9"))
        for (certificate, outcome) in [
            ("named", WebhookOutcome.answered(status: 204, retryAfter: nil)),
            ("good", .failed(.tls)),
        ] {
            let url = receiver.secureURL(certificate).replacing("127.0.0.1", with: "hooks.example")
            // The first address refuses connections.
            let sent = try await send(by: transport, to: url, trusting: receiver.certificates) {
                _ in
                [nobody, loopback]
            }
            #expect(sent == outcome, "\(certificate)")
        }
        #expect(await eventually { !receiver.messages.isEmpty })
        #expect(receiver.messages.map(\.host).allSatisfy { $0.hasPrefix("hooks.example:") })
        #expect(receiver.messages.count == 1)
    }

    @Test(arguments: Transport.allCases)
    func `a receiver without TLS and a closed port are failures`(
        transport: Transport
    ) async throws {
        let receiver = try await WebhookReceiver()
        let plain = receiver.url.replacing("http:", with: "https:")
        #expect(
            try await send(by: transport, to: plain, trusting: receiver.certificates)
                == .failed(.tls))
        let nobody = "https://127.0.0.1:\(Ports.next())"
        #expect(try await send(by: transport, to: nobody, trusting: nil) == .failed(.unreachable))
    }

    @Test(arguments: Transport.allCases)
    func `redirects are not followed, and long responses are cut off`(
        transport: Transport
    ) async throws {
        let receiver = try await WebhookReceiver()
        let moved = try await send(
            by: transport, to: receiver.secureURL() + "/302", trusting: receiver.certificates)
        #expect(moved == .answered(status: 302, retryAfter: nil))
        let huge = try await send(
            by: transport, to: receiver.secureURL() + "/huge", trusting: receiver.certificates)
        #expect(huge == .answered(status: 200, retryAfter: nil))
        #expect(await eventually { receiver.messages.count == 2 })
        #expect(receiver.messages.map(\.path) == ["/302", "/huge"])
    }

    @Test(arguments: Transport.allCases)
    func `the beginning of a response is kept`(transport: Transport) async throws {
        let receiver = try await WebhookReceiver()
        func response(_ way: String) async throws -> WebhookResponse? {
            try await result(
                by: transport, to: receiver.secureURL() + way, trusting: receiver.certificates
            ).response
        }
        let huge = try #require(try await response("/huge"))
        #expect(huge.body == [UInt8](repeating: 0x61, count: 4_096) && huge.isTruncated)
        let head = "HTTP%2F1.1%20500%20X%0D%0AServer%3A%20x%0D%0A"
        let whole = try await response("/raw?\(head)Content-Length%3A%205%0D%0A%0D%0Aa%0A7%FFc")
        #expect(
            whole
                == WebhookResponse(
                    status: 500, headers: [WebhookResponse.Header("server", "x")],
                    body: [0x61, 0x0A, 0x37, 0xFF, 0x63]))
        let parts = "Transfer-Encoding%3A%20chunked%0D%0A%0D%0A2%0D%0Aab%0D%0A1%0D%0Ac%0D%0A0"
        let chunked = try await response("/raw?\(head)\(parts)%0D%0A%0D%0A")
        #expect(chunked?.body == Array("abc".utf8) && chunked?.isTruncated == false)
        let cut = try await response("/raw?\(head)Content-Length%3A%209%0D%0A%0D%0Aabc")
        #expect(cut?.body == Array("abc".utf8) && cut?.isTruncated == true)
        let empty = try await response("/204")
        #expect(empty?.body == [] && empty?.isTruncated == false)
    }

    @Test(arguments: Transport.allCases)
    func `a slow response ends at the deadline, and garbage is a failure`(
        transport: Transport
    ) async throws {
        let receiver = try await WebhookReceiver()
        let begin = Ticks.now
        let silent = try await send(
            by: transport, to: receiver.secureURL() + "/hold?HTTP", trusting: receiver.certificates,
            deadline: 1_500)
        #expect(silent == .failed(.timeout))
        // A slow body takes a minute.
        let slow = try await send(
            by: transport, to: receiver.secureURL() + "/slow", trusting: receiver.certificates)
        #expect(slow == .answered(status: 200, retryAfter: nil))
        #expect(begin.milliseconds(until: .now) < 50_000)
        let garbage = try await send(
            by: transport, to: receiver.secureURL() + "/raw?SSH-2.0-OpenSSH%0D%0A%0D%0A",
            trusting: receiver.certificates)
        #expect(garbage == .failed(.malformed))
        let nothing = try await send(
            by: transport, to: receiver.secureURL() + "/raw?HTTP%2F1.1%20200%20OK",
            trusting: receiver.certificates)
        #expect(nothing.isSuccess == false)
    }

    /// The rest after the status line, percent-encoded.
    @Test(
        arguments: [
            "", "X%3A%20y%0D%0A", "Content-Length%3A%2010%0D%0A%0D%0Aabc",
            "Content-Length%3A%20x%0D%0A%0D%0A",
            "Transfer-Encoding%3A%20chunked%0D%0A%0D%0Anonsense",
            "Content-Length%3A%201%0D%0AContent-Length%3A%202%0D%0A%0D%0Aa",
            "A%3A%20%00%0D%0A%0D%0A",
        ], Transport.allCases)
    func `the status line alone decides`(tail: String, transport: Transport) async throws {
        let receiver = try await WebhookReceiver()
        for (way, status) in [("raw", 200), ("raw", 503), ("hold", 200)] {
            let url = receiver.secureURL() + "/\(way)?HTTP%2F1.1%20\(status)%20X%0D%0A\(tail)"
            let outcome = try await send(
                by: transport, to: url, trusting: receiver.certificates, deadline: 3_000)
            #expect(outcome == .answered(status: status, retryAfter: nil), "\(way)")
        }
    }

    @Test(arguments: Transport.allCases)
    func `a receiver can postpone retries with Retry-After as a date`(
        transport: Transport
    ) async throws {
        let receiver = try await WebhookReceiver()
        for (text, isLong) in [("Fri,%2031%20Dec%209999%2023%3A59%3A59%20GMT", true), ("7", false)]
        {
            let answer = "HTTP%2F1.1%20503%20X%0D%0ARetry-After%3A%20\(text)%0D%0A%0D%0Aabc"
            let outcome = try await send(
                by: transport, to: receiver.secureURL() + "/raw?" + answer,
                trusting: receiver.certificates)
            guard case .answered(503, let seconds?) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(isLong ? seconds > 200_000_000_000 : seconds == 7)
        }
    }
}
