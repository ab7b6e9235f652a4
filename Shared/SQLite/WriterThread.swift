import Glibc

/// The thread that runs a `Writer`, from its start to its one join.
final class WriterThread: @unchecked Sendable {
    private let writer: Writer
    private let lock = Lock()
    private var thread: pthread_t?

    init(_ writer: Writer) throws(DatabaseError) {
        self.writer = writer
        var id = pthread_t()
        let context = Unmanaged.passRetained(writer)
        let code = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Writer>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw DatabaseError(.cannotOpen, "no thread: \(String(cString: strerror(code)))")
        }
        thread = id
    }

    /// Ends the thread once the queue is empty, runs `closeReaders`, and closes the connection as
    /// the last one, which may then empty the write-ahead log.
    func stop(_ closeReaders: () -> Void) {
        lock.locked {
            guard let thread else { return }
            self.thread = nil
            writer.queue.close()
            // A body that held the last reference to the database: a thread can't join itself,
            // and it still uses the connection. The file is consistent without a checkpoint.
            if writer.isCurrentThread {
                pthread_detach(thread)
                closeReaders()
                return
            }
            pthread_join(thread, nil)
            closeReaders()
            writer.finish()
        }
    }
}
