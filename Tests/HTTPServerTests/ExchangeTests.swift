import EventLoop
import HTTPCore
import HTTPServer
import TestSupport
import Testing

extension Sockets {
    @Suite struct ExchangeTests {
        @Test func `GET is answered with a date and a length, and the connection stays open`()
            async throws
        {
            try await withServer(handler: echo) { server in
                let client = try RawClient(port: server.port)
                for path in ["/a", "/b", "/c"] {
                    try client.send(get(path))
                    let response = try client.response()
                    #expect(response.status == 200)
                    #expect(response.text == "GET \(path) ")
                    #expect(response.field("date")?.hasSuffix(" GMT") == true)
                    #expect(response.field("connection") == nil)
                }
            }
        }

        @Test func `pipelined requests are answered in their order`() async throws {
            try await withServer { exchange in
                let path = exchange.head.pathText
                // Every other answer comes later.
                guard path.last.map({ "02468".contains($0) }) == true else { return echo(exchange) }
                Task(executorPreference: exchange.loop) {
                    await exchange.loop.sleep(milliseconds: 3)
                    echo(exchange)
                }
            } test: { server in
                let client = try RawClient(port: server.port)
                let paths = (0..<40).map { "/\($0)" }
                try client.send(paths.map { get($0) }.joined())
                for path in paths { #expect(try client.response().text == "GET \(path) ") }
            }
        }

        @Test func `bodies with a length and in chunks arrive whole`() async throws {
            try await withServer(handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send(post("/p", "hello"))
                #expect(try client.response().text == "POST /p hello")
                try client.send(
                    "POST /q HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n" + get("/next"))
                #expect(try client.response().text == "POST /q abcde")
                #expect(try client.response().text == "GET /next ")
            }
        }

        @Test func `a request may come in single bytes`() async throws {
            try await withServer(handler: echo) { server in
                let client = try RawClient(port: server.port)
                for byte in Array((post("/slow", "body") + get("/after")).utf8) {
                    try client.send([byte])
                    await Task.yield()
                }
                #expect(try client.response().text == "POST /slow body")
                #expect(try client.response().text == "GET /after ")
            }
        }

        @Test func `a large body passes in pieces`() async throws {
            try await withServer { exchange in
                let sink = Sink()
                sink.onEnd = {
                    exchange.respond(
                        Response(200, body: Array("\(sink.log.value.bytes.count)".utf8)))
                }
                exchange.readBody(sink)
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(post("/", String(repeating: "x", count: 1 << 20)))
                #expect(try client.response().text == "\(1 << 20)")
                try client.send(get("/"))
                #expect(try client.response().text == "0")
            }
        }

        @Test func `HEAD has the length of GET and no body`() async throws {
            try await withServer(handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send("HEAD /h HTTP/1.1\r\nHost: t\r\n\r\n" + get("/after"))
                let response = try client.response(toHead: true)
                #expect(response.field("content-length") == "8")
                #expect(try client.response().text == "GET /after ")
            }
        }

        @Test func `204 and 304 have neither length nor body`() async throws {
            try await withServer { exchange in
                let status = exchange.head.pathText == "/204" ? 204 : 304
                exchange.respond(Response(status, body: Array("ignored".utf8)))
            } test: { server in
                let client = try RawClient(port: server.port)
                for status in [204, 304] {
                    try client.send(get("/\(status)"))
                    let response = try client.response()
                    #expect(response.status == status)
                    #expect(response.field("content-length") == nil)
                }
            }
        }

        @Test func `100 Continue is sent when the body is wanted`() async throws {
            try await withServer(handler: echo) { server in
                let client = try RawClient(port: server.port)
                let head = post("/e", "body", "Expect: 100-continue\r\n").dropLast(4)
                try client.send(String(head))
                #expect(try client.response().status == 100)
                try client.send("body")
                #expect(try client.response().text == "POST /e body")
            }
        }

        @Test func `an unused body gets no 100 Continue`() async throws {
            try await withServer {
                $0.respond(Response(403))
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(String(post("/e", "body", "Expect: 100-continue\r\n").dropLast(4)))
                let response = try client.response()
                #expect(response.status == 403)
                #expect(response.field("connection") == "close")
                #expect(client.whatHappens() == .ended)
            }
        }

        @Test func `HTTP/1.0 and Connection close end the connection after the answer`()
            async throws
        {
            try await withServer(handler: echo) { server in
                for request in [
                    "GET / HTTP/1.0\r\n\r\n", get("/", "Connection: close\r\n"),
                    post("/", "body", "Connection: close\r\n"),
                ] {
                    let client = try RawClient(port: server.port)
                    try client.send(request)
                    let response = try client.response()
                    #expect(response.status == 200)
                    #expect(response.field("connection") == "close")
                    #expect(client.whatHappens() == .ended)
                }
            }
        }

        @Test func `an orderly close is noticed`() async throws {
            var options = ServerOptions()
            options.lingerTimeout = 100
            try await withServer(options, handler: echo) { server in
                let client = try RawClient(port: server.port)
                try client.send(post("/", "body", "Connection: close\r\n"))
                #expect(try client.response().status == 200)
                // The client keeps its side open: the server does not wait for ever.
                #expect(await eventually { await server.connectionCount() == 0 })
            }
        }

        @Test func `a client that has shut its sending side gets all its answers`() async throws {
            try await withServer { exchange in
                Task(executorPreference: exchange.loop) {
                    await exchange.loop.sleep(milliseconds: 5)
                    echo(exchange)
                }
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/1") + get("/2") + post("/3", "x"))
                client.shutdownWrite()
                #expect(try client.response().text == "GET /1 ")
                #expect(try client.response().text == "GET /2 ")
                #expect(try client.response().text == "POST /3 x")
                #expect(client.whatHappens() == .ended)
            }
        }

        @Test func `an end that arrives with the request is noticed`() async throws {
            let loop = Log<EventLoop?>(nil)
            try await withServer { exchange in
                loop.change { $0 = exchange.loop }
                echo(exchange)
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/"))
                #expect(try client.response().status == 200)
                // While the loop is held up, request and end become one event.
                try #require(loop.value).execute { pauseThread(milliseconds: 100) }
                try client.send(get("/last"))
                client.shutdownWrite()
                #expect(try client.response().text == "GET /last ")
                #expect(client.whatHappens() == .ended)
            }
        }

        @Test func `a malformed request gets 400 and nothing after it is read`()
            async throws
        {
            let handled = Log(0)
            try await withServer { exchange in
                handled.change { $0 += 1 }
                echo(exchange)
            } test: { server in
                let client = try RawClient(port: server.port)
                try client.send(get("/ok") + "GET / HTTP/1.1\r\nHost : x\r\n\r\n" + get("/never"))
                #expect(try client.response().status == 200)
                let refusal = try client.response()
                #expect(refusal.status == 400)
                #expect(refusal.field("connection") == "close")
                #expect(client.whatHappens() == .ended)
                #expect(handled.value == 1)
            }
        }

        @Test func `a response can come from another thread by the loop`() async throws {
            try await withServer { exchange in
                onThread { exchange.loop.execute { exchange.respond(Response(202)) } }
            } test: { server in
                let client = try RawClient(port: server.port)
                for _ in 0..<5 {
                    try client.send(get("/"))
                    #expect(try client.response().status == 202)
                }
            }
        }

        @Test func `many connections on several loops are all served`() async throws {
            try await withServer(loops: 3, handler: echo) { server in
                let clients = try (0..<60).map { _ in try RawClient(port: server.port) }
                for (i, client) in clients.enumerated() { try client.send(get("/\(i)")) }
                for (i, client) in clients.enumerated() {
                    #expect(try client.response().text == "GET /\(i) ")
                }
                #expect(await server.connectionCount() == 60)
            }
        }
    }
}
