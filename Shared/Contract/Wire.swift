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

extension KeyedDecodingContainer {
    /// A missing member counts as `null`.
    public func decode<T>(_ type: OrNull<T>.Type, forKey key: Key) throws -> OrNull<T> {
        try decodeIfPresent(type, forKey: key) ?? OrNull(wrappedValue: nil)
    }
}
