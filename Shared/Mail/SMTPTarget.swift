import EventLoop
import Synchronization
import TLS

/// Sends mails to a relay by SMTP (RFC 5321), over a few connections that are reused. Each delivery
/// has its own thread, which may block.
public final class SMTPTarget: MailTarget {
    /// Limits of the conversation.
    public struct Options: Sendable {
        /// Concurrent connections: a slow delivery occupies only one.
        public var connections = 4
        /// For connecting, and again for the greeting, the TLS handshake, and each reply before
        /// the first mail.
        public var connectMilliseconds = 30_000
        /// For each reply about a mail, and for sending the content (RFC 5321 §4.5.3.2).
        public var replyMilliseconds = 300_000
        /// For the reply to the content, which a relay may send after forwarding it (§4.5.3.2.6).
        /// Not waiting for it causes duplicates.
        public var endMilliseconds = 600_000
        /// Our name in EHLO; nil: our address in brackets.
        public var name: String?

        public init() {}
    }

    private let relay: SMTPRelay
    private let tls: TLSClient?
    private let options: Options
    private let idle = Mutex<[SMTPConnection]>([])
    private let hasLoggedIn = Mutex(false)

    /// One mail per connection. One login is tried at a time until it succeeds: providers lock
    /// accounts after repeated failures.
    public var concurrency: Int {
        relay.login == nil || hasLoggedIn.withLock { $0 } ? options.connections : 1
    }

    /// - Parameter tls: what the relay's `makeTLS` returns; nil to speak without.
    public init(_ relay: SMTPRelay, by tls: TLSClient?, _ options: Options = Options()) {
        self.relay = relay
        self.tls = tls
        self.options = options
    }

    deinit { close(idleFor: 0) }

    /// Returns once the relay has accepted the mail.
    public func deliver(_ mail: OutgoingMail) async throws(MailFailure) {
        let attempt = SMTPAttempt()
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                attempt.begin(continuation)
                onDetachedThread { [self] in attempt.finish(run(mail, attempt)) }
            }
        } onCancel: {
            attempt.cancel()
        }
        if let failure { throw failure }
    }

    /// Closes connections unused for that long.
    public func close(idleFor milliseconds: Int) {
        let now = Ticks.now
        let old = idle.withLock { idle in
            let isOld = { (connection: SMTPConnection) in
                connection.lastUse.adding(milliseconds: milliseconds) <= now
            }
            defer { idle.removeAll(where: isOld) }
            return idle.filter(isOld)
        }
        for connection in old { onDetachedThread { connection.quit() } }
    }

    // MARK: On a thread of its own

    private func run(_ mail: OutgoingMail, _ attempt: SMTPAttempt) -> MailFailure? {
        // An idle connection may be closed by now: then a new one is opened.
        while let connection = takeIdle() {
            guard attempt.use(connection.stream) else { return SMTPAttempt.cancelled }
            switch deliver(mail, over: connection, wasIdle: true) {
            case .done(let failure): return failure
            case .stale: continue
            }
        }
        do throws(MailFailure) {
            let connection = try connect(attempt)
            guard case .done(let failure) = deliver(mail, over: connection, wasIdle: false) else {
                return MailFailure(.outage, "the relay refused to start a mail")
            }
            return failure
        } catch {
            return error
        }
    }

    private enum Result {
        case done(MailFailure?)
        /// The connection failed before the mail: another one can be tried.
        case stale
    }

    private func deliver(
        _ mail: OutgoingMail, over connection: SMTPConnection, wasIdle: Bool
    ) -> Result {
        do throws(SMTPConnection.End) {
            try connection.deliver(mail)
            keep(connection)
            return .done(nil)
        } catch {
            switch error {
            case .refused(_, .reset):
                connection.stream.close()
                return .stale
            case .refused(let reply, let step):
                keep(connection)
                return .done(Self.failure(reply, step))
            case .broken(let reason, let reply, let step):
                connection.stream.close()
                let isFirst = step == .reset || step == .sender
                if wasIdle, isFirst { return .stale }
                return .done(
                    MailFailure(isFirst ? .outage : .temporary, reason, code: reply?.code))
            case .insecure(let reason):
                connection.stream.close()
                return .done(MailFailure(.outage, reason))
            }
        }
    }

    /// 4xx is temporary, 5xx permanent (RFC 5321 §4.2.1). Refusals of the configuration are not the
    /// mail's: 530 requires authentication or TLS (RFC 4954 §6), and a permanently refused sender
    /// is a wrong setting.
    private static func failure(
        _ reply: SMTPReply, _ step: SMTPConnection.Step
    ) -> MailFailure {
        let isOurs = reply.code == 530 || step == .sender && reply.kind == 5
        let kind: MailFailure.Kind =
            isOurs ? .outage : reply.kind == 4 ? .temporary : .permanent
        return MailFailure(
            kind, "the relay refused \(step.rawValue): \(reply.text)", code: reply.code)
    }

    private func connect(_ attempt: SMTPAttempt) throws(MailFailure) -> SMTPConnection {
        let addresses = HostLookup.addresses(of: relay.host)
        guard !addresses.isEmpty else { throw MailFailure(.outage, "the relay has no address") }
        // An address that doesn't respond leaves the others their time.
        let share = options.connectMilliseconds / addresses.count
        for address in addresses {
            guard let address = SocketAddress(host: address.text, port: relay.port) else {
                continue
            }
            // Where TLS is opportunistic, its failure is no reason to send nothing (RFC 7435 §3).
            for tls in relay.security == .opportunistic && tls != nil ? [tls, nil] : [tls] {
                let end = Ticks.now.adding(milliseconds: share)
                guard let stream = try? SMTPStream(to: address, until: end) else { break }
                guard attempt.use(stream) else { throw SMTPAttempt.cancelled }
                let connection = SMTPConnection(stream, options)
                if try open(connection, by: tls) { return connection }
            }
        }
        throw MailFailure(.outage, "the relay can't be reached")
    }

    /// Failures before MAIL FROM are outages, including a 554 in place of the greeting (RFC 5321
    /// §3.1).
    /// - Returns: false if another try without TLS is possible.
    private func open(
        _ connection: SMTPConnection, by tls: TLSClient?
    ) throws(MailFailure) -> Bool {
        do throws(SMTPConnection.End) {
            try connection.open(relay, by: tls)
            hasLoggedIn.withLock { $0 = true }
            return true
        } catch {
            connection.stream.close()
            switch error {
            case .refused(let reply, .login): throw refusedLogin(reply)
            case .refused(let reply, .startTLS):
                throw MailFailure(
                    .outage, "the relay refused STARTTLS: \(reply.text)", code: reply.code)
            case .refused(let reply, _):
                throw MailFailure(.outage, "the relay refused the connection", code: reply.code)
            case .broken(let reason, let reply, _):
                throw MailFailure(.outage, reason, code: reply?.code)
            case .insecure(let reason):
                guard tls == nil || relay.security != .opportunistic else { return false }
                throw MailFailure(.outage, reason)
            }
        }
    }

    /// 4xx is a relay that can't check it at the moment (454, RFC 4954 §6).
    private func refusedLogin(_ reply: SMTPReply) -> MailFailure {
        hasLoggedIn.withLock { $0 = false }
        return MailFailure(
            reply.kind == 4 ? .outage : .login, "the relay refused the login: \(reply.text)",
            code: reply.code)
    }

    private func takeIdle() -> SMTPConnection? {
        while let connection = idle.withLock({ $0.popLast() }) {
            if connection.isQuiet { return connection }
            connection.stream.close()
        }
        return nil
    }

    private func keep(_ connection: SMTPConnection) {
        let isKept = idle.withLock { idle in
            guard idle.count < options.connections else { return false }
            idle.append(connection)
            return true
        }
        if !isKept { connection.quit() }
    }
}

/// One delivery, as the waiting task sees it: resumed once, by its thread or, if the task is
/// cancelled, at once.
final class SMTPAttempt: Sendable {
    private struct State {
        var continuation: CheckedContinuation<MailFailure?, Never>?
        var stream: SMTPStream?
        var isCancelled = false
    }

    static let cancelled = MailFailure(.temporary, "the delivery was stopped")

    private let state = Mutex(State())

    func begin(_ continuation: CheckedContinuation<MailFailure?, Never>) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.continuation = continuation }
            return state.isCancelled
        }
        if isLate { continuation.resume(returning: Self.cancelled) }
    }

    /// Whether the delivery can continue over this connection.
    func use(_ stream: SMTPStream) -> Bool {
        state.withLock { state in
            state.stream = stream
            return !state.isCancelled
        }
    }

    func finish(_ failure: MailFailure?) { resume(failure, cancelled: false) }

    func cancel() { resume(Self.cancelled, cancelled: true) }

    private func resume(_ failure: MailFailure?, cancelled: Bool) {
        let (continuation, stream) = state.withLock { state in
            if cancelled { state.isCancelled = true }
            let taken = (state.continuation, cancelled ? state.stream : nil)
            state.continuation = nil
            return taken
        }
        stream?.interrupt()
        continuation?.resume(returning: failure)
    }
}
