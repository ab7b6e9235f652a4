/// The writes that wait for the writer's thread, in the order in which they came.
final class WriteQueue: @unchecked Sendable {
    enum Next {
        case batch([any WriteJob])
        /// Nothing came until the deadline.
        case timeout
        /// Closed, and all that was queued has been handed out.
        case closed
    }

    private let lock = Lock()
    private let maximum: Int
    private var jobs: [any WriteJob] = []
    /// Those that go with the next write, or alone at their time.
    private var patient: [(job: any WriteJob, due: UInt64)] = []
    private var isClosed = false

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { lock.locked { jobs.count + patient.count } }

    /// - Parameter due: until when it can wait for another write, in monotonic nanoseconds; nil:
    ///   not at all.
    func add(_ job: any WriteJob, due: UInt64? = nil) throws(DatabaseError) {
        let error: DatabaseError? = lock.locked {
            if isClosed { return DatabaseError(.closed, "the database is closed") }
            if let due {
                patient.append((job, due))
                if jobs.isEmpty { lock.signal() }
                return nil
            }
            if jobs.count >= maximum {
                return DatabaseError(.overloaded, "\(jobs.count) writes wait")
            }
            jobs.append(job)
            if jobs.count == 1 { lock.signal() }
            return nil
        }
        if let error { throw error }
    }

    /// Waits for writes and takes all of them, up to `limit`.
    func next(limit: Int, until deadline: UInt64?) -> Next {
        lock.locked {
            while jobs.isEmpty {
                let now = monotonicNanoseconds()
                let due = patient.map(\.due).min()
                if let due, isClosed || now >= due { break }
                if isClosed { return .closed }
                if let deadline, now >= deadline { return .timeout }
                lock.wait(until: [deadline, due].compactMap(\.self).min())
            }
            var batch = Array(jobs.prefix(limit))
            jobs.removeFirst(batch.count)
            // Last, as others' results don't depend on them.
            batch += patient.map(\.job)
            patient.removeAll()
            return .batch(batch)
        }
    }

    func close() {
        lock.locked {
            isClosed = true
            lock.signal()
        }
    }
}
