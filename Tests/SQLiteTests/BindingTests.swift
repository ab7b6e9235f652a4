import Kernel
import SQLite
import TestSupport
import Testing

/// What is bound to a statement is what it reads, however often it is used.
struct BindingTests {
    private let random = SeededRandom(seed: 9)

    private func text() -> String {
        let length = [0, 0, 1, 3, 30, 200, 4_000, 9_000][random.below(8)]
        return String(repeating: ["a", "é", "\0", "😀"][random.below(4)], count: length)
    }

    @Test func `texts of any length come back`() throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        try database.read { reader in
            for _ in 0..<200 {
                let bound = (text(), text(), text())
                let found = try reader.row(
                    "SELECT ?1, ?2, ?3, ?1 || ?3", .text(bound.0), .text(bound.1), .text(bound.2)
                ) { [$0.text(0), $0.text(1), $0.text(2), $0.text(3)] }
                #expect(found?.prefix(3) == [bound.0, bound.1, bound.2])
                #expect(found?.last == bound.0 + bound.2)
            }
        }
    }

    @Test func `a statement that is used while it is read keeps what is bound to it`() throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let again = SQL(
            "SELECT value, ?2 FROM json_each(?1)" as SQL.Parts)
        try database.read { reader in
            let rows = try reader.rows(again, .texts(["a", "b", "c"]), .text("outer")) { row in
                let inner = try reader.rows(again, .texts(["x"]), .text("inner of other length")) {
                    $0.text(0) + $0.text(1)
                }
                return row.text(0) + row.text(1) + inner.joined()
            }
            #expect(rows == ["a", "b", "c"].map { $0 + "outerxinner of other length" })
        }
    }

    @Test func `values of other kinds and none take the place of texts`() async throws {
        let folder = try TemporaryFolder()
        let database = try openDatabase(folder)
        let kinds: [Value] = [
            .text("text"), .null, .blob([1, 2]), .int(7 as Int64), .real(0.5), .text(""),
            .blob([]), .text(String(repeating: "long", count: 3_000)), .text("t"),
        ]
        try await database.write { tx in
            for value in kinds {
                let kind = try tx.row("SELECT typeof(?1), length(?1)", value) {
                    ($0.text(0), $0.intOrNil(1))
                }
                switch value {
                case .text(let text): #expect(kind?.0 == "text" && kind?.1 == Int64(text.count))
                case .null: #expect(kind?.0 == "null")
                case .blob(let bytes): #expect(kind?.0 == "blob" && kind?.1 == Int64(bytes.count))
                case .int: #expect(kind?.0 == "integer")
                case .real: #expect(kind?.0 == "real")
                }
            }
        }
    }
}
