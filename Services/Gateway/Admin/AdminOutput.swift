import Glibc
import Kernel
import ServiceKit
import Synchronization

/// What a command prints: tables for people, JSON for programs. It is written in parts, so that a
/// list of any length takes little memory.
final class AdminOutput: Sendable {
    /// Takes bytes; false if they can't be written.
    typealias Sink = @Sendable ([UInt8]) -> Bool

    private static let part = 32 * 1_024

    let isJSON: Bool
    private let sink: Sink
    private let waiting = Mutex<[UInt8]>([])

    init(isJSON: Bool, _ sink: @escaping Sink) {
        self.isJSON = isJSON
        self.sink = sink
    }

    /// Of this process.
    static let standard: Sink = { write($0, to: STDOUT_FILENO) }
    static let standardError: Sink = { write($0, to: STDERR_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    func line(_ text: String) throws(AdminFailure) { try bytes(Array((text + "\n").utf8)) }

    func bytes(_ bytes: [UInt8]) throws(AdminFailure) {
        let part = waiting.withLock { waiting -> [UInt8] in
            waiting += bytes
            guard waiting.count >= Self.part else { return [] }
            defer { waiting = [] }
            return waiting
        }
        if !part.isEmpty { try send(part) }
    }

    func flush() throws(AdminFailure) {
        let rest = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        if !rest.isEmpty { try send(rest) }
    }

    private func send(_ bytes: [UInt8]) throws(AdminFailure) {
        guard sink(bytes) else { throw AdminFailure(.ioError, "the output can't be written") }
    }
}

/// A column of a table.
struct AdminColumn<Row>: Sendable {
    let name: String
    let value: @Sendable (Row) -> String

    init(_ name: String, _ value: @escaping @Sendable (Row) -> String) {
        self.name = name
        self.value = value
    }
}

/// Rows as a table, or as a JSON array. Widths are those of the first rows.
final class AdminList<Row: Encodable & Sendable>: Sendable {
    private let output: AdminOutput
    private let columns: [AdminColumn<Row>]
    private let state = Mutex((widths: [Int](), count: 0))

    init(_ output: AdminOutput, _ columns: [AdminColumn<Row>]) {
        self.output = output
        self.columns = columns
    }

    func add(_ rows: [Row]) throws(AdminFailure) {
        guard !rows.isEmpty else { return }
        let count = state.withLock { state in
            defer { state.count += rows.count }
            return state.count
        }
        guard !output.isJSON else {
            for (index, row) in rows.enumerated() {
                try output.bytes(Array((count + index == 0 ? "[\n" : ",\n").utf8))
                try output.bytes(JSON.encode(row))
            }
            return
        }
        let texts = rows.map { row in columns.map { $0.value(row).shown } }
        if count == 0 {
            let all = [columns.map(\.name)] + texts
            let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
            state.withLock { $0.widths = widths }
            try put(columns.map(\.name))
        }
        for text in texts { try put(text) }
    }

    /// - Parameter nothing: said to people where there are no rows.
    func end(nothing: String) throws(AdminFailure) {
        let isEmpty = state.withLock { $0.count } == 0
        guard output.isJSON else {
            if isEmpty { try output.line(nothing) }
            return
        }
        try output.line(isEmpty ? "[]" : "\n]")
    }

    private func put(_ texts: [String]) throws(AdminFailure) {
        let widths = state.withLock { $0.widths }
        var line = ""
        for (index, text) in texts.enumerated() {
            line += text
            guard index < texts.count - 1 else { break }
            line += String(repeating: " ", count: max(0, widths[index] - text.count) + 2)
        }
        try output.line(line)
    }
}

extension String {
    /// As a terminal can show it: what users have written must not move its cursor, nor turn its
    /// text around.
    var shown: String {
        guard unicodeScalars.contains(where: \.isHarmful) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard scalar.isHarmful else {
                text.unicodeScalars.append(scalar)
                continue
            }
            text += "\\u{\(String(scalar.value, radix: 16))}"
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Controls, and formats such as those that change the direction of text.
    fileprivate var isHarmful: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
