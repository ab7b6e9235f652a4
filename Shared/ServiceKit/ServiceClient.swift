import Contract
import EventLoop
import HTTPClient
import HTTPCore
import Kernel
import Tracing

/// Calls another service of ours: signed, JSON both ways, with a deadline.
public struct ServiceClient: Sendable {
    /// What an internal query may take, in milliseconds.
    public static let defaultDeadline = 1_000

    private let client: HTTPClient
    private let signer: IdentitySigner
    private let audience: String
    private let tracer: Tracer
    private let meter = UpstreamMeter()

    /// - Parameters:
    ///   - audience: the name of the service that is called.
    ///   - hasBreaker: false for callers who pause by themselves when it fails.
    public init(
        _ audience: String, at url: ServiceURL, signer: IdentitySigner, on group: EventLoopGroup,
        tracer: Tracer = Tracer(), hasBreaker: Bool = true
    ) {
        self.audience = audience
        self.tracer = tracer
        self.signer = signer
        var options = UpstreamOptions(host: url.host, port: url.port)
        if !hasBreaker { options.breakerThreshold = .max }
        client = HTTPClient(options, on: group)
    }

    /// For the metrics.
    public func state() async -> UpstreamState {
        UpstreamState(audience, await client.state(), meter)
    }

    /// Sends `body` to an internal route without parameters.
    /// - Throws: the fault of a neighbour that is down, slow or broken. A refusal of ours by the
    ///   neighbour is a mistake between programs, not of the user: `bad_upstream_answer`.
    public func call<Answer: Decodable>(
        _ endpoint: Endpoint, _ body: some Encodable & Sendable, as type: Answer.Type,
        deadline: Int = defaultDeadline
    ) async throws(Fault) -> Answer {
        let scope = RequestScope.current
        let deadline = min(deadline, Ticks.now.milliseconds(until: scope.deadline))
        guard deadline > 0 else { throw UpstreamFailure.timeout.fault() }
        let call = UpstreamCall(
            endpoint, to: audience, as: tracer.span(below: scope.trace), tracer, meter)
        let request = ClientRequest(
            .post, endpoint.path,
            fields: [
                Response.Field("Content-Type", "application/json"),
                Response.Field("Latchkey-Identity", signer.service(audience: audience)),
                Response.Field("Latchkey-Deadline", "\(deadline)"),
            ] + call.fields(scope), body: JSON.encode(body))
        let answer: ClientResponse
        do throws(UpstreamFailure) {
            answer = try await client.send(request, deadline: deadline)
            call.ended(answer.status)
        } catch {
            call.failed(error)
            // The one who waits for us sees "not available", whatever way it fails in.
            throw error == .timeout ? UpstreamFailure.unreachable.fault("timeout") : error.fault()
        }
        guard answer.status == 200 else {
            let failure: UpstreamFailure = answer.status == 503 ? .unreachable : .malformed
            throw failure.fault("\(audience): status \(answer.status)")
        }
        do throws(Fault) {
            return try JSON.decode(type, answer.body)
        } catch {
            throw UpstreamFailure.malformed.fault("\(audience): \(error.detail)")
        }
    }
}
