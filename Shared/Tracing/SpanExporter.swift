import EventLoop
import HTTPClient
import HTTPCore
import Kernel
import Synchronization

/// Posts spans to an OpenTelemetry collector, in batches, in the background. Failures
/// neither delay nor reach the code that records spans.
public final class SpanExporter: Sendable {
    /// Since the start.
    public struct Statistics: Sendable, Equatable {
        /// Spans that the collector accepted.
        public var exported = 0
        /// Spans that are lost.
        public var dropped = 0
    }

    private struct State {
        var spans: [Span] = []
        var statistics = Statistics()
        var isStopped = false
        var warned: Ticks?
    }

    /// OpenTelemetry's own exporters send as many at once.
    static let batch = 512
    static let capacity = 4_096
    private static let period = Duration.seconds(1)
    /// Milliseconds.
    private static let timeout = 5_000
    private static let stopTimeout = 1_000
    private static let warningInterval = 60_000

    private let client: HTTPClient
    private let format: OTLP
    private let report: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    private let isDone = Atomic(false)
    private let isFull = Atomic(false)
    /// Spans that were not even made, as there was no room for them.
    private let refused = Atomic(0)

    /// - Parameters:
    ///   - options: where the collector is; its path is `/v1/traces`.
    ///   - resource: identifies this process: `service.name` and so on.
    ///   - report: takes a line for the log, at most once a minute.
    public init(
        to options: UpstreamOptions, on group: EventLoopGroup, resource: [Span.Attribute],
        version: String, report: @escaping @Sendable (String) -> Void
    ) {
        client = HTTPClient(options, on: group)
        format = OTLP(resource: resource, version: version)
        self.report = report
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.wake = wake
        Task { [weak self] in
            for await _ in wakes { await self?.flush() }
            await self?.flush()
            self?.isDone.store(true, ordering: .releasing)
        }
        Task { [weak self] in
            while self?.tick() == true { try? await Task.sleep(for: Self.period) }
        }
    }

    /// For the metrics.
    public var statistics: Statistics {
        var statistics = state.withLock { $0.statistics }
        statistics.dropped += refused.load(ordering: .relaxed)
        return statistics
    }

    /// Whether a span that was made now would be kept; if not, it counts as dropped. So where more
    /// is traced than the collector takes, the surplus costs next to nothing.
    func hasRoom() -> Bool {
        guard isFull.load(ordering: .relaxed) else { return true }
        refused.add(1, ordering: .relaxed)
        return false
    }

    func record(_ span: Span) {
        let isBatch = state.withLock { state in
            guard state.spans.count < Self.capacity, !state.isStopped else {
                state.statistics.dropped += 1
                return false
            }
            state.spans.append(span)
            if state.spans.count == Self.capacity { isFull.store(true, ordering: .relaxed) }
            return state.spans.count == Self.batch
        }
        if isBatch { wake.yield() }
    }

    /// Sends what is left; waits no longer than a second for it.
    public func stop() async {
        state.withLock { $0.isStopped = true }
        wake.finish()
        let end = Ticks.now.adding(milliseconds: Self.stopTimeout)
        while !isDone.load(ordering: .acquiring), Ticks.now < end {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// - Returns: whether to go on.
    private func tick() -> Bool {
        wake.yield()
        return state.withLock { !$0.isStopped }
    }

    private func flush() async {
        while true {
            // Taken whole, so that the lock is held for a moment only.
            let spans = state.withLock { state in
                let spans = state.spans
                state.spans = []
                isFull.store(false, ordering: .relaxed)
                return spans
            }
            guard !spans.isEmpty else { return }
            for start in stride(from: 0, to: spans.count, by: Self.batch) {
                await export(spans[start..<min(start + Self.batch, spans.count)])
            }
        }
    }

    private func export(_ spans: ArraySlice<Span>) async {
        let isStopped = state.withLock { $0.isStopped }
        let failure = await send(spans, within: isStopped ? Self.stopTimeout : Self.timeout)
        state.withLock { state in
            state.statistics.exported += failure == nil ? spans.count : 0
            state.statistics.dropped += failure == nil ? 0 : spans.count
        }
        if let failure { warn(failure) }
    }

    /// - Returns: what went wrong.
    private func send(
        _ spans: ArraySlice<Span>, within milliseconds: Int
    ) async -> String? {
        let request = ClientRequest(
            .post, "/v1/traces", fields: [Response.Field("Content-Type", "application/json")],
            body: format.document(spans))
        do throws(UpstreamFailure) {
            let status = try await client.send(request, deadline: milliseconds).status
            return (200...299).contains(status) ? nil : "status \(status)"
        } catch {
            return "\(error)"
        }
    }

    private func warn(_ failure: String) {
        let isDue = state.withLock { state in
            let now = Ticks.now
            if let last = state.warned, now < last.adding(milliseconds: Self.warningInterval) {
                return false
            }
            state.warned = now
            return true
        }
        if isDue { report("spans are dropped: the collector doesn't accept them: \(failure)") }
    }
}
