import TestSupport
import Testing

@testable import HTTPCore

/// Limits hold for the sum of many small parts, none of which comes near them.
struct SumLimitTests {
    private func read(_ text: String, inPiecesOf size: Int? = nil) -> Reading {
        var limits = HTTPLimits()
        limits.bodyBytes = 100
        limits.headBytes = 1_000
        limits.fieldCount = 20
        let bytes = bytes(text)
        guard let size else { return readRequests([bytes[...]], limits: limits) }
        let starts = stride(from: 0, to: bytes.count, by: size)
        return readRequests(
            starts.map { bytes[$0..<min($0 + size, bytes.count)] }, limits: limits)
    }

    private let post = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

    private func chunks(_ sizes: [Int]) -> String {
        sizes.map { String($0, radix: 16) + "\r\n" + String(repeating: "x", count: $0) + "\r\n" }
            .joined()
    }

    @Test(arguments: [nil, 1, 7, 64])
    func `a body of many small chunks is limited by their total`(_ pieces: Int?) {
        for size in [1, 3, 10, 50] {
            let full = Array(repeating: size, count: 100 / size) + (100 % size > 0 ? [1] : [])
            let taken = read(post + chunks(full) + "0\r\n\r\n", inPiecesOf: pieces)
            #expect(taken.events.last == "end", "\(size): \(taken)")
            let refused = read(post + chunks(full + [1]), inPiecesOf: pieces)
            #expect(refused.events.last?.hasPrefix("fail 413 ") == true, "\(size): \(refused)")
        }
    }

    @Test func `a chunk beyond the limit is refused, however small`() {
        #expect(read(post + chunks([100]) + "0\r\n\r\n").events.last == "end")
        #expect(read(post + chunks([100, 1])).events.last?.hasPrefix("fail 413 ") == true)
        #expect(read(post + chunks([99, 2])).events.last?.hasPrefix("fail 413 ") == true)
    }

    /// What one request has used does not count for the next of the connection.
    @Test func `each request on a connection has the full limit`() {
        let request = post + chunks([60, 40]) + "0\r\n\r\n"
        let reading = read(request + request + request)
        #expect(reading.events.count { $0 == "end" } == 3 && !reading.failed, "\(reading)")
    }

    private func head(_ fields: Int, _ bytes: Int) -> String {
        let line = "F: " + String(repeating: "v", count: bytes - 5) + "\r\n"
        return "GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: line, count: fields) + "\r\n"
    }

    @Test(arguments: [nil, 1, 13])
    func `a head of many small fields is limited by their total`(_ pieces: Int?) {
        // 27 bytes are the request line, Host and the end.
        #expect(read(head(12, 80), inPiecesOf: pieces).events.last == "end")
        let refused = read(head(13, 80), inPiecesOf: pieces)
        #expect(refused.events.last?.hasPrefix("fail 431 ") == true, "\(refused)")
    }

    @Test func `a head is limited by its number of fields`() {
        #expect(read(head(19, 6)).events.last == "end")
        #expect(read(head(20, 6)).events.last?.hasPrefix("fail 431 ") == true)
    }

    @Test(arguments: [nil, 1])
    func `trailers have the limits of a head`(_ pieces: Int?) {
        func trailers(_ count: Int, _ bytes: Int) -> Reading {
            let line = "T: " + String(repeating: "v", count: bytes - 5) + "\r\n"
            return read(
                post + "0\r\n" + String(repeating: line, count: count) + "\r\n",
                inPiecesOf: pieces)
        }
        #expect(trailers(12, 80).events.last == "end")
        #expect(trailers(13, 80).failed)
        #expect(trailers(20, 6).events.last == "end")
        #expect(trailers(21, 6).failed)
    }
}
