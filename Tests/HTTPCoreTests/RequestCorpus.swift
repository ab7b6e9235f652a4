/// Requests with what must become of them: 0 is taken, anything else the status of the refusal.
enum RequestCorpus {
    static let host = "Host: example.com\r\n"

    static func get(_ fields: String, _ target: String = "/", _ version: String = "1.1") -> String {
        "GET \(target) HTTP/\(version)\r\n\(fields)\r\n"
    }

    private static func chunked(_ body: String) -> String {
        "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n\(body)"
    }

    private static func length(_ value: String, _ body: String = "") -> String {
        "POST / HTTP/1.1\r\n\(host)Content-Length:\(value)\r\n\r\n\(body)"
    }

    static let lines: [(String, Int)] = [
        (get(host), 0),
        ("\r\n\r\n" + get(host), 0),
        ("\r\n\r\n\r\n" + get(host), 400),
        ("\n" + get(host), 400),
        ("\r" + get(host), 400),
        (" " + get(host), 400),
        ("GET  / HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET / HTTP/1.1 \r\n\(host)\r\n", 400),
        ("GET\t/ HTTP/1.1\r\n\(host)\r\n", 400),
        ("GET / HTTP/1.1\n\(host)\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("GET / http/1.1\r\n\(host)\r\n", 400),
        ("GET / HTTP/1.10\r\n\(host)\r\n", 400),
        ("GET / HTTP/01.1\r\n\(host)\r\n", 400),
        (get(host, "/", "2.0"), 505),
        (get(host, "/", "1.2"), 505),
        (get("", "/", "1.0"), 0),
        ("G@T / HTTP/1.1\r\n\(host)\r\n", 400),
        ("PROPFIND / HTTP/1.1\r\n\(host)\r\n", 0),
        ("get / HTTP/1.1\r\n\(host)\r\n", 0),
        ("CONNECT a:1 HTTP/1.1\r\n\(host)\r\n", 501),
        ("OPTIONS * HTTP/1.1\r\n\(host)\r\n", 0),
        ("GET * HTTP/1.1\r\n\(host)\r\n", 400),
        (get(host, "http://example.com/a?b"), 0),
        (get(host, "HTTPS://EXAMPLE.com/"), 0),
        (get(host, "http://other.com/"), 400),
        (get(host, "http://example.com"), 400),
        (get(host, "ftp://example.com/"), 400),
        (get(host, "a"), 400),
        (get(host, "/\u{e9}"), 400),
        (get(host, "/a#b"), 400),
        (get(host, "/a b"), 400),
        (get(host, "/" + String(repeating: "a", count: 8191)), 0),
        (get(host, "/" + String(repeating: "a", count: 8192)), 414),
        (get(host, "/" + String(repeating: "a", count: 9000)), 414),
    ]

    static let fields: [(String, Int)] = [
        (get(""), 400),
        (get(host + host), 400),
        (get("Host:\r\n"), 400), (get("Host: \t\r\n"), 400),
        (get("Host: a b\r\n"), 400),
        (get("Host: a:99999\r\n"), 400),
        (get("hOsT:\texample.com \t\r\n"), 0),
        (get("Host : a\r\n"), 400),
        (get(host + " folded: x\r\n"), 400),
        (get(host + "A: b\r\n\tc\r\n"), 400),
        (get(host + ": empty\r\n"), 400),
        (get(host + "NoColon\r\n"), 400),
        (get(host + "A b: c\r\n"), 400),
        (get(host + "A: b\u{0}c\r\n"), 400),
        (get(host + "A: b\rc\r\n"), 400),
        (get(host + "A: b\nC: d\r\n"), 400),
        (get(host + "A: \u{7f}\r\n"), 400),
        (get(host + "A: \u{e9} \t x\r\n"), 0),
        (get(host + "A:\r\nB:\r\n"), 0),
        (get(host + String(repeating: "A: b\r\n", count: 99)), 0),
        (get(host + String(repeating: "A: b\r\n", count: 100)), 431),
        (get(host + "A: " + String(repeating: "b", count: 17_000) + "\r\n"), 431),
        (get(host + "Expect: 100-continue\r\n"), 0),
        (get(host + "Expect: the-best\r\n"), 417),
        (get(host + "Connection: keep-alive, CLOSE\r\n"), 0),
        (get(host + "Authorization: a\r\nAuthorization: b\r\n"), 400),
    ]

    static let bodies: [(String, Int)] = [
        (length(" 5", "hello"), 0),
        (length("5\t ", "hello"), 0),
        (length(" 0"), 0),
        (length(" 005", "hello"), 0),
        (length(""), 400),
        (length(" +5", "hello"), 400),
        (length(" -5"), 400),
        (length(" 5 5", "hello"), 400),
        (length(" 5, 5", "hello"), 400),
        (length(" 0x5", "hello"), 400),
        (length(" 5\r\nContent-Length: 5", "hello"), 400),
        (length(" 1048577"), 413),
        (length(" 99999999999999999999999"), 413),
        (length(" 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
        (chunked("5\r\nhello\r\n0\r\n\r\n"), 0),
        (chunked("005\r\nhello\r\n000\r\n\r\n"), 0),
        (chunked("a;x=y;z=\"q;\\\" \"\r\n0123456789\r\n0;last\r\nA: b\r\n\r\n"), 0),
        (chunked("5\nhello\r\n0\r\n\r\n"), 400),
        (chunked("5\r\nhelloX0\r\n\r\n"), 400),
        (chunked("5\r\nhello\r0\r\n\r\n"), 400),
        (chunked("5\r\nhello\n0\r\n\r\n"), 400),
        (chunked("+5\r\nhello\r\n0\r\n\r\n"), 400),
        (chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400),
        (chunked("5 \r\nhello\r\n0\r\n\r\n"), 400),
        (chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400),
        (chunked("\r\n"), 400),
        (chunked(";x\r\n"), 400),
        (chunked("-1\r\n"), 400),
        (chunked("7fffffffffffffff\r\n"), 400),
        (chunked("ffffffffffffffff0\r\n"), 400),
        (chunked("100001\r\n"), 413),
        (chunked("5;" + String(repeating: "x", count: 300) + "\r\nhello\r\n0\r\n\r\n"), 400),
        (chunked("0\r\nBad Trailer: x\r\n\r\n"), 400),
        (chunked("0\r\nA: b\n\r\n"), 400),
        (chunked("0\r\n" + String(repeating: "A: b\r\n", count: 101) + "\r\n"), 431),
        ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 0),
        ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: xchunked\r\n\r\n", 400),
        (
            "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400
        ),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ]

    static let all = lines + fields + bodies
}
