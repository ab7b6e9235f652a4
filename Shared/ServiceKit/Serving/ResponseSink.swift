import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import Tracing

/// Sends the response to one request. Belongs to its loop.
final class ResponseSink: @unchecked Sendable {
    let exchange: Exchange
    let requestId: String
    /// Our span of the request.
    let trace: SpanContext
    /// Set after authentication.
    var caller: Caller?
    /// What the gate holds until the response is complete.
    var admission: AnyObject?
    /// A preflight request of CORS.
    var isPreflight = false
    /// The memory of the request's body.
    var lease: BodyLease?
    /// Index in the table.
    var route: Int?
    /// What is unknown in the request, and is ignored as its client prefers.
    var ignored: [String] = []
    private let handler: APIHandler

    init(
        _ handler: APIHandler, _ exchange: Exchange, _ requestId: String, _ trace: SpanContext
    ) {
        self.handler = handler
        self.exchange = exchange
        self.requestId = requestId
        self.trace = trace
    }

    /// The client's address, if known: services get it from the gateway.
    var client: String {
        if let gate = handler.gate { return gate.client(of: exchange).host }
        guard caller != nil else { return exchange.peer.host }
        return exchange.head.fields[.xForwardedFor] ?? exchange.peer.host
    }

    /// Services get requests with some external ids resolved, and what the client sent from the
    /// gateway.
    var asked: AskedTarget {
        let head = exchange.head
        guard handler.gate == nil, caller != nil, let target = head.fields[.latchkeyTarget] else {
            return AskedTarget(head)
        }
        return AskedTarget(target)
    }

    /// Whose limits the request counts against.
    var origin: Peer { handler.gate?.client(of: exchange) ?? exchange.peer }

    func give(_ response: Response) {
        if let refusal = handler.refusal(to: self) { return send(self.response(to: refusal)) }
        send(response)
    }

    private func send(_ response: Response) {
        exchange.loop.assertCurrent()
        let isAPI = exchange.head.withPath { $0.starts(with: "/api/".utf8) }
        do throws(Fault) {
            let current = try response.conditional(on: exchange.head).ignoring(ignored)
            exchange.respond(
                APIHandler.finish(
                    current.located(below: handler.base), shownRequestId, trace,
                    isAPI: isAPI || errors != .problems, of: endpoint, below: handler.base))
        } catch {
            send(self.response(to: Problem(error)))
        }
    }

    /// The declaration of the route; nil where none was found.
    var endpoint: Endpoint? { route.map { handler.table.routes[$0].endpoint } }

    /// How to answer errors: a standard with rules of its own can say it, also where nothing is.
    private var errors: Endpoint.Errors {
        endpoint?.errors ?? exchange.head.withPath { handler.table.errors(below: $0) }
    }

    /// As the response has it. The log has one of ours where the client's is no text of ours.
    var shownRequestId: String {
        guard errors != .problems else { return requestId }
        return exchange.head.ownRequestId ?? requestId
    }

    func give(_ problem: Problem) { give(response(to: problem)) }

    func response(to problem: Problem) -> Response {
        let problem = problem.challenging(with: handler.resourceMetadata)
        switch errors {
        case .text: return problem.text
        case .oauth: return problem.oauth
        case .scim: return problem.scim
        case .problems: break
        }
        return problem.response(
            instance: handler.base + asked.path, requestId: requestId,
            page: handler.problems)
    }

    /// A response that the head alone decides. A short body is read first, so that malformed
    /// bodies are refused as such, and the connection can be kept.
    func giveEarly(_ result: Result<Response, Problem>) {
        exchange.loop.assertCurrent()
        let head = exchange.head
        guard !head.expectsContinue, BodySkipper.canSkip(head.framing) else { return give(result) }
        exchange.readBody(BodySkipper { self.give(result) })
    }

    private func give(_ result: Result<Response, Problem>) {
        switch result {
        case .success(let response): give(response)
        case .failure(let problem): give(problem)
        }
    }

    func fail(_ error: any Error) {
        exchange.loop.assertCurrent()
        var problem = Problem(error)
        if let route {
            let input = handler.table.routes[route].input
            problem.place(input.placed)
        }
        handler.log(error, problem.status, self)
        give(problem)
    }
}

extension Response {
    /// The answer with a `Location` of ours as clients have to ask for it.
    fileprivate func located(below base: String) -> Response {
        guard !base.isEmpty, value("Location")?.hasPrefix("/") == true else { return self }
        var response = self
        response.fields = fields.map {
            $0.name == "Location" ? Field($0.name, base + $0.value) : $0
        }
        return response
    }
}

extension RequestHead {
    /// Longer ones are not sent back.
    private static let longestRequestId = 1_024

    /// The client's `X-Request-Id`: visible characters and spaces.
    fileprivate var ownRequestId: String? {
        guard fields.count(of: .xRequestId) == 1 else { return nil }
        return fields.withValue(.xRequestId) { bytes -> String? in
            guard (1...Self.longestRequestId).contains(bytes.count),
                bytes.allSatisfy({ (0x20...0x7E).contains($0) })
            else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        } ?? nil
    }
}
