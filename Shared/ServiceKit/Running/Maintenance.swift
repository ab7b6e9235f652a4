import Contract
import EventLoop
import Kernel
import Mail
import SQLite
import Synchronization

/// What a running service reports of itself to its operator: outboxes, and the state of its
/// database.
public final class Maintenance: Sendable {
    private struct Check {
        var number = 0
        /// Nil while it runs.
        var result: DatabaseReport?
    }

    private let database: Database
    private let relays: EventRelays?
    private let mail: MailWorker?
    private let check = Mutex(Check?.none)

    /// - Parameters:
    ///   - relays: from the same database; nil for a service that has no events.
    ///   - mail: from the same database; nil for a service that sends none.
    public init(_ database: Database, relays: EventRelays?, mail: MailWorker?) {
        self.database = database
        self.relays = relays
        self.mail = mail
    }

    /// Those of `MaintenanceRoutes`.
    public var routes: [Route] {
        [
            .later(MaintenanceRoutes.outboxes) { [self] _ in
                .json(try await report())
            },
            .later(MaintenanceRoutes.verification) { [self] request in
                .json(try verify(try request.decode(VerificationQuery.self)))
            },
        ]
    }

    /// What waits for others.
    public func report() async throws -> OutboxesReply {
        OutboxesReply(
            outboxes: try (relays?.reports() ?? []) + (mail.map { [try $0.report()] } ?? []),
            isReplicated: database.statistics.isConfirmed)
    }

    /// One check at a time: it reads all of the file.
    private func verify(_ query: VerificationQuery) throws -> VerificationReply {
        guard let number = query.number else {
            return VerificationReply(number: begin(), result: nil)
        }
        // Another one is of a process that has ended, or was followed by a newer one.
        guard let latest = check.withLock({ $0 }), latest.number == number else {
            throw Fault.notFound
        }
        return VerificationReply(number: number, result: latest.result)
    }

    private func begin() -> Int {
        let (number, isNew) = check.withLock { check in
            if let check, check.result == nil { return (check.number, false) }
            let number = (check?.number ?? 0) + 1
            check = Check(number: number)
            return (number, true)
        }
        guard isNew else { return number }
        // It takes as long as reading the file does, which no loop and no task should wait for.
        onDetachedThread { [self] in
            let result = DatabaseReport(of: database)
            check.withLock { $0?.result = result }
        }
        return number
    }
}

extension DatabaseReport {
    fileprivate init(of database: Database) {
        do throws(DatabaseError) {
            self.init(try database.verify())
        } catch {
            self.init(error)
        }
    }

    /// A database that can't be read to its end.
    public init(_ error: DatabaseError) {
        self.init(schema: 0, digest: "", bytes: 0, problems: [error.description])
    }

    /// - Parameter found: by `Shared/SQLite`.
    public init(_ found: DatabaseVerification) {
        self.init(
            schema: found.schema, digest: found.digest, bytes: found.bytes,
            problems: found.problems)
    }
}
