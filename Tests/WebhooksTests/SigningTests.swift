import Kernel
import TestSupport
import Testing

@testable import Webhooks

@Suite struct SigningTests {
    private static let body = Array(#"{"test": 2432232314}"#.utf8)

    /// Standard Webhooks 1.0.0, test vector of the specification's libraries.
    private static let key = WebhookSecret(
        key: [
            0x31, 0xF2, 0x90, 0xF6, 0xBF, 0x06, 0x29, 0x8A, 0xAB, 0x4F, 0x08, 0xD4, 0x3C, 0x3F,
            0x08, 0x2C, 0xF6, 0x48, 0xA3, 0x62, 0xDA, 0x2D, 0xA4, 0xB0,
        ])

    private func message(_ secrets: [WebhookSecret]) -> WebhookMessage {
        WebhookMessage(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at: Timestamp(milliseconds: 1_614_265_330_999), body: Self.body, signedWith: secrets)
    }

    @Test func `the signature matches the specification's test vector`() {
        #expect(Self.key.text == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        let message = message([Self.key])
        #expect(message.timestamp == 1_614_265_330)
        #expect(message.signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `two secrets give two signatures, the newer first`() {
        let other = WebhookSecret(key: Array(repeating: 1, count: 32))
        #expect(
            message([Self.key, other]).signature
                == message([Self.key]).signature + " " + message([other]).signature)
    }

    @Test func `the signature depends on id, time, body and secret`() {
        let first = message([Self.key]).signature
        let others = [
            WebhookMessage(
                id: "msg_2", at: Timestamp(milliseconds: 1_614_265_330_000), body: Self.body,
                signedWith: [Self.key]),
            WebhookMessage(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
                at: Timestamp(milliseconds: 1_614_265_331_000), body: Self.body,
                signedWith: [Self.key]),
            WebhookMessage(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
                at: Timestamp(milliseconds: 1_614_265_330_000), body: Self.body + [32],
                signedWith: [Self.key]),
            message([WebhookSecret(key: Array(repeating: 1, count: 32))]),
        ]
        for other in others { #expect(other.signature != first) }
    }

    @Test func `secrets are random 32 bytes and are never printed`() {
        let random = SeededRandom(seed: 5)
        let (a, b) = (WebhookSecret.make(random), WebhookSecret.make(random))
        #expect(a.key.count == 32)
        #expect(a != b)
        #expect(a.text.hasPrefix("whsec_"))
        #expect(!"\(a)".contains(a.text.dropFirst(6)))
        #expect(!String(reflecting: a).contains("\(a.key[0]), \(a.key[1])"))
    }
}
