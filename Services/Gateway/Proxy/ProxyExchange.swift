import EventLoop
import HTTPClient
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit

/// One request on its way through the gateway: both bodies are streamed, each side waits for the
/// other. Every message is framed anew from what was parsed. Belongs to its loop.
final class ProxyExchange: BodyConsumer, ResponseConsumer, @unchecked Sendable {
    private let client: Exchange
    private let requestId: String
    /// Milliseconds without progress after which the upstream has taken too long.
    private let patience: Int
    private let readmit: () throws(Fault) -> Void
    private let refuse: (Fault) -> Void
    private let report: (String) -> Void
    private let route: Route
    private var trace: ProxyTrace
    private var upstream: UpstreamExchange?
    /// What has come of a body that is not passed on yet.
    private var held = ByteBuffer()
    private var isStreaming = false
    private var bodyEnded = false
    private var isRefused = false

    /// Where the request goes.
    struct Route {
        let pool: UpstreamPool
        let authority: String
        let clientAddress: IPAddress?
        /// Makes the whole `Latchkey-Identity` line, when it is sent: a body may have taken longer
        /// than an identity lives.
        let identity: () -> [UInt8]
    }

    /// Bytes of a body that are held back.
    private static let maximumHeld = 64 * 1024

    private static let ownFields: StaticString =
        "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"

    /// - Parameters:
    ///   - report: takes what the operator is to know of a failure.
    ///   - readmit: throws if the client may not ask any more.
    ///   - refuse: answers the client when there is nothing to pass on.
    init(
        _ client: Exchange, to route: Route, requestId: String, patience: Int, trace: ProxyTrace,
        report: @escaping (String) -> Void, readmit: @escaping () throws(Fault) -> Void,
        refuse: @escaping (Fault) -> Void
    ) {
        self.client = client
        self.route = route
        self.requestId = requestId
        self.patience = patience
        self.trace = trace
        self.report = report
        self.readmit = readmit
        self.refuse = refuse
    }

    func start() {
        if client.head.framing == .none { send(.none, body: nil) }
        if client.isOpen, !client.isAnswered { client.readBody(self) }
    }

    /// - Parameters:
    ///   - framing: of what follows by `write`; none if `body` is all of it.
    ///   - body: what has been held back.
    private func send(_ framing: BodyFraming, body: UnsafeRawBufferPointer?) {
        // While the client sends, its own time limits hold; the upstream's begin after that.
        let deadline = framing == .none ? nextDeadline : .distantFuture
        trace.begin()
        let exchange = route.pool.send(
            client.head.method, streaming: framing, deadline: deadline, to: self
        ) { out in
            writeHead(framing == .none && body != nil ? .length(body?.count ?? 0) : framing, &out)
            if framing == .none, let body { out.append(body) }
        }
        // It may have failed at once.
        if client.isOpen, !client.isAnswered { upstream = exchange }
    }

    private var nextDeadline: Ticks { Ticks.now.adding(milliseconds: patience) }

    private func writeHead(_ framing: BodyFraming, _ out: inout ByteBuffer) {
        let head = client.head
        out.append(head.method.name)
        out.append(" " as StaticString)
        head.withTarget { out.append($0) }
        out.append(" HTTP/1.1\r\nHost: " as StaticString)
        out.append(route.authority)
        out.append("\r\n" as StaticString)
        let named = ForwardedFields.connectionNames(head.fields)
        for field in head.fields.fields where ForwardedFields.passesUp(field.name) {
            if !named.isEmpty, named.contains(field.name.rawValue) { continue }
            if field.name == .tracestate, !trace.passesState { continue }
            MessageWriter.field(head.fields, field, into: &out)
        }
        out.append(head.minorVersion == 0 ? "Via: 1.0 latchkey\r\n" : "Via: 1.1 latchkey\r\n")
        if let address = route.clientAddress {
            MessageWriter.field("X-Forwarded-For", address.text, into: &out)
        }
        MessageWriter.field("X-Request-Id", requestId, into: &out)
        trace.writeRequest(into: &out)
        out.append("Latchkey-Deadline: " as StaticString)
        out.append(number: patience)
        out.append("\r\n" as StaticString)
        out.append(route.identity())
        if framing != .none || head.method == .post { MessageWriter.framing(framing, into: &out) }
        out.append("\r\n" as StaticString)
    }

    // MARK: The client's body

    /// A short body is held back until it is complete, so that a slow client keeps no connection
    /// to the upstream from others; a longer one is passed on as it comes.
    func body(_ bytes: UnsafeRawBufferPointer) {
        guard isAdmitted() else { return }
        if isStreaming { return stream(bytes) }
        held.append(bytes)
        guard held.count > Self.maximumHeld else { return }
        isStreaming = true
        send(client.head.framing, body: nil)
        stream(held.readable)
        held = ByteBuffer()
    }

    private func stream(_ bytes: UnsafeRawBufferPointer) {
        guard let upstream, !upstream.write(bytes) else { return }
        // It is the upstream that must go on now.
        upstream.deadline = nextDeadline
        client.pauseBody()
    }

    func bodyEnd() {
        guard client.head.framing != .none, isAdmitted() else { return }
        bodyEnded = true
        if isStreaming {
            upstream?.deadline = nextDeadline
            upstream?.endBody()
        } else {
            send(.none, body: held.readable)
            held = ByteBuffer()
        }
    }

    /// Asked before each part of the body: a revoked token can't finish what it began.
    private func isAdmitted() -> Bool {
        guard !isRefused else { return false }
        do throws(Fault) {
            try readmit()
            return true
        } catch {
            isRefused = true
            trace.cancelled()
            upstream?.cancel()
            upstream = nil
            // A service may have begun to answer before it had the whole body.
            if client.isAnswered { client.abort(401) } else { refuse(error) }
            return false
        }
    }

    func aborted() {
        trace.cancelled()
        upstream?.cancel()
        upstream = nil
    }

    func requestDrained() {
        if !bodyEnded { upstream?.deadline = .distantFuture }
        client.resumeBody()
    }

    // MARK: The upstream's answer

    func head(_ head: ResponseHead) {
        guard head.status != 401 else {
            // It is about the identity that we sent. The client's token is good: a 401 would make
            // him throw it away.
            upstream?.cancel()
            return fail(.malformed, "401: it does not take our identity")
        }
        upstream?.deadline = nextDeadline
        trace.status = head.status
        let named = ForwardedFields.connectionNames(head.fields)
        client.begin(head.status, Self.framing(head, to: client.head.method)) { out in
            for field in head.fields.fields where ForwardedFields.passesDown(field, head.fields) {
                if !named.isEmpty, named.contains(head.fields.name(of: field).lowercased()) {
                    continue
                }
                MessageWriter.field(head.fields, field, into: &out)
            }
            MessageWriter.field("X-Request-Id", requestId, into: &out)
            trace.writeAnswer(into: &out)
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
        trace.ended()
        client.end()
    }

    func failed(_ failure: UpstreamFailure) {
        // Those that opened the breaker have been reported.
        fail(failure, failure == .circuitOpen ? nil : "\(failure)")
    }

    private func fail(_ failure: UpstreamFailure, _ reason: String?) {
        upstream = nil
        trace.failed(failure)
        if let reason { report(reason) }
        let fault = failure.fault()
        if client.isAnswered { client.abort(Problem(fault).status) } else { refuse(fault) }
    }

    func drained() { upstream?.resume() }
}
