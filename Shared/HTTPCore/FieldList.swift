/// The fields of a head, in place: in order, duplicates kept, values without surrounding space.
public struct FieldList: Sendable {
    /// One field line; its texts are ranges of the head's bytes.
    public struct Field: Sendable {
        /// A known name, or `other`.
        public let name: FieldName
        let nameStart: UInt32
        let nameCount: UInt32
        let valueStart: UInt32
        let valueCount: UInt32
    }

    /// The bytes of the whole head.
    let bytes: [UInt8]
    /// In the order of the head.
    public let fields: [Field]

    /// Of a head of which no field was read.
    public static let none = FieldList(bytes: [], fields: [])

    /// Field lines.
    public var count: Int { fields.count }

    /// The first value of a known field.
    public subscript(name: FieldName) -> String? {
        for field in fields where field.name == name { return value(of: field) }
        return nil
    }

    /// How many lines a known field has.
    public func count(of name: FieldName) -> Int {
        var count = 0
        for field in fields where field.name == name { count += 1 }
        return count
    }

    /// The values of a field that this product does not know by itself; `name` in any case.
    public func values(named name: String) -> [String] {
        fields.filter { self.name(of: $0).lowercased() == name.lowercased() }.map(value(of:))
    }

    /// All lines of a known field as one list (RFC 9110 §5.3); nil if there is none.
    public func joined(_ name: FieldName) -> String? {
        guard count(of: name) > 1 else { return self[name] }
        return fields.filter { $0.name == name }.map { value(of: $0) }.joined(separator: ",")
    }

    /// The items of a list field (RFC 9110 §5.6.1), of all its lines in order, without the space
    /// around them. Empty ones are kept.
    public func items(of name: FieldName) -> [String] {
        var items: [String] = []
        for field in fields where field.name == name {
            withValue(of: field) { value in
                for item in value.split(separator: ASCII.comma, omittingEmptySubsequences: false) {
                    let bare = ASCII.trimmed(UnsafeRawBufferPointer(rebasing: item))
                    items.append(String(decoding: bare, as: UTF8.self))
                }
            }
        }
        return items
    }

    /// The name as it was sent.
    public func name(of field: Field) -> String {
        withBytes(Int(field.nameStart), Int(field.nameCount)) {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The value, without white space around it.
    public func value(of field: Field) -> String {
        withValue(of: field) { String(decoding: $0, as: UTF8.self) }
    }

    /// Lends a field's name as its bytes.
    public func withName<T>(of field: Field, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows
        -> T
    {
        try withBytes(Int(field.nameStart), Int(field.nameCount), body)
    }

    /// Lends a field's value as its bytes.
    public func withValue<T>(
        of field: Field, _ body: (UnsafeRawBufferPointer) throws -> T
    ) rethrows -> T {
        try withBytes(Int(field.valueStart), Int(field.valueCount), body)
    }

    /// Lends the first value of a known field as its bytes; nil if there is none.
    public func withValue<T>(
        _ name: FieldName, _ body: (UnsafeRawBufferPointer) throws -> T
    ) rethrows -> T? {
        for field in fields where field.name == name { return try withValue(of: field, body) }
        return nil
    }

    func withBytes<T>(
        _ start: Int, _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> T
    ) rethrows -> T {
        try bytes.withUnsafeBytes { all in
            try body(UnsafeRawBufferPointer(rebasing: all[start..<start + count]))
        }
    }
}
