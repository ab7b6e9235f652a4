import Kernel

/// One bound parameter. SQL text is always a literal; what varies is a value.
public enum Value: Sendable, Equatable {
    case text(String)
    case int(Int64)
    case real(Double)
    case blob([UInt8])
    case null

    /// TEXT, or NULL for nil.
    public static func text(_ text: String?) -> Value {
        guard let text else { return .null }
        return .text(text as String)
    }

    /// INTEGER.
    public static func int(_ number: Int) -> Value { .int(Int64(number)) }

    /// INTEGER, or NULL for nil.
    public static func int(_ number: Int64?) -> Value {
        guard let number else { return .null }
        return .int(number as Int64)
    }

    /// 0 or 1, as STRICT tables store it.
    public static func bool(_ flag: Bool) -> Value { .int(flag ? 1 as Int64 : 0) }

    /// Milliseconds since the epoch.
    public static func time(_ time: Timestamp) -> Value { .int(time.milliseconds) }

    /// Milliseconds since 1970, or NULL for nil.
    public static func time(_ time: Timestamp?) -> Value {
        guard let time else { return .null }
        return .int(time.milliseconds)
    }
}
