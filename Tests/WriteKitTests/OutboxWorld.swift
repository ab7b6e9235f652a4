import Contract
import Kernel
import SQLite
import TestSupport
import WriteKit

/// A database with the tables of both sides: an outbox, an inbox, and what is gone.
final class OutboxWorld: Sendable {
    let clock = FakeClock()
    let database: Database
    let changes = RecordedChanges()
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        var options = DatabaseOptions()
        options.forbidTableScans = true
        options.synchronousFull = false
        options.watch = TableWatch([], changes)
        database = try Database(
            path: folder.path + "/outbox.sqlite",
            migrations: [
                Migration("outbox", outboxSchema), Migration("inbox", inboxSchema),
                Migration("gone", tombstonesSchema + tombstoneNamesSchema),
                Migration("suspended users", suspendedUsersSchema),
            ], readers: 0, clock: clock, options: options)
    }

    deinit { database.close() }

    func event(_ id: String) -> InternalEvent {
        InternalEvent(id: id, type: "x.done", at: clock.now(), data: #"{"of":"\#(id)"}"#)
    }

    func add(_ id: String, for targets: String...) async throws {
        let event = event(id)
        try await database.write { try OutboxStore.add(event, for: targets, in: $0) }
    }

    /// `target id` of each row, sorted.
    func waiting() throws -> [String] {
        try database.dump().filter { $0.hasPrefix("outbox: ") }.map { line in
            let values = line.split(separator: "'")
            return "\(values[3]) \(values[1])"
        }.sorted()
    }
}
