import Synchronization
import TestSupport

/// A scripted server: responds like storage unless told otherwise.
final class FakeStorage: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let head: String
        let body: [UInt8]
    }

    /// The whole response to a request; nil to respond like storage.
    typealias Script = @Sendable (RawClient, Request) throws -> String?

    private final class Stored: Sendable {
        let requests = Mutex<[Request]>([])
        let objects = Mutex<[String: [UInt8]]>([:])
    }

    private let server: RawServer
    private let stored: Stored
    var port: UInt16 { server.port }
    var requests: [Request] { stored.requests.withLock { $0 } }
    var methods: [String] { requests.map(\.method) }
    var objects: [String] { stored.objects.withLock { $0.keys.sorted() } }

    init(_ script: @escaping Script = { _, _ in nil }) {
        let stored = Stored()
        self.stored = stored
        server = RawServer { connection, _ in
            while true {
                let head = String(
                    decoding: try connection.receive(through: "\r\n\r\n"), as: UTF8.self)
                let length = head.firstMatch(of: /(?i)content-length: ([0-9]+)/)?.output.1 ?? "0"
                let words = head.split(separator: " ", maxSplits: 2)
                let request = Request(
                    method: String(words[0]), path: String(words[1]), head: head,
                    body: try connection.receive(exactly: Int(length) ?? 0))
                stored.requests.withLock { $0.append(request) }
                let answer = try script(connection, request)
                try connection.send(answer.map { Array($0.utf8) } ?? Self.answer(request, stored))
            }
        }
    }

    deinit { server.stop() }

    private static func answer(_ request: Request, _ stored: Stored) -> [UInt8] {
        stored.objects.withLock { objects in
            switch request.method {
            case "PUT":
                objects[request.path] = request.body
                return Array(error(200, nil).utf8)
            case "GET":
                let body = objects[request.path] ?? []
                return Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
            default:
                objects[request.path] = nil
                return Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)
            }
        }
    }

    /// A response with S3's error document for a code.
    static func error(_ status: Int, _ code: String?, _ fields: String = "") -> String {
        let body = code.map {
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>\($0)</Code><Message>secret words</Message></Error>
            """
        }
        return "HTTP/1.1 \(status) X\r\n\(fields)Content-Length: \(body?.utf8.count ?? 0)\r\n\r\n"
            + (body ?? "")
    }
}
