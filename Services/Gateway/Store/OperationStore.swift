import Kernel
import SQLite

/// The offboarding of a user, as it began.
struct Operation: Sendable, Equatable {
    let id: String
    let userId: String
    let startedAt: Timestamp
}

/// The table of operations; a step of the migrations.
let operationsSchema = """
    CREATE TABLE operations (
        id TEXT PRIMARY KEY,
        user_id TEXT NOT NULL,
        started_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

/// Rows of `operations`. What was done of each is in the databases of the services.
enum OperationStore {
    private static let columns = Columns("id", "user_id", "started_at")

    static func find(_ id: String, in db: some Queryable) throws -> Operation? {
        try db.row(byId, .text(id)) {
            Operation(id: $0.text(0), userId: $0.text(1), startedAt: $0.time(2))
        }
    }

    private static let byId = SQL("SELECT \(columns) FROM operations WHERE id = ?1")

    static func insert(_ operation: Operation, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(operation.id), .text(operation.userId), .time(operation.startedAt))
    }

    private static let insertion = columns.insert(into: "operations")
}
