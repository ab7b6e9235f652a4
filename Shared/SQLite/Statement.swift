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
    /// The texts that are bound, one after the other: SQLite reads them here, as an allocation and
    /// a release for each would cost more than to look for a row.
    private var texts = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// Whether SQLite has copies of what is bound.
    private var holdsCopies = false
    /// Bytes of texts beyond which SQLite copies them, for one execution.
    private static let mostTexts = 4_096

    init(_ handle: OpaquePointer, _ connection: Connection, temporary: Bool) {
        self.handle = handle
        self.connection = connection
        self.parameters = sqlite3_bind_parameter_count(handle)
        self.temporary = temporary
    }

    deinit { texts.deallocate() }

    func claim() { isBusy = true }

    @usableFromInline func bind(_ values: [Value]) throws(DatabaseError) {
        guard values.count == Int(parameters) else {
            throw connection.misuse(
                "\(values.count) values for \(parameters) parameters", handle)
        }
        reserve(for: values)
        var used = 0
        var index: Int32 = 0
        for value in values {
            index += 1
            let code = bind(value, index, &used)
            guard code == SQLITE_OK else { throw connection.error(code, handle) }
        }
    }

    private func reserve(for values: [Value]) {
        var size = 1
        for case .text(let text) in values { size += text.utf8.count }
        guard texts.count < min(size, Self.mostTexts) else { return }
        texts.deallocate()
        texts = .allocate(byteCount: min(2 * size, Self.mostTexts), alignment: 1)
    }

    private func bind(_ value: Value, _ index: Int32, _ used: inout Int) -> Int32 {
        switch value {
        case .text(var text): return text.withUTF8 { bind($0, index, &used) }
        case .int(let number): return sqlite3_bind_int64(handle, index, number)
        case .real(let number): return sqlite3_bind_double(handle, index, number)
        case .blob(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            holdsCopies = true
            return bytes.withUnsafeBytes {
                latchkey_bind_blob(handle, index, $0.baseAddress, Int32($0.count))
            }
        case .null: return sqlite3_bind_null(handle, index)
        }
    }

    /// - Parameter used: bytes of `texts`.
    private func bind(
        _ text: UnsafeBufferPointer<UInt8>, _ index: Int32, _ used: inout Int
    ) -> Int32 {
        guard let place = texts.baseAddress?.advanced(by: used), used + text.count <= texts.count
        else {
            holdsCopies = true
            return text.withMemoryRebound(to: CChar.self) {
                latchkey_bind_text(handle, index, $0.baseAddress, Int32($0.count))
            }
        }
        used += text.count
        // An empty text may have no address of its own, which would bind NULL.
        if let start = text.baseAddress { place.copyMemory(from: start, byteCount: text.count) }
        return sqlite3_bind_text(
            handle, index, place.assumingMemoryBound(to: CChar.self), Int32(text.count), nil)
    }

    /// Whether there is a row.
    @usableFromInline func step() throws(DatabaseError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw connection.error(code, handle)
    }

    @usableFromInline var row: Row { Row(handle: handle) }

    /// Gives the statement back without what SQLite has copied: the cache would keep large blobs.
    @usableFromInline func finish() {
        if temporary {
            sqlite3_finalize(handle)
            return
        }
        sqlite3_reset(handle)
        if holdsCopies {
            sqlite3_clear_bindings(handle)
            holdsCopies = false
        }
        isBusy = false
    }
}
