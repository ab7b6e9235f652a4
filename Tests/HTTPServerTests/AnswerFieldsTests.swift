import HTTPCore
import HTTPServer
import TestSupport
import Testing

extension Sockets {
    @Suite struct AnswerFieldsTests {
        /// Repeats the request's `Origin`, so that it shows that it was given the head.
        private struct Echo: AnswerFields {
            func write(for head: RequestHead, into out: inout ByteBuffer) {
                MessageWriter.field("X-Common", head.fields[.origin] ?? "none", into: &out)
            }
        }

        private func common(_ answer: RawResponse) -> [String] {
            answer.fields.filter { $0.name == "x-common" }.map(\.value)
        }

        @Test(arguments: ["/whole", "/parts", "/bad"])
        func `response fields are sent once, however a response is given`(path: String) async throws
        {
            try await withServer(handler: { exchange in
                exchange.answerFields = Echo()
                switch exchange.head.pathText {
                case "/whole": exchange.respond(Response(200, body: [1]))
                case "/parts":
                    exchange.begin(200, .chunked) { _ in }
                    exchange.end()
                default: exchange.readBody(Sink())
                }
            }) { server in
                let port = server.port
                let answer = try await blocking {
                    let client = try RawClient(port: port)
                    try client.send(
                        "POST \(path) HTTP/1.1\r\nHost: t\r\nOrigin: o\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\nnot a chunk\r\n")
                    return try client.response()
                }
                #expect(answer.status == (path == "/bad" ? 400 : 200))
                #expect(common(answer) == ["o"])
            }
        }
    }
}
