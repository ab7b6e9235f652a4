import HTTPCore
import Kernel
import Synchronization

/// Begins and continues the traces of a process, and keeps those that are sampled.
public final class Tracer: Sendable {
    /// Nil: ids are made and passed on, and no span is kept.
    public let exporter: SpanExporter?
    private let percent: UInt64
    private let random: any RandomSource
    private let shared: Mutex<TraceIDs>

    /// - Parameter percent: how many of the traces that begin here are sampled, 0 to 100; none
    ///   without an exporter.
    public init(
        exporter: SpanExporter? = nil, percent: Int = 100, random: any RandomSource = SystemRandom()
    ) {
        self.exporter = exporter
        self.percent = exporter == nil ? 0 : UInt64(min(max(percent, 0), 100))
        self.random = random
        shared = Mutex(TraceIDs(random: random))
    }

    /// A generator for a loop of its own.
    public func makeIDs() -> TraceIDs { TraceIDs(random: random) }

    /// Our span of a request that came with `fields`: continues its caller's trace, or begins one.
    /// - Parameter isPublic: anybody can be the caller. Their flag asks for a sample, and the
    ///   percentage decides, or a flood of flags would leave no room for others.
    public func begin(
        _ fields: FieldList?, _ ids: inout TraceIDs, isPublic: Bool = false
    ) -> SpanContext {
        if let caller = fields.flatMap({ SpanContext($0) }) {
            let mayBe = !isPublic || exporter == nil || isChosen(caller.traceLow)
            let isSampled = caller.isSampled && mayBe
            return caller.child(ids.next(), isSampled: isSampled)
        }
        let low = ids.next()
        return SpanContext(
            traceHigh: ids.next(), traceLow: low, spanId: ids.next(), isSampled: isChosen(low))
    }

    private func isChosen(_ traceLow: UInt64) -> Bool { traceLow % 100 < percent }

    /// A span that `parent` causes, or the first of a trace. For tasks: takes a lock.
    public func span(below parent: SpanContext?) -> SpanContext {
        shared.withLock { ids in
            if let parent { return parent.child(ids.next()) }
            return begin(nil, &ids)
        }
    }

    /// Whether a span of `context` is to be made and recorded.
    public func keeps(_ context: SpanContext) -> Bool {
        guard context.isSampled, let exporter else { return false }
        return exporter.hasRoom()
    }

    /// Takes a span for which `keeps` was true.
    public func record(_ span: Span) { exporter?.record(span) }

    /// Sends what is left, within a second.
    public func stop() async { await exporter?.stop() }
}
