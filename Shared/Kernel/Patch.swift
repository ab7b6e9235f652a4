/// A member of a PATCH body: a missing one leaves the value, `null` clears it (RFC 7396).
public enum Patch<Value: Codable & Sendable>: Codable, Sendable {
    case unchanged
    case null
    case value(Value)

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .null : .value(try container.decode(Value.self))
    }

    /// The value, nil if it is not mentioned.
    /// - Throws: 422 at `pointer` for `null`.
    public func required(_ pointer: String) throws(Fault) -> Value? {
        switch self {
        case .unchanged: nil
        case .null: throw .invalid(pointer, "must not be null")
        case .value(let value): value
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .unchanged, .null: try container.encodeNil()
        case .value(let value): try container.encode(value)
        }
    }
}

extension KeyedDecodingContainer {
    /// A missing member is `unchanged`.
    public func decode<T>(_ type: Patch<T>.Type, forKey key: Key) throws -> Patch<T> {
        guard contains(key) else { return .unchanged }
        if try decodeNil(forKey: key) { return .null }
        return .value(try decode(T.self, forKey: key))
    }
}

extension Patch where Value == String {
    /// A name; nil if it is not mentioned.
    /// - Throws: 422 at `pointer`.
    public func name(_ pointer: String) throws(Fault) -> String? {
        guard let name = try required(pointer) else { return nil }
        return try Text.name(name, pointer: pointer)
    }

    /// A text of several lines; nil if it is not mentioned, `.some(nil)` if it is to be cleared.
    /// - Throws: 422 at `pointer`.
    public func optionalText(_ pointer: String) throws(Fault) -> String?? {
        switch self {
        case .unchanged: .none
        case .null: .some(nil)
        case .value(let text): .some(try Text.optionalText(text, pointer: pointer))
        }
    }
}
