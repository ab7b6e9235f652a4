import SQLite
import TestSupport

extension Database {
    /// All that is kept, so that a test can say that nothing was changed.
    func everything() throws -> [String] { try dump() }
}
