import EventLoop
import HTTPServer
import Kernel

/// Limits the log lines of refused requests: a refused request is cheap, and a line each would
/// be most of it. The first ones of an address in a window have their lines; the others are counted
/// and logged in one line when the window ends. Belongs to a loop.
final class RefusalLog {
    private static let linesPerAddress = 10
    /// Of all addresses together: a flood may come from many.
    private static let lines = 200
    /// Addresses that are counted separately; all others are one.
    private static let addresses = 256

    private struct Entry {
        let host: String
        var written = 0
        var dropped = 0
    }

    private let logger: Logger
    private let loop: EventLoop
    /// Milliseconds.
    private let window: Int
    /// By network.
    private var entries: [UInt64: Entry] = [:]
    private var others = 0
    private var written = 0
    private var isScheduled = false
    /// Lines that were not written so far.
    private(set) var droppedCount = 0

    init(_ logger: Logger, on loop: EventLoop, window: Int = 5_000) {
        self.logger = logger
        self.loop = loop
        self.window = window
    }

    /// Whether this refusal gets its own line.
    func takes(_ peer: Peer) -> Bool {
        if !isScheduled { schedule() }
        let key = peer.address.network
        guard entries[key] != nil || entries.count < Self.addresses else {
            others += 1
            droppedCount += 1
            return false
        }
        var entry = entries[key] ?? Entry(host: peer.host)
        let isTaken = entry.written < Self.linesPerAddress && written < Self.lines
        if isTaken {
            entry.written += 1
            written += 1
        } else {
            entry.dropped += 1
            droppedCount += 1
        }
        entries[key] = entry
        return isTaken
    }

    private func schedule() {
        isScheduled = true
        loop.schedule(milliseconds: window) { [weak self] in
            self?.isScheduled = false
            self?.flush()
        }
    }

    /// Ends the window.
    func flush() {
        for entry in entries.values where entry.dropped > 0 { logCount(entry.host, entry.dropped) }
        if others > 0 { logCount("others", others) }
        entries.removeAll(keepingCapacity: true)
        (others, written) = (0, 0)
    }

    private func logCount(_ host: String, _ count: Int) {
        logger.info("refusals not logged", ["client": host, "count": "\(count)"])
    }
}
