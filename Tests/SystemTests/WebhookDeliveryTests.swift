import Synchronization
import TestSupport
import Testing

/// What the owner of a webhook sees of its latest request and response, in the running system.
@Suite(.serialized) struct WebhookDeliveryTests {
    /// What a receiver sends before it closes the connection, by the last part of the path.
    private static let answers: [String: [UInt8]] = [
        "big": Array("HTTP/1.1 200 X\r\nContent-Length: 12000\r\n\r\n".utf8)
            + [UInt8](repeating: 0x78, count: 12_000),
        "binary": Array("HTTP/1.1 500 X\r\nContent-Type: image/png\r\n\r\n".utf8)
            + [0x89, 0x50, 0x00, 0xFF],
        "nothing": [],
        "moved": Array("HTTP/1.1 307 X\r\nLocation: /in\r\nContent-Length: 0\r\n\r\n".utf8),
        "gone": Array("HTTP/1.1 410 X\r\nContent-Length: 4\r\n\r\ngone".utf8),
    ]

    /// A request as the receiver got it.
    private struct Got: Sendable {
        let head: String
        let body: String
    }

    private static func receive(_ connection: RawClient) throws -> Got {
        let head = String(decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
        let length = head.firstMatch(of: /(?i)content-length: ([0-9]+)/)?.output.1 ?? "0"
        let body = try connection.receive(exactly: Int(length) ?? 0)
        return Got(head: head, body: String(decoding: body, as: UTF8.self))
    }

    @Test func `the owner sees what was sent and what was returned`() async throws {
        let got = Mutex<[String: Got]>([:])
        let receiver = RawServer { connection, _ in
            let request = try Self.receive(connection)
            let way = request.head.firstMatch(of: #/^POST /(\w+) HTTP/#).map { String($0.1) } ?? ""
            got.withLock { $0[way] = request }
            try connection.send(Self.answers[way] ?? [])
        }
        defer { receiver.stop() }
        // One attempt, so that the latest one is the first.
        let stack = try await LiveStack([
            "LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true", "LATCHKEY_WEBHOOK_RETRIES": "3600",
        ])
        try await stack.start()
        let (ada, eve) = (try await stack.user("ada"), try await stack.user("eve"))
        var shown: [String: JSONValue] = [:]
        for way in Self.answers.keys.sorted() {
            let url = "http://127.0.0.1:\(receiver.port)/\(way)"
            let made = try await stack.api.call(
                "POST", "/api/v1/webhooks", token: ada.token,
                body: #"{"url":"\#(url)","events":["invitation.*"]}"#)
            let place = "/api/v1/webhooks/\(try #require(made["id"], "\(made.text)"))"
            let test = try await stack.api.call("POST", "\(place)/test", token: ada.token)
            let path = "\(place)/deliveries/\(try #require(test["event_id"], "\(test.text)"))"
            let isTried = try await eventually(within: 20_000) {
                let delivery = try await stack.api.call("GET", path, token: ada.token)
                shown[way] = delivery.json
                return delivery.json?["attempts"]?.int == 1
            }
            #expect(isTried, "\(way)")
            #expect(shown[way]?["request"]?["url"]?.string == url)
            let request = got.withLock { $0[way] }
            #expect(shown[way]?["request"]?["body"]?.string == request?.body)
            for header in shown[way]?["request"]?["headers"]?.items ?? [] {
                let line = "\(header["name"]?.string ?? ""): \(header["value"]?.string ?? "")"
                #expect(request?.head.lowercased().contains("\r\n\(line)\r\n".lowercased()) == true)
            }
            let others = try await stack.api.call("GET", path, token: eve.token)
            #expect(others.status == 404)
        }
        expect(shown)
        #expect(await stack.stop())
        // Bodies are data of others: they are in no log.
        #expect(!stack.logs.contains("xxxxx"))
    }

    private func expect(_ shown: [String: JSONValue]) {
        let responses = shown.mapValues { $0["response"] ?? .null }
        let big = responses["big"]
        #expect(big?["body"]?.string == String(repeating: "x", count: 4_096))
        #expect(big?["is_truncated"]?.bool == true)
        #expect(shown["big"]?["status"]?.string == "delivered")
        let binary = responses["binary"]
        #expect(binary?["body"]?.string == "\u{FFFD}P\u{0}\u{FFFD}")
        #expect(binary?["headers"]?[0]?["value"]?.string == "image/png")
        #expect(binary?["is_truncated"]?.bool == false)
        #expect(responses["nothing"] == .null)
        #expect(shown["nothing"]?["last_error"]?.string?.hasPrefix("the connection closed") == true)
        #expect(responses["moved"]?["headers"]?[0]?["value"]?.string == "/in")
        #expect(responses["moved"]?["status"]?.int == 307)
        #expect(responses["gone"]?["body"]?.string == "gone")
        #expect(shown["gone"]?["status"]?.string == "failed")
    }
}
