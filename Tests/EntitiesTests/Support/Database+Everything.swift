import SQLite
import TestSupport

extension Database {
    /// The whole content, so that a test can check that nothing changed.
    func everything() throws -> [String] {
        // The copy of public entities is updated whenever entities are listed. What other lists
        // count follows from what is kept here.
        let copy = [
            "entities.is_public", "public_counts", "public_mark", "list_parts",
        ].reduce(into: [:]) { $0[$1] = "copied when it is read" }
        return try dump(except: copy)
    }
}
