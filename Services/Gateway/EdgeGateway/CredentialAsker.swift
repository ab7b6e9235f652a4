import EventLoop
import GatewayContract
import HTTPClient
import Kernel
import ServiceKit
import Synchronization

/// Asks the primary gateway for credentials: all that wait in one request, one request at a time.
///
/// A question joins no request that has been sent: its answer can be from before the question, and
/// whoever asked may know of a change since. While the primary restarts, questions wait.
final class CredentialAsker: Sendable {
    /// Of one request.
    private static let deadline = 500
    /// Between two of them after a failure.
    private static let pause = 50
    /// Questions that wait; further ones are refused.
    private static let maximum = 10_000

    typealias Answer = Result<CredentialAnswer?, Fault>

    private struct Waiting {
        let since: Ticks
        let continuation: CheckedContinuation<Answer, Never>
    }

    private struct State {
        var waiting: [CredentialQuestion: [Waiting]] = [:]
        var count = 0
        var isAsking = false
    }

    private let state = Mutex(State())
    private let lookUp: @Sendable (CredentialsQuery) async throws(Fault) -> CredentialsReply
    private let leases: HeldLeases<CredentialQuestion, CredentialAnswer>
    private let patience: Int

    /// - Parameters:
    ///   - patience: milliseconds for which a question waits while the primary can't be reached,
    ///     counted from when it last could: enough for a restart.
    ///   - lookUp: asks the primary, once.
    init(
        _ leases: HeldLeases<CredentialQuestion, CredentialAnswer>, patience: Int,
        lookUp: @escaping @Sendable (CredentialsQuery) async throws(Fault) -> CredentialsReply
    ) {
        self.leases = leases
        self.patience = patience
        self.lookUp = lookUp
    }

    convenience init(
        _ leases: HeldLeases<CredentialQuestion, CredentialAnswer>, _ client: ServiceClient,
        patience: Int
    ) {
        self.init(leases, patience: patience) { query async throws(Fault) in
            try await client.call(
                EdgeQueries.lookUp, query, as: CredentialsReply.self, limit: Self.deadline)
        }
    }

    /// - Returns: nil if there is no such token or user.
    func ask(_ question: CredentialQuestion) async throws(Fault) -> CredentialAnswer? {
        let answer: Answer = await withCheckedContinuation { continuation in
            let waiting = Waiting(since: .now, continuation: continuation)
            let next = state.withLock { state -> Next in
                guard state.count < Self.maximum else { return .refuse }
                state.waiting[question, default: []].append(waiting)
                state.count += 1
                defer { state.isAsking = true }
                return state.isAsking ? .wait : .begin
            }
            switch next {
            case .wait: break
            case .refuse:
                continuation.resume(returning: .failure(UpstreamFailure.overloaded.fault()))
            // Detached: it asks for others, too, whose requests have other deadlines.
            case .begin: Task.detached { await self.run() }
            }
        }
        return try answer.get()
    }

    private enum Next { case wait, begin, refuse }

    private func run() async {
        while let batch = take() {
            do throws(Fault) {
                let reply = try await lookUp(CredentialsQuery(batch.keys))
                let answers = reply.answers
                leases.keep(answers.map { ($0.key, $0.value) }, asOf: reply.mark)
                for (question, waiting) in batch {
                    for one in waiting {
                        one.continuation.resume(returning: .success(answers[question]))
                    }
                }
            } catch {
                giveUp(batch, error)
                try? await Task.sleep(for: .milliseconds(Self.pause))
            }
        }
    }

    /// What waits now; nil if nothing does.
    private func take() -> [CredentialQuestion: [Waiting]]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isAsking = false
                return nil
            }
            var batch = state.waiting
            if batch.count > CredentialsQuery.maximum {
                let some = batch.prefix(CredentialsQuery.maximum)
                batch = Dictionary(uniqueKeysWithValues: some.map { ($0.key, $0.value) })
            }
            for (question, waiting) in batch {
                state.waiting[question] = nil
                state.count -= waiting.count
            }
            return batch
        }
    }

    /// Refuses questions that have waited long enough, and has the others asked again.
    private func giveUp(_ batch: [CredentialQuestion: [Waiting]], _ fault: Fault) {
        let isGone = (leases.silence ?? .max) > patience
        var late: [Waiting] = []
        state.withLock { state in
            for (question, waiting) in batch {
                for one in waiting {
                    if isGone || one.since.milliseconds(until: .now) > patience {
                        late.append(one)
                    } else {
                        state.waiting[question, default: []].append(one)
                        state.count += 1
                    }
                }
            }
        }
        for one in late { one.continuation.resume(returning: .failure(fault)) }
    }
}
