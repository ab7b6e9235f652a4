import EventLoop
import Kernel
import SQLite
import ServiceKit

/// Writes the mails about shares in the background.
struct NoticeWorker: Sendable {
    private static let pollMilliseconds = 1_000
    private static let checkMilliseconds = 30_000
    private static let purgeMilliseconds = 3_600_000

    let notices: ShareNotices
    /// Called after mails were written.
    let mailed: @Sendable () -> Void

    /// Until its task is cancelled.
    func run(_ logger: Logger) async {
        var (checkAt, purgeAt) = (Ticks.now, Ticks.now)
        await WakeSignal().answer(every: Self.pollMilliseconds) {
            do {
                let written = try await notices.writeMails()
                if written.count > 0 { mailed() }
                if let failure = written.failure { report(failure, logger) }
                if Ticks.now >= checkAt {
                    checkAt = Ticks.now.adding(milliseconds: Self.checkMilliseconds)
                    try await notices.checkWaitingMails()
                }
                guard Ticks.now >= purgeAt else { return }
                purgeAt = Ticks.now.adding(milliseconds: Self.purgeMilliseconds)
                try await notices.purge()
            } catch {
                report(error, logger)
            }
        }
    }

    private func report(_ error: any Error, _ logger: Logger) {
        logger.warning("can't write mails about shares, will retry", ["error": "\(error)"])
    }

    /// What waits, and for how long.
    func writeMetrics(_ text: inout MetricsText) {
        let database = notices.database
        guard let backlog = try? database.read({ try NoticeStore.backlog(in: $0) }) else { return }
        let now = notices.clock.now().milliseconds
        let age = backlog.oldest.map { max(0, now - $0.milliseconds) } ?? 0
        text.family(
            "latchkey_share_notices_waiting", "gauge",
            "Shares that users have not been mailed about yet.")
        text.sample("latchkey_share_notices_waiting", [:], Double(backlog.count))
        text.family(
            "latchkey_share_notices_age_seconds", "gauge", "Age of the oldest such share.")
        text.sample("latchkey_share_notices_age_seconds", [:], Double(age) / 1000)
    }
}
