import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import Tracing

/// Serves a URL table on one loop: finds the route, admits the caller, reads the body, runs the
/// handler, and turns its errors into problems.
public final class APIHandler: RequestHandler, @unchecked Sendable {  // used on its loop alone
    /// The deadline of a request in milliseconds, if the route has none of its own.
    public static let defaultDeadline = 10_000

    let loop: EventLoop
    let observer: RequestObserver
    var metrics: RouteMetrics { observer.metrics }
    let table: RouteTable
    let authenticator: any Authenticator
    let gate: (any Gate)?
    private let names: RequestNames?
    private var recentPaths = RecentPaths()
    private let logger: Logger
    /// The path of LATCHKEY_PUBLIC_URL, the prefix of every path in links.
    let base: String
    /// The URL of the page about a problem, but for its code.
    let problems: String
    /// The address of what says who issues tokens for this API (RFC 9728); nil if nothing does.
    let resourceMetadata: String?
    private let idempotency: IdempotencyKeys?
    private let bodies: BodyMemory
    private var ids: RequestIDs
    /// Nil if the process belongs to no cell.
    private let term: CellTerm?

    init(
        _ table: RouteTable, on loop: EventLoop, authenticator: any Authenticator,
        idempotency: IdempotencyKeys? = nil, gate: (any Gate)? = nil, names: RequestNames? = nil,
        publicURL: PublicURL? = nil, resourceMetadata: String? = nil, logger: Logger,
        random: any RandomSource,
        tracer: Tracer = Tracer(), bodies: BodyMemory = BodyMemory(),
        traffic: RequestTraffic = RequestTraffic(), term: CellTerm? = nil
    ) {
        self.bodies = bodies
        self.term = term
        self.names = names
        self.resourceMetadata = resourceMetadata
        base = publicURL?.path ?? ""
        problems = (publicURL?.text ?? "") + "/problems/"
        self.idempotency = idempotency
        self.table = table
        self.loop = loop
        self.authenticator = authenticator
        self.gate = gate
        self.logger = logger
        ids = RequestIDs(random: random)
        observer = RequestObserver(
            table.routes.map(\.endpoint), on: loop, logger: logger, tracer: tracer,
            traffic: traffic, isPublic: gate?.isPublic ?? false)
    }

    /// Finds the route and runs it.
    public func handle(_ exchange: Exchange) {
        loop.assertCurrent()
        let requestId = ids.id(of: exchange.head)
        let match = match(exchange)
        let answer = ResponseSink(self, exchange, requestId, observer.begin(exchange.head))
        if case .found(let index, _) = match { answer.route = index }
        observer.watch(answer)
        exchange.answerFields = gate?.fields(for: exchange.head)
        if let refusal = refusal(to: answer) { return answer.giveEarly(.failure(refusal)) }
        switch match {
        case .found(let index, let parameters): run(table.routes[index], parameters, answer)
        case .methodNotAllowed(let allowed): unmatched(refuse(answer, allowed), answer)
        case .notFound: unmatched(unknown(exchange.head), answer)
        }
    }

    /// Why nothing can be answered: another machine does, or may. Asked when a request comes, and
    /// again before its response leaves, as the process may have been paused meanwhile.
    func refusal(to answer: ResponseSink) -> Problem? {
        guard let term, !term.canRead else { return nil }
        if let endpoint = answer.endpoint, Health.ids.contains(endpoint.id) { return nil }
        return Problem(
            Fault(
                .storageUnavailable, retryAfter: 1,
                privateDetail: "this machine does not hold the cell's lease"))
    }

    /// A proxy in front can forward the path of LATCHKEY_PUBLIC_URL, or strip it.
    private func match(_ exchange: Exchange) -> Router.Match {
        let head = exchange.head
        let match = head.withPath { table.router.match(head.method, $0) }
        guard !base.isEmpty, case .notFound = match, exchange.enter(base) else { return match }
        return exchange.head.withPath { table.router.match(head.method, $0) }
    }

    /// The problem for a request that could not be read.
    public func response(to error: HTTPError, _ head: RequestHead?, from peer: Peer) -> Response {
        loop.assertCurrent()
        let requestId = ids.id(of: head)
        let trace = observer.begin(head)
        let problem = counted(Problem(error), head, peer)
        let response = problem.response(
            instance: head.flatMap { $0.pathText.isEmpty ? nil : base + $0.pathText },
            requestId: requestId, page: problems)
        observer.refused(head, peer, problem.status, requestId, trace)
        return Self.finish(response, requestId, trace, isAPI: true)
    }

    /// The problem for a body that could not be read.
    public func response(to error: HTTPError, in exchange: Exchange) -> Response {
        loop.assertCurrent()
        guard let answer = exchange.owner as? ResponseSink else {
            return response(to: error, exchange.head, from: exchange.peer)
        }
        return Self.finish(
            answer.response(to: Problem(error)), answer.shownRequestId, answer.trace, isAPI: true,
            of: answer.endpoint, below: base)
    }

    /// The gate's fields, such as those of CORS.
    public func answerFields(for head: RequestHead) -> (any AnswerFields)? {
        gate?.fields(for: head)
    }

    // MARK: Steps

    private func run(_ route: Route, _ parameters: PathParameters, _ answer: ResponseSink) {
        let session: (any Session)?
        do throws(Fault) {
            switch try admit(route.endpoint, answer) {
            case .admitted(let admitted): session = admitted
            case .unknown: return ask(route, parameters, answer)
            }
        } catch {
            return refuse(error, answer)
        }
        takeBody(route, parameters, answer, session)
    }

    func takeBody(
        _ route: Route, _ parameters: PathParameters, _ answer: ResponseSink,
        _ session: (any Session)?
    ) {
        answer.caller = session?.caller
        let head = answer.exchange.head
        guard head.framing != .none else { return call(route, parameters, answer, session, []) }
        let limit = route.endpoint.bodyLimit ?? .max
        if case .length(let count) = head.framing, count > limit {
            return answer.giveEarly(.failure(Problem(Fault.tooLarge(limit))))
        }
        let lease = BodyLease(bodies, for: caller(route.endpoint, session, answer.exchange))
        answer.lease = lease
        answer.exchange.readBody(
            BodyCollector(head.framing, limit: limit, lease) { [self] body in
                do throws(Fault) {
                    let body = try body.get()
                    guard let session else { return call(route, parameters, answer, nil, body) }
                    guard let current = try authenticator.againNow(head, session) else {
                        return askAgain(route, parameters, answer, body)
                    }
                    try route.endpoint.admit(current.caller)
                    call(route, parameters, answer, current, body)
                } catch {
                    answer.fail(error)
                }
            })
    }

    /// Whose memory limit a body counts against; nil for our services.
    private func caller(
        _ endpoint: Endpoint, _ session: (any Session)?, _ exchange: Exchange
    ) -> CallerKey? {
        if endpoint.access == .service { return nil }
        if let session { return .user(session.caller.userId) }
        return .network((gate?.client(of: exchange) ?? exchange.peer).address.network)
    }

    private enum Admission {
        /// With a session where the route requires a user.
        case admitted((any Session)?)
        /// The caller has to be asked for.
        case unknown
    }

    private func admit(
        _ endpoint: Endpoint, _ answer: ResponseSink
    ) throws(Fault) -> Admission {
        let exchange = answer.exchange
        switch endpoint.access {
        case .user:
            let own: (any Session)?
            do throws(Fault) {
                own = try authenticator.userNow(exchange.head)
            } catch {
                try countAnonymous(error, endpoint, exchange)
                throw error
            }
            guard let own else { return .unknown }
            return .admitted(try admit(own, to: endpoint, answer))
        case .service:
            try authenticator.service(exchange.head)
            return .admitted(nil)
        case .open:
            answer.admission = try gate?.admit(nil, to: endpoint, exchange)
            return .admitted(nil)
        }
    }

    /// Admits the caller whose token it is.
    func admit(
        _ own: any Session, to endpoint: Endpoint, _ answer: ResponseSink
    ) throws(Fault) -> any Session {
        let exchange = answer.exchange
        // The limits are the token's, whoever it acts for.
        answer.admission = try gate?.admit(own, to: endpoint, exchange)
        let session = try authenticator.acting(own, exchange.head)
        try endpoint.admit(session.caller)
        return session
    }

    func call(
        _ route: Route, _ parameters: PathParameters, _ answer: ResponseSink,
        _ session: (any Session)?,
        _ body: [UInt8]
    ) {
        var context = context(route, parameters, answer, session, body)
        guard session != nil, let index = answer.route, let names else {
            return invoke(route, context, answer)
        }
        let places = names.places(in: context, to: index)
        guard !places.isEmpty else { return invoke(route, context, answer) }
        let version = places == .path ? names.version : nil
        if let version, recentPaths.rename(&context, to: index, version) {
            return invoke(route, context, answer)
        }
        guard let found = names.find(in: context, to: index, places) else {
            return invoke(route, context, answer)
        }
        do {
            if let named = try names.resolveNow(found, in: context) {
                if let version {
                    recentPaths.keep(named, asked: context.head, to: index, version)
                }
                return try invoke(route, named: named, answer)
            }
        } catch {
            return answer.fail(error)
        }
        if context.mustAnswerAtOnce { return answer.give(Response(421)) }
        resume(context, answer) { [self, context] in
            try invoke(route, named: try await names.resolve(found, in: context), answer)
        }
    }

    /// Names of ours are longer than others.
    private func invoke(
        _ route: Route, named: RequestContext, _ answer: ResponseSink
    ) throws(Fault) {
        try answer.lease?.grow(toHold: named.body.count)
        invoke(route, named, answer)
    }

    private func invoke(_ route: Route, _ context: RequestContext, _ answer: ResponseSink) {
        if case .raw(let handler) = route.handler { return handler(context, answer.exchange) }
        do throws(Fault) {
            try context.checkQuery()
        } catch {
            return answer.fail(error)
        }
        switch route.handler {
        case .now(let handler):
            do {
                answer.give(try handler(context))
            } catch {
                answer.fail(error)
            }
        case .soon(let now, let later):
            let ignored = answer.ignored
            do {
                if let response = try now(context) { return answer.give(response) }
            } catch {
                return answer.fail(error)
            }
            if context.mustAnswerAtOnce { return answer.give(Response(421)) }
            // What the body has besides is noted again.
            answer.ignored = ignored
            perform(context, answer) { try await later(context) }
        case .later(let handler), .command(let handler):
            perform(context, answer) { try await handler(context) }
        case .change(let handler):
            perform(context, answer) { [self] in
                try await respond(to: context) { try await handler($0).response }
            }
        case .raw: break
        }
    }

    /// Runs an async handler on the loop, and sends its response.
    func perform(
        _ request: RequestContext, _ answer: ResponseSink,
        _ body: @escaping @Sendable () async throws -> Response
    ) {
        resume(request, answer) { answer.give(try await body()) }
    }

    /// Runs an async part of a request on the loop, and sends the problem if it fails.
    func resume(
        _ request: RequestContext, _ answer: ResponseSink,
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        Task(executorPreference: loop) {
            await RequestScope.$current.withValue(RequestScope(request)) {
                do {
                    try await body()
                } catch {
                    answer.fail(error)
                }
            }
        }
    }

    private func respond(
        to request: RequestContext, _ handler: (RequestContext) async throws -> Response
    ) async throws -> Response {
        guard let idempotency else { return try await handler(request) }
        return try await idempotency.answer(request, handler)
    }

    func context(
        _ route: Route, _ parameters: PathParameters, _ answer: ResponseSink,
        _ session: (any Session)?,
        _ body: [UInt8]
    ) -> RequestContext {
        let started = answer.exchange.started
        return RequestContext(
            head: answer.exchange.head, endpoint: route.endpoint, session: session, body: body,
            requestId: answer.requestId,
            deadline: started.adding(milliseconds: Self.milliseconds(answer.exchange.head)),
            parameters: parameters, input: route.input, handler: self,
            answer: answer, trace: answer.trace)
    }

    /// `Latchkey-Deadline`: the milliseconds that the one before us will still wait.
    private static func milliseconds(_ head: RequestHead) -> Int {
        let given = head.fields.withValue(.latchkeyDeadline) { bytes -> Int? in
            guard (1...6).contains(bytes.count) else { return nil }
            return Int(String(decoding: bytes, as: UTF8.self))
        }
        guard let given, let given, given > 0 else { return defaultDeadline }
        return min(given, defaultDeadline)
    }

    // MARK: Answers

    private static let noSniff = Response.Field("X-Content-Type-Options", "nosniff")
    private static let noStore = Response.Field("Cache-Control", "no-store")

    /// The fields of every answer, those of its route included.
    static func finish(
        _ response: Response, _ requestId: String, _ trace: SpanContext, isAPI: Bool,
        of endpoint: Endpoint? = nil, below base: String = ""
    ) -> Response {
        // One new array: the answer's own may be shared by all answers of a route.
        var fields: [Response.Field] = []
        fields.reserveCapacity(response.fields.count + 4)
        fields += response.fields
        fields.append(Response.Field("X-Request-Id", requestId))
        fields.append(Response.Field("traceparent", trace.traceparent))
        fields.append(noSniff)
        // Few routes allow their answers to be stored.
        if isAPI, !response.fields.contains(where: { $0.name == noStore.name }) {
            fields.append(noStore)
        }
        if let deprecation = endpoint?.documentation.deprecation {
            fields += deprecation.fields(below: base)
        }
        return Response(response.status, fields: fields, body: response.body)
    }

    func log(_ error: any Error, _ status: Int, _ answer: ResponseSink) {
        guard status >= 500 else { return }
        // What is no fault was not foreseen; its text may name files and SQL, and is for us.
        let detail = (error as? Fault)?.privateDetail ?? (error as? Fault)?.detail ?? "\(error)"
        logger.error(
            "request failed",
            [
                "status": "\(status)", "error": detail,
                "path": AccessLine.path(of: answer.exchange.head), "requestId": answer.requestId,
            ])
    }
}

extension Caller {
    /// For routes without a user.
    static let nobody = Caller(userId: "", scopes: [])
}
