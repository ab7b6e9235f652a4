import EventLoop
import HTTPCore

/// The deadlines of one connection. It only compares times; the connection acts.
struct ConnectionClock {
    enum Verdict {
        case fine
        case close
        case headTimeout
        case bodyTimeout
    }

    /// When the wait for a head began: at the connection's begin and after each answer.
    private var waitingSince: Ticks
    /// When the first byte of an unfinished head came.
    private var headBegan: Ticks?
    private var bodyBegan: Ticks
    private var lastByte: Ticks
    private var bodyBytes = 0
    /// When the client last took bytes of an answer that is waiting.
    private var lastSent: Ticks?
    /// The first request has been seen: from now on waiting is idling.
    private var hasServed = false
    /// The sending side is closed.
    var isShut = false

    init(_ now: Ticks) {
        waitingSince = now
        bodyBegan = now
        lastByte = now
    }

    mutating func received(_ count: Int, _ now: Ticks) {
        lastByte = now
        bodyBytes += count
        if headBegan == nil { headBegan = now }
    }

    mutating func requestBegan(_ now: Ticks) {
        bodyBegan = now
        bodyBytes = 0
        lastByte = now
        hasServed = true
    }

    /// From now on it is the client's turn to send the body, after a pause of ours.
    mutating func bodyAwaited(_ now: Ticks) {
        bodyBegan = now
        bodyBytes = 0
        lastByte = now
    }

    mutating func requestEnded(_ now: Ticks) {
        waitingSince = now
        headBegan = nil
    }

    mutating func sending(_ now: Ticks) { if lastSent == nil { lastSent = now } }
    mutating func sent(_ now: Ticks) { if lastSent != nil { lastSent = now } }
    mutating func sentAll(_ now: Ticks) {
        guard lastSent != nil else { return }
        lastSent = nil
        waitingSince = now
    }

    func verdict(_ connection: ServerConnection, _ now: Ticks) -> Verdict {
        let options = connection.server.options
        if let lastSent, now > lastSent.adding(milliseconds: options.writeTimeout) { return .close }
        switch connection.phase {
        case .reading where !connection.output.isEmpty: return .fine
        case .reading:
            if !connection.input.isEmpty {
                // The first byte of a pipelined head may have come during the request before it.
                let since = headBegan ?? waitingSince
                return now > since.adding(milliseconds: options.headTimeout) ? .headTimeout : .fine
            }
            let wait = hasServed ? options.idleTimeout : options.headTimeout
            return now > waitingSince.adding(milliseconds: wait) ? .close : .fine
        case .handling where connection.isReadingBody:
            return bodyVerdict(options, now)
        case .handling, .lingering, .closed: return .fine
        }
    }

    private func bodyVerdict(_ options: ServerOptions, _ now: Ticks) -> Verdict {
        if now > lastByte.adding(milliseconds: options.bodyIdleTimeout) { return .bodyTimeout }
        let seconds = now.seconds(since: bodyBegan) - Double(options.bodyGrace) / 1000
        let tooSlow = Double(bodyBytes) < seconds * Double(options.bodyMinimumRate)
        return tooSlow ? .bodyTimeout : .fine
    }
}
