import EventLoop
import JOSE
import ServiceKit
import Synchronization

/// The keys of one issuer: fetched at the start and every ten minutes, and at once for a key that
/// is not known, but for that no more than once a minute. One fetch runs at a time, and whoever
/// needs its outcome waits for it. While the issuer is away, its keys are kept for a day.
final class IssuerKeys: Sendable {
    /// Milliseconds.
    static let refreshInterval = 600_000
    static let unknownKeyInterval = 60_000
    static let longestKept = 86_400_000
    static let firstPause = 1_000
    static let longestPause = 60_000

    /// A monotonic time, and how to wait for one.
    struct Time: Sendable {
        var now: @Sendable () -> Ticks = { .now }
        var sleep: @Sendable (_ until: Ticks) async -> Void = { end in
            try? await Task.sleep(for: .milliseconds(max(0, Ticks.now.milliseconds(until: end))))
        }
    }

    typealias Fetch = @Sendable (_ known: ProviderURL?) async throws(ProviderFailure) -> Fetched

    /// The keys, and where they are.
    struct Fetched: Sendable {
        let keys: KeySet
        let url: ProviderURL
    }

    /// What is known of the keys.
    struct Statistics: Sendable {
        /// Milliseconds since they were fetched; nil if they never were.
        var age: Int?
        var fetches = 0
        var failures = 0
    }

    private struct State {
        var fetched: Fetched?
        var fetchedAt: Ticks?
        var askedForUnknown: Ticks?
        var waiting: [CheckedContinuation<Void, Never>]?
        var hasFailed = false
        var fetches = 0
        var failures = 0
    }

    let issuer: String
    private let fetch: Fetch
    private let time: Time
    private let logger: Logger
    private let removed: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - removed: called when a key is no longer the issuer's.
    ///   - fetch: gets where the keys were found before, if they need not be looked for again.
    init(
        of issuer: String, _ time: Time, _ logger: Logger,
        removed: @escaping @Sendable () -> Void, fetch: @escaping Fetch
    ) {
        self.issuer = issuer
        self.time = time
        self.logger = logger
        self.removed = removed
        self.fetch = fetch
    }

    /// Nil if there are none, or none that are recent enough.
    var current: KeySet? {
        state.withLock { state in
            guard let fetched = state.fetched, let at = state.fetchedAt,
                at.milliseconds(until: time.now()) <= Self.longestKept
            else { return nil }
            return fetched.keys
        }
    }

    /// Whether the last try to fetch them has failed.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    var statistics: Statistics {
        state.withLock { state in
            Statistics(
                age: state.fetchedAt?.milliseconds(until: time.now()), fetches: state.fetches,
                failures: state.failures)
        }
    }

    /// Whether `refreshForUnknown` would do anything now.
    var canRefresh: Bool { state.withLock { canRefresh($0) } }

    private func canRefresh(_ state: State) -> Bool {
        guard state.waiting == nil, let asked = state.askedForUnknown else { return true }
        return asked.milliseconds(until: time.now()) >= Self.unknownKeyInterval
    }

    /// Fetches the keys because one is not known, or waits for the fetch that runs.
    func refreshForUnknown() async {
        let mayBegin = state.withLock { state in
            guard state.waiting == nil else { return true }
            guard canRefresh(state) else { return false }
            state.askedForUnknown = time.now()
            return true
        }
        if mayBegin { await refresh(looking: false) }
    }

    /// Keeps them fresh until the task is cancelled.
    func keepFresh() async {
        var pause = Self.firstPause
        while !Task.isCancelled {
            await refresh(looking: true)
            if hasFailed {
                await time.sleep(time.now().adding(milliseconds: pause))
                pause = min(2 * pause, Self.longestPause)
            } else {
                pause = Self.firstPause
                await time.sleep(time.now().adding(milliseconds: Self.refreshInterval))
            }
        }
    }

    /// Returns when a fetch has ended: the one that runs, or a new one.
    /// - Parameter looking: whether to look anew for where the keys are.
    private func refresh(looking: Bool) async {
        await withCheckedContinuation { continuation in
            let (isFirst, url) = state.withLock { state in
                let isFirst = state.waiting == nil
                state.waiting = (state.waiting ?? []) + [continuation]
                return (isFirst, looking ? nil : state.fetched?.url)
            }
            // Detached: others wait for it, too, whose requests have other deadlines.
            if isFirst { Task.detached { [self] in await run(url) } }
        }
    }

    private func run(_ url: ProviderURL?) async {
        let result: Result<Fetched, ProviderFailure>
        do throws(ProviderFailure) {
            result = .success(try await fetch(url))
        } catch {
            result = .failure(error)
            logger.warning(
                "can't fetch the keys of an identity provider",
                ["issuer": issuer, "error": error.description])
        }
        let (waiting, hasLost) = state.withLock { state in
            defer { state.waiting = nil }
            return (state.waiting ?? [], take(result, &state))
        }
        if hasLost { removed() }
        for one in waiting { one.resume() }
    }

    /// - Returns: whether a key is gone.
    private func take(_ result: Result<Fetched, ProviderFailure>, _ state: inout State) -> Bool {
        guard case .success(let fetched) = result else {
            state.failures += 1
            state.hasFailed = true
            return false
        }
        let former = state.fetched?.keys
        state.fetched = fetched
        state.fetchedAt = time.now()
        state.hasFailed = false
        state.fetches += 1
        return former.map { !$0.isSubset(of: fetched.keys) } ?? false
    }
}

extension IssuerKeys {
    /// Of an issuer that is asked over the network.
    /// - Parameter fixed: where the keys are, if the operator says so.
    static func fetching(
        _ issuer: String, _ fixed: ProviderURL?, by client: ProviderClient
    ) -> Fetch {
        { known async throws(ProviderFailure) in
            let url: ProviderURL
            if let found = fixed ?? known {
                url = found
            } else {
                url = try await ProviderDescription.fetch(issuer, by: client).keys
            }
            let keys: KeySet?
            do {
                keys = try KeySet(try await client.get(url))
            } catch let failure as ProviderFailure {
                throw failure
            } catch {
                throw ProviderFailure(description: "\(error)")
            }
            guard let keys, !keys.isEmpty else {
                throw ProviderFailure(
                    description: "\(url.text): no key for signatures with RS256 or ES256")
            }
            return Fetched(keys: keys, url: url)
        }
    }
}
