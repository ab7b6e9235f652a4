import Kernel
import Synchronization

extension Writer {
    private enum Outcome {
        case kept
        case undone
        /// SQLite has rolled the whole transaction back, earlier writes of the batch included.
        case lost(DatabaseError)
    }

    /// Runs writes in as few transactions as possible and answers each of them.
    func process(_ jobs: [any WriteJob]) {
        var rest = jobs[...]
        while !rest.isEmpty {
            guard let connection else {
                let error = failure ?? DatabaseError(.ioError, "the database is being reopened")
                return answer(rest, failing: error)
            }
            if let error = confirmations?.refusal { return answer(rest, failing: error) }
            rest = commit(rest, on: connection)
            if let error = connection.lastFailure, error.isSerious { markBroken(error) }
        }
    }

    /// One transaction, of these writes and of those that come while they run: what waits for a
    /// commit needs no other one. Returns the writes that were not reached because it was lost
    /// before.
    private func commit(
        _ waiting: ArraySlice<any WriteJob>, on connection: Connection
    ) -> ArraySlice<any WriteJob> {
        connection.lastFailure = nil
        var jobs = waiting
        var keeps = false
        var changing: [any WriteJob] = []
        var index = jobs.startIndex
        while index < jobs.endIndex {
            do throws(DatabaseError) {
                if !keeps { try begin(connection) }
            } catch {
                answer(jobs[..<index])
                answer(jobs[index...], failing: error)
                return []
            }
            let noted = connection.notedChanges
            let outcome = run(jobs[index], on: connection, isFirst: !keeps)
            if connection.notedChanges != noted { changing.append(jobs[index]) }
            switch outcome {
            case .kept: keeps = true
            case .undone: break
            case .lost(let error):
                rollback(connection)
                // They ran and were undone; running a body twice is not what callers expect.
                answer(jobs[...index], failing: error)
                return jobs[(index + 1)...]
            }
            index += 1
            if keeps, index == jobs.endIndex {
                jobs += queue.waiting(limit: options.maximumBatch - jobs.count)
            }
        }
        finish(jobs, changing, on: connection, keeps: keeps)
        return []
    }

    private func begin(_ connection: Connection) throws(DatabaseError) {
        // SQLite would go on writing into a file that has no name.
        if connection.hasMoved {
            let error = DatabaseError(.ioError, "the database file was moved or deleted")
            connection.lastFailure = error
            throw error
        }
        _ = connection.takeChangedKeys()
        try connection.run("BEGIN IMMEDIATE")
    }

    /// The first write that is kept needs no savepoint: rolling back does as much.
    private func run(_ job: any WriteJob, on connection: Connection, isFirst: Bool) -> Outcome {
        do throws(DatabaseError) {
            if !isFirst { try connection.run("SAVEPOINT w") }
            let transaction = Transaction(
                connection, now: nextNow(), version: isFirst ? version : nil)
            var succeeded = job.run(transaction)
            transaction.end()
            guard connection.isInTransaction else {
                return .lost(
                    connection.lastFailure ?? DatabaseError(.other, "the transaction was ended"))
            }
            if succeeded, connection.hasOpenForeignKeys {
                // Else COMMIT would fail, and with it the whole batch.
                job.fail(DatabaseError(.foreignKeyViolation, "a deferred foreign key is open"))
                succeeded = false
            }
            switch (isFirst, succeeded) {
            case (true, true): break
            case (true, false): try connection.run("ROLLBACK")
            case (false, true): try connection.run("RELEASE w")
            case (false, false):
                try connection.run("ROLLBACK TO w")
                try connection.run("RELEASE w")
            }
            return succeeded ? .kept : .undone
        } catch {
            return .lost(error)
        }
    }

    private func finish(
        _ jobs: ArraySlice<any WriteJob>, _ changing: [any WriteJob], on connection: Connection,
        keeps: Bool
    ) {
        guard keeps else { return answer(jobs) }
        let keys = connection.takeChangedKeys()
        let observer = keys.isEmpty ? nil : options.watch?.observer
        observer?.committing()
        confirmations?.committing()
        let written = connection.walCommits
        let start = monotonicNanoseconds()
        do throws(DatabaseError) {
            changes.add(1, ordering: .sequentiallyConsistent)
            // Before anybody is answered, and after a failure too: it may have been kept.
            defer { changes.add(1, ordering: .releasing) }
            try connection.run("COMMIT")
        } catch {
            _ = observer?.committed(keys)
            rollback(connection)
            // Those who wait for what they saw wait for something else now.
            confirmations?.failed()
            // Also those that failed by themselves: they may have failed over data of the others.
            return answer(jobs, failing: error)
        }
        // After `changes`: who reads the observer's number first reads nothing older than it.
        if let number = observer?.committed(keys) { for job in changing { job.number = number } }
        let seconds = Double(monotonicNanoseconds() - start) / 1e9
        record {
            $0.commits += 1
            $0.commitSeconds.record(seconds)
            // Frames are a page and a header of 24 bytes (https://sqlite.org/walformat.html).
            $0.walBytes = connection.walPages * (4096 + 24) + 32
        }
        let isLong = connection.walPages >= options.checkpointPages
        isLogLong.store(isLong, ordering: .relaxed)
        // Also those that failed by themselves: they may have failed over data of the others.
        let wroteNothing = connection.walCommits == written
        answer(jobs, failing: confirmations.flatMap { confirm($0, wroteNothing: wroteNothing) })
        if isLong, options.checkpoints == .ours { try? connection.checkpoint(truncate: false) }
    }

    private func rollback(_ connection: Connection) {
        if connection.isInTransaction { try? connection.run("ROLLBACK") }
    }

    private func answer(_ jobs: ArraySlice<any WriteJob>, failing error: DatabaseError? = nil) {
        var failed = 0
        for job in jobs {
            if let error { job.fail(error) }
            if job.hasFailed { failed += 1 }
        }
        let succeeded = jobs.count - failed
        record { [failed] in
            $0.failedWrites += failed
            $0.writes += succeeded
        }
        for job in jobs { job.resume() }
    }
}

extension DatabaseError {
    /// After this the connection is not to be trusted.
    var isSerious: Bool { kind == .ioError || kind == .corrupt }
}
