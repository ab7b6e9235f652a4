internal import CSQLite
import Kernel

/// A prepared statement of one connection, lent for one execution. Only `Queryable` handles it.
public final class Statement {
    let handle: OpaquePointer
    /// The connection outlives its statements: it finalizes them when it closes.
    private unowned(unsafe) let connection: Connection
    private let parameters: Int32
    /// Not in the cache: the cached one was busy, as its rows were still being read.
    private let temporary: Bool
    private(set) var isBusy = true

    init(_ handle: OpaquePointer, _ connection: Connection, temporary: Bool) {
        self.handle = handle
        self.connection = connection
        self.parameters = sqlite3_bind_parameter_count(handle)
        self.temporary = temporary
    }

    func claim() { isBusy = true }

    @usableFromInline func bind(_ values: [Value]) throws(DatabaseError) {
        guard values.count == Int(parameters) else {
            throw connection.misuse(
                "\(values.count) values for \(parameters) parameters", handle)
        }
        var index: Int32 = 0
        for value in values {
            index += 1
            let code = bind(value, index)
            guard code == SQLITE_OK else { throw connection.error(code, handle) }
        }
    }

    private func bind(_ value: Value, _ index: Int32) -> Int32 {
        switch value {
        case .text(var text):
            text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    // An empty buffer may have no address, which would bind NULL.
                    $0.baseAddress == nil
                        ? latchkey_bind_text(handle, index, "", 0)
                        : latchkey_bind_text(handle, index, $0.baseAddress, Int32($0.count))
                }
            }
        case .int(let number): sqlite3_bind_int64(handle, index, number)
        case .real(let number): sqlite3_bind_double(handle, index, number)
        case .blob(let bytes):
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : bytes.withUnsafeBytes {
                    latchkey_bind_blob(handle, index, $0.baseAddress, Int32($0.count))
                }
        case .null: sqlite3_bind_null(handle, index)
        }
    }

    /// Whether there is a row.
    @usableFromInline func step() throws(DatabaseError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw connection.error(code, handle)
    }

    @usableFromInline var row: Row { Row(handle: handle) }

    /// Gives the statement back. Bindings are cleared too, or the cache would keep large blobs.
    @usableFromInline func finish() {
        if temporary {
            sqlite3_finalize(handle)
            return
        }
        sqlite3_reset(handle)
        if parameters > 0 { sqlite3_clear_bindings(handle) }
        isBusy = false
    }
}
