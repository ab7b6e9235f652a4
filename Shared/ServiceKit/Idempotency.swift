import Contract
import HTTPCore
import Journal
import Kernel
import SQLite
import Synchronization

/// POSTs that may be repeated: the same `Idempotency-Key` and request of a user has one effect and
/// one answer, kept for a day in the transaction of the effect (draft-ietf-httpapi-idempotency-key-
/// header-07). Answers that changed nothing (4xx, 5xx) are not kept: the request may be repeated.
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

    public init(_ database: Database, clock: any Clock) {
        self.database = database
        self.clock = clock
    }

    /// Runs `handler`, unless the request was answered before or runs right now.
    func answer(
        _ request: RequestContext, _ handler: (RequestContext) async throws -> Response
    ) async throws -> Response {
        guard let claim = try request.idempotencyClaim else { return try await handler(request) }
        let name = Running(userId: claim.userId, key: claim.key)
        guard running.withLock({ $0.insert(name).inserted }) else {
            throw Fault.idempotencyKeyInUse
        }
        defer { running.withLock { _ = $0.remove(name) } }
        if let kept = try database.read({ try KeptAnswer.find(claim, now: clock.now(), in: $0) }) {
            guard kept.fingerprint == claim.fingerprint else { throw Fault.idempotencyKeyReused }
            replays.add(1, ordering: .relaxed)
            return Response(kept.answer)
        }
        var request = request
        request.claim = claim
        return try await handler(request)
    }

    /// Deletes what is a day old, until its task is cancelled.
    public func keepPurging(_ logger: Logger) async {
        while !Task.isCancelled {
            do {
                try await purge()
            } catch {
                logger.warning("can't delete old kept answers", ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(300))
        }
    }

    /// In short writes, between which others have their turn.
    func purge() async throws {
        while try await database.write({ try KeptAnswer.purge(limit: Self.purgeBatch, in: $0) })
            == Self.purgeBatch
        {}
    }

    public func writeMetrics(_ text: inout MetricsText) {
        text.counter(
            "latchkey_idempotent_replays_total", "Repeated requests that got their first answer.",
            Double(replays.load(ordering: .relaxed)))
    }
}

extension RequestContext {
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

    /// Makes a change and answers it; a repeated request gets the same answer.
    /// - Parameters:
    ///   - kept: the answer as it is kept, where `answer` holds a secret.
    public func commit<Value: Sendable>(
        _ change: Change<Value>, kept: (@Sendable (Value) -> Response)? = nil,
        answer: @escaping @Sendable (Value) -> Response
    ) async throws -> Response {
        guard let claim else { return answer(try await change.commit()) }
        return try await change.adding { tx, value in
            let response = answer(value)
            try KeptAnswer(kept?(value) ?? response).keep(for: claim, in: tx)
            return response
        }.commit()
    }
}

extension KeptAnswer {
    fileprivate init(_ response: Response) {
        self.init(
            status: response.status,
            fields: response.fields.map { KeptAnswer.Field(name: $0.name, value: $0.value) },
            body: response.body)
    }
}

extension Response {
    fileprivate init(_ kept: KeptAnswer) {
        self.init(kept.status, body: kept.body)
        for field in kept.fields { add(field.name, field.value) }
        add("Idempotency-Replayed", "true")
    }
}
