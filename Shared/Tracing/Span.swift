import EventLoop

/// What one process did for a trace, and how long it took.
public struct Span: Sendable {
    /// With OTLP's numbers.
    public enum Kind: Int, Sendable {
        case server = 2
        case client = 3
    }

    /// OTLP's AnyValue, as far as we need it.
    public enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    /// A fact about the span.
    public struct Attribute: Sendable {
        /// By OpenTelemetry's semantic conventions.
        public let key: StaticString
        /// Text or a number.
        public let value: Value

        public init(_ key: StaticString, _ value: Value) {
            self.key = key
            self.value = value
        }

        public init(_ key: StaticString, _ text: String) { self.init(key, .text(text)) }
    }

    /// The span's ids.
    public let context: SpanContext
    /// Server or client.
    public let kind: Kind
    /// Of few values, such as `GET /api/entities/{entityId}`.
    public let name: String
    /// When it began.
    public let start: Ticks
    /// When it ended.
    public let end: Ticks
    /// Named by OpenTelemetry's semantic conventions where these have a name.
    public let attributes: [Attribute]
    /// Sets OTLP's status ERROR.
    public let failed: Bool

    public init(
        _ context: SpanContext, _ kind: Kind, _ name: String, start: Ticks, end: Ticks,
        attributes: [Attribute], failed: Bool
    ) {
        self.context = context
        self.kind = kind
        self.name = name
        self.start = start
        self.end = end
        self.attributes = attributes
        self.failed = failed
    }
}
