import SQLite
import Testing

/// Holds every step of a schema against the digest that was committed with it: a step that has run
/// somewhere must not change, also not by a constant of Shared that its SQL contains.
/// - Parameter digests: one for each step, in order.
public func expectFrozen(
    _ steps: [Migration], _ digests: [String], fileID: String = #fileID,
    filePath: String = #filePath, line: Int = #line, column: Int = #column
) {
    let place = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
    for complaint in complaints(about: steps, digests) {
        Issue.record(Comment(rawValue: complaint), sourceLocation: place)
    }
}

/// What is wrong with the steps, as sentences that say what to do.
public func complaints(about steps: [Migration], _ digests: [String]) -> [String] {
    let changed = zip(steps, digests).enumerated().filter { $1.0.digest != $1.1 }.map {
        """
        Step \($0 + 1) of the schema (\($1.0.name)) has changed: its digest is \($1.0.digest). \
        Databases have had the old one and are refused at start. Restore its SQL, and append a \
        new step to the list that makes the change.
        """
    }
    let added = steps.dropFirst(digests.count).map {
        """
        The step \($0.name) is new. Once its SQL is final, freeze it: append to the digests:
            // \($0.name)
            "\($0.digest)",
        """
    }
    let removed = digests.dropFirst(steps.count).map {
        "The step with the digest \($0) is gone. Put it back: databases have had it."
    }
    return changed + added + removed
}
