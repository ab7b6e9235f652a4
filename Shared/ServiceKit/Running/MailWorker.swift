import Contract
import Kernel
import Mail
import SQLite
import TLS

/// The mail settings of a service.
public struct MailSettings: Sendable, Equatable {
    /// LATCHKEY_EMAIL_URL.
    public let url: MailURL

    public init(url: MailURL) { self.url = url }

    /// - Parameter dataDirectory: of a folder that is not absolute.
    public init(_ settings: inout Settings, dataDirectory: String) {
        let name = "LATCHKEY_EMAIL_URL"
        let text = settings.text(
            name, default: MailURL.fallback,
            "Where to send e-mail: smtp://host:port for a relay, with a login "
                + "smtp://user:password@host:587?tls=required (user and password "
                + "percent-encoded; tls can be required, opportunistic or none) or "
                + "smtps://user:password@host:465, or file:<folder> to write .eml files "
                + "(relative to the data folder)")
        do throws(MailURL.Mistake) {
            url = try MailURL(text, dataFolder: dataDirectory)
        } catch {
            settings.reject(name, error.rule)
            url = .file(folder: dataDirectory + "/mail")
        }
        do throws(TLSUnavailable) {
            _ = try url.target()
        } catch {
            settings.reject(
                name,
                "needs OpenSSL 3 (Debian: libssl3) for TLS, which can't be used: "
                    + error.reason)
        }
    }

    /// The sender; nil if it is invalid.
    public static func sender(_ settings: inout Settings) -> Mailbox? {
        let (name, fallback) = ("LATCHKEY_EMAIL_FROM", "Latchkey <latchkey@localhost>")
        let text = settings.text(
            name, default: fallback,
            "Sender of e-mail: address or Name <address>, accepted by the relay")
        let sender = Mailbox(parsing: text)
        if sender == nil {
            settings.reject(name, "must be an e-mail address, or Name <address>")
        }
        return sender
    }
}

/// The mails of one service: the outbox that its use cases write to, and the relay that sends them.
public final class MailWorker: Sendable {
    /// For use cases: `outbox.add` in the transaction, `wake` when it is committed.
    public let outbox: MailOutbox
    private let relay: MailRelay
    private let clock: any Clock

    /// Starts it.
    /// - Parameters:
    ///   - secrets: mails that wait in the database are sealed with the first.
    ///   - target: for tests; nil for the one that the settings name.
    ///   - settled: records how a mail ended, in the transaction that marks it.
    public init(
        _ settings: MailSettings, from database: Database, secrets: SecretList, _ runtime: Runtime,
        target: (any MailTarget)? = nil, settled: @escaping MailRelay.Settled = { _, _ in }
    ) async throws {
        clock = runtime.clock
        outbox = MailOutbox(
            keys: SealingKeys(secrets, purpose: "latchkey mail"),
            ids: IDMinter(clock: runtime.clock, random: runtime.random), random: runtime.random)
        relay = MailRelay(
            outbox, from: database, to: try target ?? Self.target(settings.url, runtime.logger),
            clock: runtime.clock, faults: runtime.faults,
            report: { runtime.logger.warning($0) }, settled: settled)
        await relay.start()
    }

    private static func target(
        _ url: MailURL, _ logger: Logger
    ) throws(TLSUnavailable) -> any MailTarget {
        if case .smtp(let relay) = url {
            logger.info(
                "e-mail is sent to a relay",
                [
                    "host": relay.host, "port": "\(relay.port)",
                    "tls": relay.security.rawValue, "login": "\(relay.login != nil)",
                ])
        }
        return try url.target { unavailable in
            logger.warning(
                "OpenSSL 3 can't be loaded: e-mail is sent without TLS",
                ["error": unavailable.reason])
        }
    }

    /// Sends committed mails at once.
    public func wake() { relay.wake() }

    /// Returns when all deliveries have ended.
    public func stop() async { await relay.stop() }

    /// What waits, for the operator.
    func report() throws -> OutboxReport {
        let waiting = try relay.statistics()
        let trouble = waiting.pending == 0 ? nil : try relay.trouble()
        return OutboxReport(
            target: "mail", pending: waiting.pending, oldest: waiting.oldest,
            attempts: trouble?.attempts ?? 0, lastError: trouble?.error)
    }

    /// Waiting mails, the age of the oldest, and totals of the others.
    public func writeMetrics(_ text: inout MetricsText) { text.mail(relay, now: clock.now()) }
}
