import Contract
import HTTPCore
import Kernel
import SQLite
import Synchronization
@_spi(Answering) import WriteKit

/// Idempotency of POSTs: the same `Idempotency-Key` and request of a user has one effect and one
/// response, stored for a day in the transaction of the effect (draft-ietf-httpapi-idempotency-key-
/// header-07). Errors (4xx, 5xx) are not stored: the request can be repeated.
///
/// One process writes a context's database, so what runs now is known here.
public final class IdempotencyKeys: Sendable {
    private static let purgeBatch = 1_000

    private struct Running: Hashable {
        let userId: String
        let key: String
    }

    private let database: Database
    private let clock: any Clock
    private let running = Mutex<Set<Running>>([])
    private let replays = Atomic(0)
    /// For how long responses are stored.
    private let days: Int

    public init(_ database: Database, clock: any Clock, days: Int = 1) {
        self.database = database
        self.clock = clock
        self.days = days
    }

    /// Runs `handler`, unless a request with the key is running. A repeated request gets the stored
    /// response from `commit`.
    func answer(
        _ request: RequestContext, _ handler: (RequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await answerOnce(request, handler)
        } catch {
            // It tells what it found, such as 404 for what another request has deleted.
            try await database.settle()
            throw error
        }
    }

    private func answerOnce(
        _ request: RequestContext, _ handler: (RequestContext) async throws -> Response
    ) async throws -> Response {
        guard var claim = try request.idempotencyClaim else { return try await handler(request) }
        claim.days = days
        let name = Running(userId: claim.userId, key: claim.key)
        guard running.withLock({ $0.insert(name).inserted }) else {
            throw Fault.idempotencyKeyInUse
        }
        defer { running.withLock { _ = $0.remove(name) } }
        var request = request
        request.claim = claim
        let kept = try database.read { try StoredResponse.find(claim, now: clock.now(), in: $0) }
        guard let kept else { return try await handler(request) }
        guard kept.fingerprint == claim.fingerprint else { throw Fault.idempotencyKeyReused }
        // A caller who has lost the permission since is refused as with a first request: `commit`.
        request.kept = kept.answer
        let response = try await handler(request)
        replays.add(1, ordering: .relaxed)
        return response
    }

    /// Deletes what is too old, until its task is cancelled.
    public func keepPurging(_ logger: Logger) async {
        while !Task.isCancelled {
            do {
                try await purge()
            } catch {
                logger.warning("can't delete old stored responses", ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(300))
        }
    }

    /// In short writes, between which others have their turn.
    func purge() async throws {
        let days = days
        while try await database.write({
            try StoredResponse.purge(days: days, limit: Self.purgeBatch, in: $0)
        }) == Self.purgeBatch {}
    }

    /// `latchkey_idempotent_replays_total`.
    public func writeMetrics(_ text: inout MetricsText) {
        text.counter(
            "latchkey_idempotent_replays_total", "Repeated requests that got the stored response.",
            Double(replays.load(ordering: .relaxed)))
    }
}

extension RequestContext {
    /// Ignoring a key would have clients rely on it.
    func requireNoIdempotencyKey() throws(Fault) {
        guard endpoint.method == .post, head.fields.count(of: .idempotencyKey) > 0 else { return }
        throw .invalid(
            "/Idempotency-Key",
            "must not be sent to this operation, which stores no responses: send the request "
                + "again without it, and with an externalId for what must be created once")
    }

    /// The `Idempotency-Key` with what it stands for; nil if there is none, or nothing to repeat.
    fileprivate var idempotencyClaim: IdempotencyClaim? {
        get throws(Fault) {
            guard endpoint.method == .post, endpoint.access == .user,
                head.fields.count(of: .idempotencyKey) > 0
            else { return nil }
            let key = head.fields[.idempotencyKey] ?? ""
            guard head.fields.count(of: .idempotencyKey) == 1,
                (1...IdempotencyClaim.maximumLength).contains(key.utf8.count),
                key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw .invalid(
                    "/Idempotency-Key",
                    "must be given once, as 1–\(IdempotencyClaim.maximumLength) visible ASCII "
                        + "characters")
            }
            // Answers of those that only read would be stale.
            guard !endpoint.readsOnly else { return nil }
            // The line feed is in no target, so nothing can be moved from one part to the other.
            let asked = head.withTarget { Array($0) } + [10] + body
            return IdempotencyClaim(
                userId: caller.userId, key: key, fingerprint: Array(SHA256.hash(asked)))
        }
    }

    /// Commits a change and makes its response. A repeated request changes nothing: it returns the
    /// stored response if the admission still passes, and otherwise fails like a first request.
    /// - Parameters:
    ///   - current: what the request's conditions apply to, after admission and before the
    ///     effect (RFC 9110 §13.2.1).
    ///   - kept: the response to store, if `answer` has a secret or a link that grants access. It
    ///     gets the tag of `answer`, which is that of the resource.
    public func commit<Shown, Value: Sendable>(
        _ change: PendingWrite<Shown, Value>, current: Current<Shown>,
        kept withoutSecrets: (@Sendable (Value) -> Response)? = nil,
        answer: @escaping @Sendable (Value) -> Response
    ) async throws -> Committed {
        if let kept {
            try await change.admitAgain()
            return Committed(Response(kept))
        }
        let condition = try condition(on: current)
        guard let claim else {
            return Committed(answer(try await change.commit(if: condition) { $1 }))
        }
        return Committed(
            try await change.commit(if: condition) { tx, value in
                let response = answer(value)
                var kept = withoutSecrets?(value) ?? response
                if let tag = response.value("ETag"), kept.value("ETag") == nil {
                    kept.add("ETag", tag)
                }
                try StoredResponse(kept).keep(for: claim, in: tx)
                return response
            })
    }
}

/// The response to a request that has changed something. Only `RequestContext.commit` makes one, so
/// a route that changes something can't forget to store its response or to check the request's
/// conditions.
public struct Committed: Sendable {
    let response: Response

    init(_ response: Response) { self.response = response }
}

extension StoredResponse {
    fileprivate init(_ response: Response) {
        self.init(
            status: response.status,
            fields: response.fields.map { StoredResponse.Field(name: $0.name, value: $0.value) },
            body: response.body)
    }
}

extension Response {
    fileprivate init(_ kept: StoredResponse) {
        self.init(kept.status, body: kept.body)
        for field in kept.fields { add(field.name, field.value) }
        add("Idempotency-Replayed", "true")
    }
}
