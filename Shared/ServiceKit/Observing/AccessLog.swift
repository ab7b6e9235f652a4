import EventLoop
import HTTPCore
import Kernel

/// The lines about a loop's requests, written many at once: a system call for each would cost more
/// than the request. Belongs to the loop.
final class AccessLog {
    /// What a pipe that is writable takes without waiting: PIPE_BUF (pipe(7)).
    private static let chunk = 4_096
    /// How long a line may wait for others.
    private static let flushDelay = 50

    private let logger: Logger
    private let loop: EventLoop
    private var lines = ByteBuffer()
    private var isScheduled = false
    /// Many lines have the same millisecond.
    private var moment = (time: Timestamp(milliseconds: 0), text: "")

    init(_ logger: Logger, on loop: EventLoop) {
        self.logger = logger
        self.loop = loop
    }

    /// Whether a line would be written.
    func takes(_ isQuiet: Bool) -> Bool { logger.logs(isQuiet ? .debug : .info) }

    func add(_ entry: AccessLine) {
        let now = logger.clock.now()
        if moment.text.isEmpty || now != moment.time { moment = (now, now.rfc3339) }
        let mark = lines.count
        switch logger.format {
        case .json: entry.json(moment.text, logger.service, into: &lines)
        case .text: entry.text(moment.text, logger.service, into: &lines)
        }
        if lines.count > Self.chunk { write(mark) }
        if !isScheduled { schedule() }
    }

    private func schedule() {
        isScheduled = true
        loop.schedule(milliseconds: Self.flushDelay) { [weak self] in
            self?.isScheduled = false
            self?.flush()
        }
    }

    func flush() { write(lines.count) }

    private func write(_ count: Int) {
        guard count > 0 else { return }
        let part = UnsafeRawBufferPointer(rebasing: lines.readable[..<count])
        logger.write(lines: String(decoding: part, as: UTF8.self))
        lines.consume(count)
    }
}
