/// Decodes a value, and says of a number that its type can't hold where it stands. Foundation's
/// decoder says of fractions and overflows only that there is one, so what it refused so is decoded
/// once more through this.
struct PlacedNumbers<Value: Decodable>: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        value = try Placed.value(Value.self, from: decoder)
    }
}

private enum Placed {
    static func value<T: Decodable>(_ type: T.Type, from decoder: any Decoder) throws -> T {
        guard isPlain(type) else { return try T(from: PlacingDecoder(base: decoder)) }
        do {
            return try decoder.singleValueContainer().decode(type)
        } catch let error as DecodingError {
            throw error
        } catch {
            // An error of the library's own, which has no place.
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: rule(for: type)))
        }
    }

    /// Whether the library decodes it itself.
    private static func isPlain(_ type: Any.Type) -> Bool {
        type is any BinaryInteger.Type || type is any BinaryFloatingPoint.Type
            || type is String.Type || type is Bool.Type
    }

    private static func rule(for type: Any.Type) -> String {
        type is any BinaryInteger.Type
            ? "must be a whole number in the allowed range"
            : "must be a number in the allowed range"
    }
}

private struct PlacingDecoder: Decoder {
    let base: any Decoder
    var codingPath: [any CodingKey] { base.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { base.userInfo }

    func container<Key: CodingKey>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members(base: try base.container(keyedBy: type)))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        Items(base: try base.unkeyedContainer())
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        Single(decoder: base, base: try base.singleValueContainer())
    }
}

/// The members of an object. One generic method stands for the decoding of every kind.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let base: KeyedDecodingContainer<Key>
    var codingPath: [any CodingKey] { base.codingPath }
    var allKeys: [Key] { base.allKeys }

    func contains(_ key: Key) -> Bool { base.contains(key) }
    func decodeNil(forKey key: Key) throws -> Bool { try base.decodeNil(forKey: key) }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try base.decode(PlacedNumbers<T>.self, forKey: key).value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        KeyedDecodingContainer(
            Members<Nested>(base: try base.nestedContainer(keyedBy: type, forKey: key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        Items(base: try base.nestedUnkeyedContainer(forKey: key))
    }

    func superDecoder() throws -> any Decoder { PlacingDecoder(base: try base.superDecoder()) }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        PlacingDecoder(base: try base.superDecoder(forKey: key))
    }
}

private struct Items: UnkeyedDecodingContainer {
    var base: any UnkeyedDecodingContainer
    var codingPath: [any CodingKey] { base.codingPath }
    var count: Int? { base.count }
    var isAtEnd: Bool { base.isAtEnd }
    var currentIndex: Int { base.currentIndex }

    mutating func decodeNil() throws -> Bool { try base.decodeNil() }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try base.decode(PlacedNumbers<T>.self).value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        KeyedDecodingContainer(Members<Nested>(base: try base.nestedContainer(keyedBy: type)))
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        Items(base: try base.nestedUnkeyedContainer())
    }

    mutating func superDecoder() throws -> any Decoder {
        PlacingDecoder(base: try base.superDecoder())
    }
}

private struct Single: SingleValueDecodingContainer {
    let decoder: any Decoder
    let base: any SingleValueDecodingContainer
    var codingPath: [any CodingKey] { base.codingPath }

    func decodeNil() -> Bool { base.decodeNil() }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try Placed.value(type, from: decoder)
    }
}
