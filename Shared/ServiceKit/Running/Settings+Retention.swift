/// For how long every service keeps what only grows.
public struct RetentionSettings: Sendable {
    /// LATCHKEY_RETENTION_AUDIT, in days; nil: forever.
    public let audit: Int?
    /// LATCHKEY_RETENTION_TOMBSTONES, in days; nil: forever.
    public let tombstones: Int?
    /// LATCHKEY_RETENTION_RESPONSES, in days.
    public let responses: Int

    init(_ settings: inout Settings) {
        audit = settings.retention(
            "LATCHKEY_RETENTION_AUDIT", default: 0, atLeast: 1, "audit entries are kept")
        // What protects from what arrives late has to outlast services that are down, and backups.
        tombstones = settings.retention(
            "LATCHKEY_RETENTION_TOMBSTONES", default: 0, atLeast: 90,
            "it is remembered that something was deleted, and which events were applied")
        responses = settings.integer(
            "LATCHKEY_RETENTION_RESPONSES", default: 1, in: 1...30,
            "Days for which a request with the same Idempotency-Key gets the same response")
    }
}

extension Settings {
    /// Days after which something is deleted.
    /// - Parameter days: more than none.
    /// - Returns: nil: never.
    public mutating func retention(
        _ name: String, default fallback: Int, atLeast days: Int, _ what: String
    ) -> Int? {
        let value = integer(
            name, default: fallback, in: 0...36_500,
            "Days for which \(what), at least \(days); 0 for ever")
        if (1..<days).contains(value) {
            reject(name, "must be 0 (for ever) or at least \(days) days")
        }
        return value == 0 ? nil : value
    }
}
