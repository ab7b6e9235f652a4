import SQLite
import TestSupport

extension Database {
    /// All rows, so that a test can check that nothing changed.
    func everything() throws -> [String] { try dump() }
}
