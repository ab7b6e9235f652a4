/// One write on its way through the writer's thread.
protocol WriteJob: AnyObject {
    /// Runs the body and keeps its outcome; whether it succeeded.
    func run(_ transaction: Transaction) -> Bool
    /// Replaces the outcome: what the body has written is not kept.
    func fail(_ error: any Error)
    var hasFailed: Bool { get }
    /// Hands the outcome to the caller. Exactly once, as the last call.
    func resume()
    /// What the observer of changes has given the write (`ChangeObserver.committed`); nil if it
    /// changed no watched table.
    var number: Int? { get set }
}

/// The write of one `Database.write` call. Belongs to the queue, then to the writer's thread.
final class BodyJob<T: Sendable>: WriteJob {
    private let body: @Sendable (Transaction) throws -> T
    private let continuation: CheckedContinuation<(T, Int?), any Error>
    var number: Int?
    private var outcome: Result<T, any Error>?

    init(
        _ body: @escaping @Sendable (Transaction) throws -> T,
        _ continuation: CheckedContinuation<(T, Int?), any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func run(_ transaction: Transaction) -> Bool {
        do {
            outcome = .success(try body(transaction))
            return true
        } catch {
            outcome = .failure(error)
            return false
        }
    }

    var hasFailed: Bool {
        guard case .success = outcome else { return true }
        return false
    }

    func fail(_ error: any Error) { outcome = .failure(error) }

    func resume() {
        continuation.resume(
            with: outcome.map { $0.map { ($0, number) } }
                ?? .failure(DatabaseError(.closed, "the write was not run")))
    }
}
