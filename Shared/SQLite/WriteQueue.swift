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
    private var isClosed = false

    init(maximum: Int) { self.maximum = maximum }

    var count: Int { lock.locked { jobs.count } }

    func add(_ job: any WriteJob) throws(DatabaseError) {
        let error: DatabaseError? = lock.locked {
            if isClosed { return DatabaseError(.closed, "the database is closed") }
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
                if isClosed { return .closed }
                if let deadline, monotonicNanoseconds() >= deadline { return .timeout }
                lock.wait(until: deadline)
            }
            let batch = Array(jobs.prefix(limit))
            jobs.removeFirst(batch.count)
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
