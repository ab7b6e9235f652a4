import EventLoop
import HTTPCore

/// How what was written leaves.
extension ServerConnection {
    /// Sends at the end of the round what a producer writes in small parts.
    func flushSoon() {
        guard !flushIsDue else { return }
        flushIsDue = true
        loop.postpone {
            self.flushIsDue = false
            self.flush()
        }
    }

    /// Sends what is there, as far as the client takes it.
    func flush() {
        let wasFull = !hasRoom
        send()
        // Requests that waited for their predecessors' answers to leave.
        if wasFull, hasRoom, case .reading = phase { pump() }
    }

    private func send() {
        guard !isClosed else { return }
        while !output.isEmpty {
            switch Socket.send(fd, output.readable) {
            case .bytes(let count):
                output.consume(count)
                clock.sent(loop.now)
            case .wouldBlock: return clock.sending(loop.now)
            case .closed: return close()
            }
        }
        output.releaseIfEmpty()
        clock.sentAll(loop.now)
        sentAll()
    }

    private func sentAll() {
        switch phase {
        case .lingering where !clock.isShut:
            clock.isShut = true
            let until = loop.now.adding(milliseconds: server.options.lingerTimeout)
            phase = .lingering(until: until)
            Socket.shutdownWrite(fd)
            if peerClosed { close() }
        case .handling where wantsDrain:
            wantsDrain = false
            exchange?.consumer?.drained()
        default: break
        }
    }
}
