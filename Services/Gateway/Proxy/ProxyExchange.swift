import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer

/// One request on its way through the gateway: both bodies are streamed, each side waits for the
/// other. Every message is framed anew from what was parsed. Belongs to its loop.
final class ProxyExchange: BodyConsumer, ResponseConsumer, @unchecked Sendable {
    private let client: Exchange
    private let requestId: String
    /// Milliseconds without progress after which the upstream has taken too long.
    private let patience: Int
    private let refuse: (UpstreamFailure) -> Void
    private let report: (String) -> Void
    private var upstream: UpstreamExchange?

    private static let ownFields: StaticString =
        "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"

    /// - Parameters:
    ///   - report: takes what the operator is to know of a failure.
    ///   - refuse: answers the client when there is nothing to pass on.
    init(
        _ client: Exchange, requestId: String, patience: Int,
        report: @escaping (String) -> Void, refuse: @escaping (UpstreamFailure) -> Void
    ) {
        self.client = client
        self.requestId = requestId
        self.patience = patience
        self.report = report
        self.refuse = refuse
    }

    /// - Parameter identity: the whole `Latchkey-Identity` line.
    func start(_ pool: UpstreamPool, authority: String, identity: [UInt8]) {
        let framing = client.head.framing
        // While the client sends, its own time limits hold; the upstream's begin after that.
        let deadline = framing == .none ? nextDeadline : .distantFuture
        let exchange = pool.send(
            client.head.method, streaming: framing, deadline: deadline, to: self
        ) { writeHead(authority, identity, into: &$0) }
        // It may have failed at once.
        guard client.isOpen, !client.isAnswered else { return }
        upstream = exchange
        client.readBody(self)
    }

    private var nextDeadline: Ticks { Ticks.now.adding(milliseconds: patience) }

    private func writeHead(_ authority: String, _ identity: [UInt8], into out: inout ByteBuffer) {
        let head = client.head
        out.append(head.method.name)
        out.append(" " as StaticString)
        head.withTarget { out.append($0) }
        out.append(" HTTP/1.1\r\nHost: " as StaticString)
        out.append(authority)
        out.append("\r\n" as StaticString)
        let named = ForwardedFields.connectionNames(head.fields)
        for field in head.fields.fields where ForwardedFields.passesUp(field.name) {
            if !named.isEmpty, named.contains(field.name.rawValue) { continue }
            MessageWriter.field(head.fields, field, into: &out)
        }
        out.append(head.minorVersion == 0 ? "Via: 1.0 latchkey\r\n" : "Via: 1.1 latchkey\r\n")
        MessageWriter.field("X-Forwarded-For", client.remoteHost, into: &out)
        MessageWriter.field("X-Request-Id", requestId, into: &out)
        out.append("Latchkey-Deadline: " as StaticString)
        out.append(number: patience)
        out.append("\r\n" as StaticString)
        out.append(identity)
        if head.framing != .none || head.method == .post {
            MessageWriter.framing(head.framing, into: &out)
        }
        out.append("\r\n" as StaticString)
    }

    // MARK: The client's body

    func body(_ bytes: UnsafeRawBufferPointer) {
        if upstream?.write(bytes) == false { client.pauseBody() }
    }

    func bodyEnd() {
        upstream?.deadline = nextDeadline
        upstream?.endBody()
    }

    func aborted() {
        upstream?.cancel()
        upstream = nil
    }

    func requestDrained() { client.resumeBody() }

    // MARK: The upstream's answer

    func head(_ head: ResponseHead) {
        guard head.status != 401 else {
            // It is about the identity that we sent. The client's token is good: a 401 would make
            // him throw it away.
            upstream?.cancel()
            return fail(.malformed, "401: it does not take our identity")
        }
        upstream?.deadline = nextDeadline
        let named = ForwardedFields.connectionNames(head.fields)
        client.begin(head.status, Self.framing(head, to: client.head.method)) { out in
            for field in head.fields.fields where ForwardedFields.passesDown(field.name) {
                if !named.isEmpty, named.contains(head.fields.name(of: field).lowercased()) {
                    continue
                }
                MessageWriter.field(head.fields, field, into: &out)
            }
            MessageWriter.field("X-Request-Id", requestId, into: &out)
            out.append(Self.ownFields)
        }
    }

    /// An answer without a length gets chunks; HEAD keeps the length that GET would have.
    private static func framing(_ head: ResponseHead, to method: Method) -> BodyFraming {
        if method == .head, let length = head.contentLength { return .length(length) }
        return head.framing == .untilClose ? .chunked : head.framing
    }

    func responseBody(_ bytes: UnsafeRawBufferPointer) {
        upstream?.deadline = nextDeadline
        if !client.write(bytes) { upstream?.pause() }
    }

    func end() {
        upstream = nil
        client.end()
    }

    func failed(_ failure: UpstreamFailure) {
        // Those that opened the breaker have been reported.
        fail(failure, failure == .circuitOpen ? nil : "\(failure)")
    }

    private func fail(_ failure: UpstreamFailure, _ reason: String?) {
        upstream = nil
        if let reason { report(reason) }
        if client.isAnswered { client.abort() } else { refuse(failure) }
    }

    func drained() { upstream?.resume() }
}
