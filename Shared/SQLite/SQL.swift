import Synchronization

/// The text of a statement: a literal, or put together once from literals, columns and other SQL
/// and kept in a `static let`. A String does not fit in, so whatever comes from outside has to be
/// bound as a parameter.
///
///     static let find = SQL("SELECT \(columns) FROM shares WHERE id = ?1")
///
/// Statements are cached by the address of the text, which is never freed: hashing a word is
/// cheaper than hashing a text. Texts that are put together have one address if they are equal:
/// where that happens at each call by mistake, it costs time, and no second statement.
public struct SQL: ExpressibleByStringLiteral, Sendable {
    /// Of its UTF-8; 0 for a literal of one character, which has none.
    @usableFromInline let address: UInt
    @usableFromInline let count: Int

    @inlinable
    public init(stringLiteral literal: StaticString) {
        guard literal.hasPointerRepresentation else {
            (address, count) = (0, 0)
            return
        }
        address = UInt(bitPattern: literal.utf8Start)
        count = literal.utf8CodeUnitCount
    }

    public init(_ parts: Parts) { self.init(text: parts.text) }

    init(text: String) {
        let utf8 = Array(text.utf8)
        count = utf8.count
        address = Self.addresses.withLock { addresses in
            if let address = addresses[text] { return address }
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(utf8.count, 1))
            _ = copy.initialize(from: utf8)
            let address = UInt(bitPattern: copy.baseAddress)
            addresses[text] = address
            return address
        }
    }

    private static let addresses = Mutex<[String: UInt]>([:])

    var text: String {
        let start = UnsafePointer<UInt8>(bitPattern: address)
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// What `SQL(_:)` takes: a literal with interpolations.
    public struct Parts: ExpressibleByStringInterpolation, Sendable {
        let text: String

        public init(stringLiteral literal: String) { text = literal }
        public init(stringInterpolation parts: Interpolation) { text = parts.text }
    }

    /// Composes SQL of SQL: a `String` does not compile.
    public struct Interpolation: StringInterpolationProtocol, Sendable {
        var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity * 2)
        }

        /// Text of the literal.
        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// Another SQL text.
        public mutating func appendInterpolation(_ sql: SQL) { text += sql.text }
        /// Several SQL texts.
        public mutating func appendInterpolation(_ parts: Parts) { text += parts.text }

        /// The names of the columns.
        /// - Parameter alias: of the table in this query.
        public mutating func appendInterpolation(
            _ columns: Columns, of alias: StaticString? = nil
        ) {
            text += columns.list(of: alias?.description)
        }
    }
}

/// Columns of a table, named once for reading and inserting. `Row` has them in this order.
public struct Columns: Sendable {
    let names: [String]

    public init(_ names: StaticString...) { self.init(names.map(\.description)) }

    private init(_ names: [String]) { self.names = names }

    func list(of alias: String?) -> String {
        let prefix = alias.map { "\($0)." } ?? ""
        return names.map { prefix + $0 }.joined(separator: ", ")
    }

    /// Columns that are read, and then those that are only written.
    public static func + (columns: Columns, others: Columns) -> Columns {
        Columns(columns.names + others.names)
    }

    /// `INSERT INTO table (…) VALUES (?1, …)`: one value for each column, in their order.
    public func insert(into table: StaticString) -> SQL {
        let values = names.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        return SQL(text: "INSERT INTO \(table) (\(list(of: nil))) VALUES (\(values))")
    }
}
