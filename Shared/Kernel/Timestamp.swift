import FoundationEssentials

/// A moment, in milliseconds since 1970-01-01T00:00:00Z. What the databases store, and what the
/// API shows as RFC 3339 in UTC with milliseconds.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
    /// Milliseconds since the epoch.
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }

    /// This moment moved by `seconds`, which may be negative.
    public func adding(seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: milliseconds + seconds * 1000)
    }

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// `2026-01-15T09:00:00.000Z` (RFC 3339 §5.6).
    public var rfc3339: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(Self.style)
    }

    /// Reads RFC 3339 with or without a fraction and with any zone offset; nil for anything else.
    public init?(rfc3339 text: String) {
        let plain = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
        guard text.utf8.count <= 40,
            let date = (try? Self.style.parse(text)) ?? (try? plain.parse(text))
        else { return nil }
        self.milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Timestamp(rfc3339: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "is no RFC 3339 timestamp")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rfc3339)
    }
}
