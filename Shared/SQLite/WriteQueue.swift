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
        let outcome: Result<Bool, DatabaseError> = lock.locked {
            if isClosed { return .failure(DatabaseError(.closed, "the database is closed")) }
            if jobs.count >= maximum {
                return .failure(DatabaseError(.overloaded, "\(jobs.count) writes wait"))
            }
            jobs.append(job)
            return .success(jobs.count == 1)
        }
        // Without the lock, which the writer would have to wait for.
        if try outcome.get() { lock.signal() }
    }

    /// Waits for writes and takes all of them, up to `limit`.
    func next(limit: Int, until deadline: UInt64?) -> Next {
        lock.locked {
            while jobs.isEmpty {
                if isClosed { return .closed }
                if let deadline, monotonicNanoseconds() >= deadline { return .timeout }
                lock.wait(until: deadline)
            }
            return .batch(takeFirst(limit))
        }
    }

    /// Takes those that wait now, up to `limit`.
    func waiting(limit: Int) -> [any WriteJob] { lock.locked { takeFirst(limit) } }

    private func takeFirst(_ limit: Int) -> [any WriteJob] {
        guard jobs.count > limit else {
            defer { jobs = [] }
            return jobs
        }
        defer { jobs.removeFirst(limit) }
        return Array(jobs.prefix(limit))
    }

    func close() {
        lock.locked {
            isClosed = true
            lock.signal()
        }
    }
}
