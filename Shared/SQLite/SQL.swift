import Synchronization

/// SQL that is put together once from literals, columns and other SQL, and kept in a `static let`.
/// A String does not fit in, so whatever comes from outside has to be bound as a parameter.
///
///     static let find = SQL("SELECT \(columns) FROM shares WHERE id = ?1")
///
/// Statements are cached by `key`. Equal texts have one key: where SQL is made at each call by
/// mistake, that costs time, and no second statement.
public struct SQL: Sendable {
    let text: String
    let key: UInt

    public init(_ parts: Parts) { self.init(text: parts.text) }

    init(text: String) {
        self.text = text
        key = Self.keys.withLock { keys in
            if let key = keys[text] { return key }
            // An address that is never freed, so that it differs from those of literals as well.
            let key = UInt(bitPattern: UnsafeMutablePointer<UInt8>.allocate(capacity: 1))
            keys[text] = key
            return key
        }
    }

    private static let keys = Mutex<[String: UInt]>([:])

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

    public init(_ names: StaticString...) { self.names = names.map(\.description) }

    func list(of alias: String?) -> String {
        let prefix = alias.map { "\($0)." } ?? ""
        return names.map { prefix + $0 }.joined(separator: ", ")
    }

    /// `INSERT INTO table (…) VALUES (?1, …)`: one value for each column, in their order.
    public func insert(into table: StaticString) -> SQL {
        let values = names.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        return SQL(text: "INSERT INTO \(table) (\(list(of: nil))) VALUES (\(values))")
    }
}
