import Contract
import EventLoop
import HTTPClient
import HTTPCore
import Kernel
import Tracing

/// Calls another service of ours: signed, JSON both ways, with a deadline.
public struct ServiceClient: Sendable {
    /// The deadline of a query in milliseconds; the caller then shows "not known at the moment".
    public static let queryDeadline = 1_000
    /// The deadline of a call that changes something, in milliseconds.
    public static let commandDeadline = 5_000
    /// How long before the client's deadline a call ends, in milliseconds: a loop sees that
    /// a deadline has passed up to 100 later.
    static let margin = 150

    private let client: HTTPClient
    private let signer: IdentitySigner
    private let audience: String
    private let tracer: Tracer
    private let meter = UpstreamMeter()
    private let breaker: NeighbourBreaker?

    /// - Parameters:
    ///   - audience: the name of the service that is called.
    ///   - hasBreaker: false for callers who pause by themselves when it fails.
    ///   - patience: milliseconds for which calls wait while the service accepts no connections, as
    ///     while it restarts; that time is no part of their deadline.
    ///   - maximumBody: bytes of an answer.
    public init(
        _ audience: String, at url: ServiceURL, signer: IdentitySigner, on group: EventLoopGroup,
        tracer: Tracer = Tracer(), hasBreaker: Bool = true, patience: Int = 0,
        maximumBody: Int = 8 * 1024 * 1024
    ) {
        self.audience = audience
        self.tracer = tracer
        self.signer = signer
        var options = UpstreamOptions(host: url.host, port: url.port)
        // That of a pool is its loop's alone, and has the next request probe.
        options.breakerThreshold = .max
        options.restartPatience = patience
        let client = HTTPClient(
            options, on: group, answers: .whole(maximumBody: maximumBody))
        self.client = client
        breaker =
            hasBreaker
            ? NeighbourBreaker {
                let answer = try? await client.send(
                    ClientRequest(.get, "/healthz"), deadline: Self.queryDeadline)
                return answer?.status == 200
            } : nil
    }

    /// As the process is configured.
    public init(
        _ audience: String, at url: ServiceURL, signer: IdentitySigner, in runtime: Runtime,
        maximumBody: Int = 8 * 1024 * 1024
    ) {
        self.init(
            audience, at: url, signer: signer, on: runtime.group, tracer: runtime.tracer,
            patience: runtime.restartPatience, maximumBody: maximumBody)
    }

    /// For the metrics.
    public func state() async -> UpstreamState {
        var state = await client.state()
        if breaker?.isOpen == true { state.breakerLevel = 2 }
        return UpstreamState(audience, state, meter)
    }

    /// Runs `body`, whose calls take together no longer than one query may.
    public static func asOneQuery<T>(_ body: () async throws -> T) async rethrows -> T {
        var scope = RequestScope.current
        scope.deadline = min(scope.deadline, Ticks.now.adding(milliseconds: queryDeadline + margin))
        return try await RequestScope.$current.withValue(scope, operation: body)
    }

    /// Sends `body` to an internal route without parameters. Waits as long as a query may take, or
    /// a command if the route changes something, attempts and retries together; never longer than
    /// whoever waits for our own answer.
    /// - Parameter limit: milliseconds, for those who want to wait less.
    /// - Throws: the fault of a service that is down, slow or broken. If the service refuses our
    ///   request, that is a bug of ours, not of the user: `bad_upstream_answer`.
    public func call<Answer: Decodable>(
        _ endpoint: Endpoint, _ body: some Encodable & Sendable, as type: Answer.Type,
        limit: Int = .max
    ) async throws(Fault) -> Answer {
        let scope = RequestScope.current
        let deadline = Self.deadline(of: endpoint, scope, limit)
        guard deadline > 0 else { throw UpstreamFailure.timeout.fault() }
        if breaker?.isOpen == true { throw UpstreamFailure.circuitOpen.fault() }
        let call = UpstreamCall(
            endpoint, to: audience, as: tracer.span(below: scope.trace), tracer, meter)
        let request = ClientRequest(
            .post, endpoint.path,
            fields: [
                Response.Field("Content-Type", "application/json"),
                Response.Field("Latchkey-Identity", signer.service(audience: audience)),
                Response.Field("Latchkey-Deadline", "\(deadline)"),
            ] + call.fields(scope), body: JSON.encode(body), isRepeatable: endpoint.readsOnly)
        let answer: ClientResponse
        do throws(UpstreamFailure) {
            answer = try await client.send(request, deadline: deadline)
            call.ended(answer.status)
            breaker?.succeeded()
        } catch {
            call.failed(error)
            if error.isNeighbours(deadline) { breaker?.failed() }
            // The one who waits for us sees "not available", whatever way it fails in.
            throw error == .timeout ? UpstreamFailure.unreachable.fault("timeout") : error.fault()
        }
        guard answer.status == 200 else {
            let failure: UpstreamFailure = answer.status == 503 ? .unreachable : .malformed
            throw failure.fault("\(audience): status \(answer.status)")
        }
        do throws(Fault) {
            return try JSON.decode(type, answer.body, within: .trusted)
        } catch {
            throw UpstreamFailure.malformed.fault("\(audience): \(error.detail)")
        }
    }

    private static func deadline(of endpoint: Endpoint, _ scope: RequestScope, _ limit: Int) -> Int
    {
        let usual = endpoint.readsOnly ? queryDeadline : commandDeadline
        guard scope.deadline != .distantFuture else { return min(usual, limit) }
        return min(usual, limit, Ticks.now.milliseconds(until: scope.deadline) - margin)
    }
}

extension UpstreamFailure {
    /// Whether it is a failure of the service, rather than of our own queue, a wait that
    /// was too short to be fair (half a second), or what was asked.
    fileprivate func isNeighbours(_ deadline: Int) -> Bool {
        switch self {
        case .unreachable, .closed: true
        case .timeout: deadline >= 500
        case .malformed, .insecure, .overloaded, .circuitOpen: false
        }
    }
}
