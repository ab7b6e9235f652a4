import Kernel

/// An optional that is written as `null` rather than left out, as the API's shapes promise
/// (`organizationId|null`).
@propertyWrapper
public struct OrNull<Value: Codable & Sendable>: Codable, Sendable {
    /// nil is written as `null`.
    public var wrappedValue: Value?

    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue {
            try container.encode(wrappedValue)
        } else {
            try container.encodeNil()
        }
    }
}

/// Marks types whose members are always written, if only as `null`.
public protocol AlwaysWritten {}

extension OrNull: AlwaysWritten {}
extension OrNull: Equatable where Value: Equatable {}

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
    /// A missing member counts as `null`.
    public func decode<T>(_ type: OrNull<T>.Type, forKey key: Key) throws -> OrNull<T> {
        try decodeIfPresent(type, forKey: key) ?? OrNull(wrappedValue: nil)
    }

    /// A missing member is `unchanged`.
    public func decode<T>(_ type: Patch<T>.Type, forKey key: Key) throws -> Patch<T> {
        guard contains(key) else { return .unchanged }
        if try decodeNil(forKey: key) { return .null }
        return .value(try decode(T.self, forKey: key))
    }
}
