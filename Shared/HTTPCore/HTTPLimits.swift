/// Bounds on one message. Each refuses with its own status, so that a caller learns which it hit.
public struct HTTPLimits: Sendable {
    /// Bytes of a request or response head, line ends included; over it 431. Node's default.
    public var headBytes = 16 * 1024
    /// Bytes of a request target; over it 414. RFC 9112 §3 recommends at least 8,000; nginx: 8 KiB.
    public var targetBytes = 8 * 1024
    /// Field lines in a head or in trailers; over it 431. Envoy's default, HAProxy: 101.
    public var fieldCount = 100
    /// Bytes of a body, decoded; over it 413. nginx's `client_max_body_size` default.
    public var bodyBytes = 1024 * 1024
    /// Bytes of one chunk-size line with its extensions; over it 400.
    public var chunkLineBytes = 256
    /// Empty lines skipped before a request line (RFC 9112 §2.2 wants at least one).
    public var leadingEmptyLines = 2

    public init() {}
}
