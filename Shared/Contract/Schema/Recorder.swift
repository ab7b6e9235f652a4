import Kernel

/// Runs a wire type's `init(from:)` against a decoder that has every member, and notes what it is
/// asked for. So a schema can't say anything else than what the type reads.
package struct Recorder: Decoder {
    /// What one `init(from:)` asked for.
    package final class Notes {
        var properties: [Property] = []
        var shape: Shape?
        /// The key whose presence was asked for last: `Patch` looks before it decodes.
        var looked: String?
        /// The type whose `init(from:)` runs, after those that asked for it.
        fileprivate let asking: [ObjectIdentifier]

        fileprivate init(asking: [ObjectIdentifier]) { self.asking = asking }
    }

    let notes: Notes
    package let codingPath: [any CodingKey] = []
    package let userInfo: [CodingUserInfoKey: Any] = [:]

    /// The members of an object, in the order in which they are declared.
    package static func properties(of type: any Documented.Type) throws -> [Property] {
        let recorder = Recorder(notes: Notes(asking: [ObjectIdentifier(type)]))
        _ = try type.init(from: recorder)
        return recorder.notes.properties
    }

    /// The shape of any type, and some value of it.
    /// - Parameter notes: of who asks for it.
    fileprivate static func shape<T: Decodable>(
        of type: T.Type, for notes: Notes
    ) throws -> (Shape, T) {
        if type is String.Type { return (.string, try value("", type)) }
        if type is Bool.Type { return (.boolean, try value(false, type)) }
        if let integer = type as? any FixedWidthInteger.Type {
            return (.integer, try value(integer.init(), type))
        }
        if type is Timestamp.Type {
            return (.timestamp, try value(Timestamp(milliseconds: 0), type))
        }
        if let free = type as? any FreeForm.Type {
            let shape: Shape =
                free.isAnything
                ? .anything(named: free.schemaName) : .freeForm(named: free.schemaName)
            return (shape, try value(free.init(), type))
        }
        if let enumeration = type as? any CaseIterable.Type {
            let cases = cases(of: enumeration)
            let words = cases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
            guard !words.isEmpty, words.count == cases.count else { throw unknown(type) }
            return (.words(words, named: schemaName(ofWords: type)), try value(cases[0], type))
        }
        // Such as `Double`, which asks for one value: itself. It would never end.
        let id = ObjectIdentifier(type)
        guard !notes.asking.contains(id) else { throw unknown(type) }
        let recorder = Recorder(notes: Notes(asking: notes.asking + [id]))
        let made = try T(from: recorder)
        if let documented = type as? any Documented.Type { return (.object(documented), made) }
        guard let shape = recorder.notes.shape else { throw unknown(type) }
        return (shape, made)
    }

    private static func cases<T: CaseIterable>(of type: T.Type) -> [Any] {
        type.allCases.map { $0 as Any }
    }

    private static func value<T>(_ value: Any, _ type: T.Type) throws -> T {
        guard let value = value as? T else { throw unknown(type) }
        return value
    }

    private static func unknown(_ type: Any.Type) -> UnknownShape {
        UnknownShape(description: "\(type) is neither text, integer, list, enum nor Documented")
    }

    package func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members<Key>(notes: notes))
    }

    package func unkeyedContainer() -> any UnkeyedDecodingContainer { Items(notes: notes) }

    package func singleValueContainer() -> any SingleValueDecodingContainer { Single(notes: notes) }
}

/// The members of an object. One generic method stands for the decoding of every kind.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let notes: Recorder.Notes
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []

    func contains(_ key: Key) -> Bool {
        notes.looked = key.stringValue
        return true
    }

    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_: T.Type, forKey key: Key) throws -> T { try required(key) }
    // The standard library's own versions of these refuse.
    func decode(_: Int128.Type, forKey key: Key) throws -> Int128 { try required(key) }
    func decode(_: UInt128.Type, forKey key: Key) throws -> UInt128 { try required(key) }

    private func required<T: Decodable>(_ key: Key) throws -> T {
        let (shape, value) = try Recorder.shape(of: T.self, for: notes)
        note(key, shape, notes.looked == key.stringValue ? .patch : .always)
        return value
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        // What no value can have is never there.
        guard type != Never.self else { return nil }
        note(
            key, try Recorder.shape(of: type, for: notes).0,
            type is any AlwaysWritten.Type ? .orNull : .optional)
        return nil
    }

    // The standard library's own versions of these look and decode, as `Patch` does.
    func decodeIfPresent(_: String.Type, forKey key: Key) throws -> String? { try optional(key) }
    func decodeIfPresent(_: Bool.Type, forKey key: Key) throws -> Bool? { try optional(key) }
    func decodeIfPresent(_: Double.Type, forKey key: Key) throws -> Double? { try optional(key) }
    func decodeIfPresent(_: Float.Type, forKey key: Key) throws -> Float? { try optional(key) }
    func decodeIfPresent(_: Int.Type, forKey key: Key) throws -> Int? { try optional(key) }
    func decodeIfPresent(_: Int8.Type, forKey key: Key) throws -> Int8? { try optional(key) }
    func decodeIfPresent(_: Int16.Type, forKey key: Key) throws -> Int16? { try optional(key) }
    func decodeIfPresent(_: Int32.Type, forKey key: Key) throws -> Int32? { try optional(key) }
    func decodeIfPresent(_: Int64.Type, forKey key: Key) throws -> Int64? { try optional(key) }
    func decodeIfPresent(_: Int128.Type, forKey key: Key) throws -> Int128? { try optional(key) }
    func decodeIfPresent(_: UInt.Type, forKey key: Key) throws -> UInt? { try optional(key) }
    func decodeIfPresent(_: UInt8.Type, forKey key: Key) throws -> UInt8? { try optional(key) }
    func decodeIfPresent(_: UInt16.Type, forKey key: Key) throws -> UInt16? { try optional(key) }
    func decodeIfPresent(_: UInt32.Type, forKey key: Key) throws -> UInt32? { try optional(key) }
    func decodeIfPresent(_: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(key) }
    func decodeIfPresent(_: UInt128.Type, forKey key: Key) throws -> UInt128? { try optional(key) }

    private func optional<T: Decodable>(_ key: Key) throws -> T? {
        note(key, try Recorder.shape(of: T.self, for: notes).0, .optional)
        return nil
    }

    private func note(_ key: Key, _ shape: Shape, _ presence: Property.Presence) {
        notes.properties.append(Property(name: key.stringValue, shape: shape, presence: presence))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw unsupported }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw unsupported
    }

    func superDecoder() throws -> any Decoder { throw unsupported }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unsupported }
}

/// An array, of which one item is read.
private struct Items: UnkeyedDecodingContainer {
    let notes: Recorder.Notes
    let codingPath: [any CodingKey] = []
    let count: Int? = 1
    private(set) var currentIndex = 0
    var isAtEnd: Bool { currentIndex > 0 }

    init(notes: Recorder.Notes) { self.notes = notes }

    mutating func decodeNil() -> Bool { false }

    mutating func decode<T: Decodable>(_: T.Type) throws -> T { try item() }
    mutating func decode(_: Int128.Type) throws -> Int128 { try item() }
    mutating func decode(_: UInt128.Type) throws -> UInt128 { try item() }

    private mutating func item<T: Decodable>() throws -> T {
        let (shape, value) = try Recorder.shape(of: T.self, for: notes)
        notes.shape = .array(shape)
        currentIndex += 1
        return value
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw unsupported }

    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw unsupported }
    func superDecoder() throws -> any Decoder { throw unsupported }
}

/// A type that is written as another one, such as `OrNull`.
private struct Single: SingleValueDecodingContainer {
    let notes: Recorder.Notes
    let codingPath: [any CodingKey] = []

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_: T.Type) throws -> T { try value() }
    func decode(_: Int128.Type) throws -> Int128 { try value() }
    func decode(_: UInt128.Type) throws -> UInt128 { try value() }

    private func value<T: Decodable>() throws -> T {
        let (shape, value) = try Recorder.shape(of: T.self, for: notes)
        notes.shape = shape
        return value
    }
}

private let unsupported = UnknownShape(
    description: "containers inside of containers have no schema")
