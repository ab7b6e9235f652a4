import EventLoop
import Glibc
import HTTPCore
import HTTPServer
import TestSupport
import Testing

/// Writes `total` bytes in parts of `part`, as far as it may, then ends.
private func produce(
    _ exchange: Exchange, total: Int, part: Int, sent: Log<Int>, paused: Flag = Flag()
) {
    let sink = Sink()
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: part)
    let go = {
        while sent.value < total {
            sent.change { $0 += part }
            if !bytes.withUnsafeBytes({ exchange.write($0) }) {
                paused.set()
                return
            }
        }
        exchange.end()
    }
    sink.onDrained = go
    exchange.readBody(sink)
    exchange.begin(200, .chunked) { _ in }
    go()
}

private func write(_ exchange: Exchange, _ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { exchange.write($0) }
}

extension Sockets {
    @Suite struct StreamingTests {
        @Test func `each part of an answer is sent without waiting for the next`() async throws {
            let more = Log<Exchange?>(nil)
            try await withServer { exchange in
                exchange.begin(200, .chunked) { MessageWriter.field("X-Part", "1", into: &$0) }
                write(exchange, "one")
                more.change { $0 = exchange }
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                let head = try client.receive(through: "\r\n\r\n")
                #expect(String(decoding: head, as: UTF8.self).contains("X-Part: 1\r\n"))
                #expect(try client.receive(exactly: 8) == Array("3\r\none\r\n".utf8))
                let exchange = try #require(more.value)
                exchange.loop.execute { write(exchange, "two") }
                #expect(try client.receive(exactly: 8) == Array("3\r\ntwo\r\n".utf8))
                exchange.loop.execute { exchange.end() }
                #expect(try client.receive(exactly: 5) == Array("0\r\n\r\n".utf8))
            }
        }

        @Test func `a slow reader pauses the producer, and then gets everything`() async throws {
            let (sent, paused) = (Log(0), Flag())
            let total = 24 << 20
            try await withServer {
                produce($0, total: total, part: 64 << 10, sent: sent, paused: paused)
            } test: { server in
                let client = try RawClient(port: server.port, receiveBuffer: 16 << 10)
                try client.send(get("/"))
                #expect(await eventually { paused.isSet })
                // What the kernel holds for both sides, and the high-water mark.
                #expect(sent.value < 12 << 20)
                let count = try await blocking { try client.response().body.count }
                #expect(count == total)
            }
        }

        @Test func `a fast reader does not make the producer recurse`() async throws {
            let sent = Log(0)
            let total = 16 << 20
            try await withServer {
                produce($0, total: total, part: 100_000, sent: sent)
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                #expect(try client.response().body.count == sent.value)
            }
        }

        @Test func `a client that pipelines without reading is not read from`() async throws {
            let handled = Log(0)
            let body = [UInt8](repeating: 0, count: 256 << 10)
            try await withServer { exchange in
                handled.change { $0 += 1 }
                exchange.respond(Response(200, body: body))
            } test: { server in
                let client = try RawClient(port: server.port, receiveBuffer: 16 << 10)
                let count = 200
                try client.send(String(repeating: get("/"), count: count))
                #expect(await never { handled.value >= 60 }, "the answers would take 50 MiB")
                for _ in 0..<count { #expect(try client.response().body.count == body.count) }
                #expect(handled.value == count)
            }
        }

        @Test func `HTTP/1.0 gets a stream that ends with the connection`() async throws {
            try await withServer { exchange in
                exchange.begin(200, .chunked) { _ in }
                write(exchange, "all")
                exchange.end()
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send("GET / HTTP/1.0\r\n\r\n")
                let response = try client.response()
                #expect(response.field("transfer-encoding") == nil)
                #expect(response.text == "all")
            }
        }

        @Test func `a streamed answer to HEAD has no body`() async throws {
            try await withServer { exchange in
                exchange.begin(200, .length(3)) { _ in }
                write(exchange, "all")
                exchange.end()
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n" + get("/"))
                #expect(try client.response(toHead: true).field("content-length") == "3")
                #expect(try client.response().text == "all")
            }
        }

        @Test func `a stream that breaks its promised length ends the connection`() async throws {
            try await withServer { exchange in
                exchange.begin(200, .length(5)) { _ in }
                write(exchange, exchange.head.pathText == "/long" ? "123456" : "1234")
                exchange.end()
            } test: { server in
                for path in ["/long", "/short"] {
                    let client = try RawClient(port: server.port)
                    try client.send(get(path) + get(path))
                    #expect(throws: RawFailure.self) { try client.response() }
                }
            }
        }

        @Test func `a body without a length closes the connection`() async throws {
            try await withServer { exchange in
                exchange.begin(200, .untilClose) { _ in }
                write(exchange, "all")
                exchange.end()
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                let response = try client.response()
                #expect(response.field("connection") == "close")
                #expect(response.text == "all")
            }
        }
    }
}
