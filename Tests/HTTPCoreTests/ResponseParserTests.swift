import TestSupport
import Testing

@testable import HTTPCore

struct ResponseParserTests {
    private static let good = [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 404 Not Found\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nok\r\n0\r\nA: b\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 103 Hints\r\nLink: a\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 N\r\n\r\n",
        "HTTP/1.1 200 \u{e9}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    ]

    private static let bad = [
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.2 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 200 O\u{0}K\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
    ]

    @Test(arguments: good)
    func `a response is read to its end`(text: String) {
        #expect(readResponses([bytes(text)[...]]).events.last == "end")
    }

    @Test(arguments: bad)
    func `an invalid response fails`(text: String) {
        #expect(readResponses([bytes(text)[...]]).failed)
    }

    @Test func `a response parses the same for every split`() {
        for text in Self.good + Self.bad {
            let bytes = bytes(text)
            let whole = readResponses([bytes[...]])
            for i in 1..<bytes.count {
                #expect(readResponses([bytes[..<i], bytes[i...]]) == whole, "\(text) at \(i)")
            }
            #expect(readResponses(bytes.indices.map { bytes[$0...$0] }) == whole, "\(text)")
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `mutated responses never crash and parse the same for every split`(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let corpus = (Self.good + Self.bad).map(bytes)
        for round in 0..<5_000 {
            let mutant = mutate(corpus[random.below(corpus.count)], corpus, random)
            let whole = readResponses([mutant[...]])
            let split = readResponses(cut(mutant, random, longest: 9))
            #expect(whole == split, "seed \(seed), round \(round): \(mutant)")
            if whole != split { return }
        }
    }

    private func read(
        _ text: String, to method: HTTPCore.Method
    ) -> (head: ResponseHead?, closed: String, parser: ResponseParser) {
        var parser = ResponseParser(limits: HTTPLimits())
        parser.expectResponse(to: method)
        var head: ResponseHead?
        feed([bytes(text)[...]]) { bytes in
            let (event, consumed) = parser.next(bytes)
            if case .head(let found) = event { head = found }
            if case .needMore = event { return (true, consumed) }
            return (false, consumed)
        }
        let event = parser.closed()
        if case .end = event { return (head, "end", parser) }
        return (head, "failure", parser)
    }

    @Test func `the end of the connection ends only a body without another end`() {
        let head = "HTTP/1.1 200 OK\r\n"
        #expect(read(head + "\r\nabc", to: .get).closed == "end")
        #expect(read(head + "Content-Length: 4\r\n\r\nabc", to: .get).closed == "failure")
        #expect(read(head, to: .get).closed == "failure")
        let chunked = head + "Transfer-Encoding: chunked\r\n\r\n"
        #expect(read(chunked + "3\r\nabc\r\n", to: .get).closed == "failure")
    }

    @Test func `a response to HEAD has a length but no body`() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n"
        let head = read(text, to: .head).head
        #expect(head?.framing == BodyFraming.none)
        #expect(head?.contentLength == 42)
        #expect(head?.keepAlive == true)
    }

    @Test func `bytes without a request fail`() {
        var parser = ResponseParser(limits: HTTPLimits())
        let event = bytes("H").withUnsafeBytes { parser.next($0).event }
        guard case .failure = event else {
            Issue.record("taken")
            return
        }
    }

    @Test(arguments: [
        ("HTTP/1.0", "", false), ("HTTP/1.1", "", true),
        ("HTTP/1.1", "Connection: close\r\n", false),
        ("HTTP/1.1", "Connection: a, Close ,b\r\n", false),
        ("HTTP/1.1", "Connection: closer\r\n", true),
    ])
    func `keep-alive follows version and Connection`(
        version: String, fields: String, keepAlive: Bool
    ) {
        let text = "\(version) 200 OK\r\n\(fields)Content-Length: 0\r\n\r\n"
        #expect(read(text, to: .get).head?.keepAlive == keepAlive)
    }
}
