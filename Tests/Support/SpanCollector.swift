import Synchronization

/// Stands for an OpenTelemetry collector: keeps the documents, answers with `status`.
public final class SpanCollector: Sendable {
    private let server: RawServer
    private let kept: Kept

    public var port: UInt16 { server.port }
    public var documents: [JSONValue] {
        kept.list.withLock { list in
            for index in list.indices { list[index].read() }
            return list.compactMap(\.document)
        }
    }
    public var heads: [String] { kept.heads.withLock { $0 } }
    /// All spans, in the order of their arrival.
    public var spans: [JSONValue] {
        documents.flatMap { document in
            document["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.items ?? []
        }
    }

    /// - Parameter delay: milliseconds before an answer.
    public init(status: Int = 200, delay: UInt32 = 0) {
        let kept = Kept()
        self.kept = kept
        server = RawServer { connection, _ in
            while true {
                let bytes = try connection.receive(through: "\r\n\r\n")
                let head = String(decoding: bytes, as: UTF8.self)
                let length = head.firstMatch(of: /Content-Length: ([0-9]+)/)?.output.1 ?? "0"
                let body = try connection.receive(exactly: Int(length) ?? 0)
                kept.heads.withLock { $0.append(head) }
                kept.list.withLock { $0.append(Received(body: body)) }
                pauseThread(milliseconds: delay)
                try connection.send("HTTP/1.1 \(status) X\r\nContent-Length: 2\r\n\r\n{}")
            }
        }
    }

    public func stop() { server.stop() }

    /// Read when somebody looks: reading 512 spans takes long enough to keep a busy machine's
    /// exporter waiting until it gives up.
    private struct Received {
        var body: [UInt8]?
        var document: JSONValue?

        mutating func read() {
            guard let body else { return }
            document = JSONValue(body)
            self.body = nil
        }
    }

    private final class Kept: Sendable {
        let list = Mutex<[Received]>([])
        let heads = Mutex<[String]>([])
    }
}

/// A span as its document has it.
extension JSONValue {
    public var spanId: String? { self["spanId"]?.string }
    public var parentId: String? { self["parentSpanId"]?.string }
    public var traceId: String? { self["traceId"]?.string }
    public var spanName: String? { self["name"]?.string }

    /// The text or the digits of a span's attribute.
    public func attribute(_ key: String) -> String? {
        let value = self["attributes"]?.items.first { $0["key"]?.string == key }?["value"]
        return value?["stringValue"]?.string ?? value?["intValue"]?.string
    }
}
