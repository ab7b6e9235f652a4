@testable import SQLite

/// A reader that records the query plan of each statement.
public final class PlanReader: Queryable {
    private let reader: Reader
    private var plans: [[PlanStep]] = []

    public var steps: [PlanStep] { plans.flatMap(\.self) }
    /// Those of statements that read no page.
    public var stepsBesidePage: [String] {
        plans.filter { !$0.contains { $0.detail == "CO-ROUTINE page" } }.flatMap(\.self)
            .map(\.detail)
    }

    public init(_ reader: Reader) { self.reader = reader }

    public func statement(_ sql: SQL) throws(DatabaseError) -> Statement {
        try record(sql.text)
        return try reader.statement(sql)
    }

    private func record(_ sql: String) throws(DatabaseError) {
        let connection = reader.connection
        let plan = Statement(
            try connection.prepareUnchecked("EXPLAIN QUERY PLAN \(sql)"), connection,
            temporary: true)
        defer { plan.finish() }
        var steps: [PlanStep] = []
        while try plan.step() {
            let row = plan.row
            steps.append(PlanStep(id: row.int(0), parent: row.int(1), detail: row.text(3)))
        }
        plans.append(steps)
    }

    /// The steps inside of the one that `outer` describes, at any depth.
    public func steps(inside outer: String) -> [String] {
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

/// One line of a plan; `parent` is 0 at the top.
public struct PlanStep {
    public let id: Int64
    public let parent: Int64
    public let detail: String
}
