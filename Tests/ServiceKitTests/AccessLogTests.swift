import Contract
import EventLoop
import HTTPCore
import Kernel
import TestSupport
import Testing
import Tracing

@testable import ServiceKit

private let time = "2026-01-15T09:00:00.000Z"
private let trace = SpanContext(traceHigh: 0xAB, traceLow: 0xCD, spanId: 3, isSampled: true)

@Suite struct AccessLineTests {
    private func line(_ target: String = "/api/things/7") throws -> AccessLine {
        var line = AccessLine(try head(target), 200, "request-1", trace)
        line.route = "/api/things/{id}"
        line.nanoseconds = 1_234_567
        line.bytes = 312
        line.caller = Caller(userId: "usr_1", tokenId: "tok_1")
        line.client = "127.0.0.1"
        return line
    }

    private func written(_ line: AccessLine, _ format: Logger.Format) -> String {
        var out = ByteBuffer()
        switch format {
        case .json: line.json(time, "test", into: &out)
        case .text: line.text(time, "test", into: &out)
        }
        return String(decoding: out.readable, as: UTF8.self)
    }

    @Test func `JSON for machines`() throws {
        #expect(
            written(try line(), .json) == """
                {"time":"2026-01-15T09:00:00.000Z","level":"info","service":"test",\
                "message":"request","requestId":"request-1",\
                "traceId":"00000000000000ab00000000000000cd","method":"GET",\
                "route":"/api/things/{id}","path":"/api/things/7","status":200,\
                "durationMs":1.235,"bytes":312,"userId":"usr_1","tokenId":"tok_1",\
                "client":"127.0.0.1"}

                """)
    }

    @Test func `text for people`() throws {
        #expect(
            written(try line(), .text) == """
                2026-01-15T09:00:00.000Z info test: GET /api/things/7 200 1.2ms 312B user=usr_1 \
                request=request-1

                """)
    }

    @Test func `unknown members are left out`() throws {
        var quiet = AccessLine(nil, 400, "r", trace)
        quiet.isQuiet = true
        #expect(
            written(quiet, .json) == """
                {"time":"2026-01-15T09:00:00.000Z","level":"debug","service":"test",\
                "message":"request","requestId":"r",\
                "traceId":"00000000000000ab00000000000000cd","status":400}

                """)
        #expect(written(quiet, .text) == "\(time) debug test: 400 request=r\n")
        let unknown = AccessLine(try head("/nothing"), 404, "r", trace)
        let json = JSONValue(Array(written(unknown, .json).utf8))
        #expect(json?["route"]?.string == "unmatched" && json?["userId"] == nil)
    }

    @Test(arguments: [
        (0, "0.000"), (499, "0.000"), (500, "0.001"), (1_000, "0.001"), (12_000, "0.012"),
        (999_499, "0.999"), (1_000_000, "1.000"), (60_000_000_000, "60000.000"),
    ])
    func `a duration is a number of milliseconds`(nanoseconds: Int, text: String) throws {
        var line = try line()
        line.nanoseconds = nanoseconds
        #expect(written(line, .json).contains("\"durationMs\":\(text),"))
    }

    @Test func `logged paths are shortened and contain no token`() throws {
        for target in ["/api/sk_live_x", "/st_live_/a", "/_live_", "/a_b_live_c?x=1"] {
            #expect(AccessLine.path(of: try head(target)) == "(held a token)")
        }
        for target in ["/_live", "/a_liv_e", "/live_", "/a__lived"] {
            #expect(AccessLine.path(of: try head(target)) == target)
        }
        // The query may hold anything and is left out.
        #expect(AccessLine.path(of: try head("/a?token=sk_live_x")) == "/a")
        let long = "/" + String(repeating: "x", count: 5_000)
        #expect(AccessLine.path(of: try head(long)).utf8.count == 1_024)
    }
}

@Suite struct AccessLogTests {
    private let book = LogBook()
    private let routes = [
        Route.now(
            Endpoint(
                "thing", .get, "/api/things/{id}", summary: "", query: [Member("x", "A text.")])
        ) { _ in
            .json(["a": "b"])
        },
        Route.now(Endpoint("fail", .get, "/fail", access: .open, summary: "")) { _ in
            throw Fault(.unavailable, code: "x", "Down.", privateDetail: "why")
        },
    ]

    /// The request lines, in the order in which they were written.
    private var requests: [JSONValue] {
        book.text.split(separator: "\n").compactMap { JSONValue(Array($0.utf8)) }
            .filter { $0["message"]?.string == "request" }
    }

    @Test func `a request is one line`() async throws {
        try await withAPI(routes, logger: book.logger(.info)) { api, _ in
            let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
            let answer = try await api.call(
                "GET", "/api/things/7?x=secret", token: "ann",
                fields: ["X-Request-Id: mine", "traceparent: \(parent)"])
            #expect(answer.status == 200)
            #expect(await eventually { requests.count == 1 })
            let line = try #require(requests.first)
            #expect(line["requestId"]?.string == "mine" && line["method"]?.string == "GET")
            #expect(line["traceId"]?.string == "4bf92f3577b34da6a3ce929d0e0e4736")
            #expect(line["route"]?.string == "/api/things/{id}")
            #expect(line["path"]?.string == "/api/things/7")
            #expect(line["status"]?.int == 200 && line["bytes"]?.int == answer.body.count)
            #expect(line["userId"]?.string == "ann" && line["client"]?.string == "127.0.0.1")
            #expect(line["level"]?.string == "info" && line["durationMs"] != nil)
            #expect(!book.text.contains("secret"))
        }
    }

    @Test func `refused requests are logged with the request id of the response`() async throws {
        try await withAPI(routes, logger: book.logger(.info)) { api, _ in
            let requests = [
                "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", "GET /fail HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/things/1 HTTP/1.1\r\nHost: x\r\n\r\n", "no request\r\n\r\n",
                "GET /fail HTTP/1.1\r\n\r\n",
                // Found out while the body is read.
                "GET /nothing HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            ]
            for (index, request) in requests.enumerated() {
                let answer = try await api.send(request)
                let id = try #require(answer.field("x-request-id"))
                let trace = try #require(answer.field("traceparent")).split(separator: "-")[1]
                #expect(await eventually { self.requests.count == index + 1 })
                let line = try #require(self.requests.last)
                #expect(line["requestId"]?.string == id && line["traceId"]?.string == String(trace))
                #expect(line["status"]?.int == answer.status && line["userId"] == nil)
            }
        }
    }

    @Test func `health checks are logged at debug`() async throws {
        let health = Health([], logger: book.logger(.info)) { _ in }
        for level in [Logger.Level.info, .debug] {
            try await withAPI(health.routes + routes, logger: book.logger(level)) { api, _ in
                for path in ["/healthz", "/readyz", "/metrics", "/nothing"] {
                    _ = try await api.call("GET", path)
                }
            }
            // Stopping has written all of them.
            #expect(requests.count == (level == .info ? 1 : 5), "\(level)")
        }
        #expect(requests.filter { $0["level"]?.string == "debug" }.count == 3)
    }

    @Test func `lines are written in batches and never split`() async throws {
        try await withAPI(routes, logger: book.logger(.info)) { api, _ in
            let one = "GET /api/things/7 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ann\r\n"
            let all = String(repeating: one + "\r\n", count: 99) + one + "Connection: close\r\n\r\n"
            _ = try await api.send(all)
        }
        #expect(requests.count == 100)
        #expect(book.lines.count < 50, "\(book.lines.count) writes")
        #expect(book.lines.allSatisfy { $0.hasSuffix("}\n") && $0.utf8.count <= 4_096 })
    }

    @Test func `dropped lines are counted`() async throws {
        let logger = Logger(service: "test", output: { _ -> Bool in false })
        logger.info("lost")
        try await withAPI(routes, logger: logger) { api, _ in
            for _ in 0..<3 {
                let answer = try await api.call("GET", "/nothing")
                #expect(answer.status == 404)
            }
        }
        #expect(logger.droppedLines == 4)
        var text = MetricsText()
        text.observation(logger, nil)
        #expect(text.text.contains("latchkey_log_lines_dropped_total 4\n"))
    }
}
