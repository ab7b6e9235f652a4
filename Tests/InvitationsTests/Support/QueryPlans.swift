@testable import SQLite

/// A reader that notes how SQLite goes about whatever is asked of it.
final class PlanReader: Queryable {
    private let reader: Reader
    private(set) var steps: [PlanStep] = []

    init(_ reader: Reader) { self.reader = reader }

    func statement(_ sql: StaticString) throws(DatabaseError) -> Statement {
        let connection = reader.connection
        let plan = Statement(
            try connection.prepareUnchecked("EXPLAIN QUERY PLAN \(sql)"), connection,
            temporary: true)
        defer { plan.finish() }
        while try plan.step() {
            let row = plan.row
            steps.append(PlanStep(id: row.int(0), parent: row.int(1), detail: row.text(3)))
        }
        return try reader.statement(sql)
    }

    /// What is done inside of the step that `outer` describes, all the way down.
    func steps(inside outer: String) -> [String] {
        guard let root = steps.first(where: { $0.detail == outer }) else { return [] }
        var ids: Set<Int64> = [root.id]
        var details: [String] = []
        for step in steps where ids.contains(step.parent) {
            ids.insert(step.id)
            details.append(step.detail)
        }
        return details
    }
}

/// One line of a plan; `parent` is 0 for those on top.
struct PlanStep {
    let id: Int64
    let parent: Int64
    let detail: String
}
