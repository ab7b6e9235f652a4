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
    }

    let notes = Notes()
    package let codingPath: [any CodingKey] = []
    package let userInfo: [CodingUserInfoKey: Any] = [:]

    /// The members of an object, in the order in which they are declared.
    package static func properties(of type: any Documented.Type) throws -> [Property] {
        let recorder = Recorder()
        _ = try type.init(from: recorder)
        return recorder.notes.properties
    }

    /// The shape of any type, and some value of it.
    static func shape<T: Decodable>(of type: T.Type) throws -> (Shape, T) {
        if type is String.Type { return (.string, try value("", type)) }
        if type is Bool.Type { return (.boolean, try value(false, type)) }
        if type is Int.Type { return (.integer, try value(0, type)) }
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
        let recorder = Recorder()
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
        UnknownShape(description: "\(type) is neither text, number, list, enum nor Documented")
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

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (shape, value) = try Recorder.shape(of: type)
        note(key, shape, notes.looked == key.stringValue ? .patch : .always)
        return value
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        // What no value can have is never there.
        guard type != Never.self else { return nil }
        note(
            key, try Recorder.shape(of: type).0,
            type is any AlwaysWritten.Type ? .orNull : .optional)
        return nil
    }

    // The standard library's own versions of these look and decode, as `Patch` does.
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        note(key, .string, .optional)
        return nil
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        note(key, .boolean, .optional)
        return nil
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        note(key, .integer, .optional)
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

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (shape, value) = try Recorder.shape(of: type)
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

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (shape, value) = try Recorder.shape(of: type)
        notes.shape = shape
        return value
    }
}

private let unsupported = UnknownShape(
    description: "containers inside of containers have no schema")
