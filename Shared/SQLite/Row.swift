internal import CSQLite
import Kernel

/// The current row of a query; valid only inside the closure it is given to. Columns count from
/// 0. The getters without `OrNil` give NULL as an empty or zero value.
public struct Row {
    let handle: OpaquePointer

    init(handle: OpaquePointer) { self.handle = handle }

    /// The number of columns.
    var count: Int { Int(sqlite3_column_count(handle)) }

    /// A column as it can be bound again.
    public func value(_ column: Int) -> Value {
        switch sqlite3_column_type(handle, Int32(column)) {
        case SQLITE_INTEGER: .int(int(column))
        case SQLITE_FLOAT: .real(real(column))
        case SQLITE_TEXT: .text(text(column))
        case SQLITE_BLOB: .blob(blob(column))
        default: .null
        }
    }

    /// Whether the column is NULL.
    public func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL
    }

    /// TEXT; empty for NULL.
    public func text(_ column: Int) -> String {
        guard let text = sqlite3_column_text(handle, Int32(column)) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return String(
            decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// TEXT; nil for NULL.
    public func textOrNil(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// INTEGER; 0 for NULL.
    public func int(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    /// INTEGER; nil for NULL.
    public func intOrNil(_ column: Int) -> Int64? { isNull(column) ? nil : int(column) }

    /// REAL; 0 for NULL.
    public func real(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }

    /// INTEGER; false for 0 and NULL.
    public func bool(_ column: Int) -> Bool { int(column) != 0 }

    /// Milliseconds since 1970.
    public func time(_ column: Int) -> Timestamp { Timestamp(milliseconds: int(column)) }

    /// Milliseconds since 1970; nil for NULL.
    public func timeOrNil(_ column: Int) -> Timestamp? { isNull(column) ? nil : time(column) }

    /// BLOB; empty for NULL.
    public func blob(_ column: Int) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(handle, Int32(column)) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, Int32(column)))
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }
}
