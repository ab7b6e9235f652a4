import Synchronization

/// How many requests of others a process has answered, for background work that makes way for them.
public final class RequestTraffic: Sendable {
    private let answers = Atomic<Int>(0)

    public init() {}

    /// Since the start, without health checks, events of other services and questions how a job
    /// stands.
    var answered: Int { answers.load(ordering: .relaxed) }

    func count() { answers.add(1, ordering: .relaxed) }
}
