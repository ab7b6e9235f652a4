import Kernel
import Mail

extension MetricsText {
    /// The mails of a service; nothing of them where its database can't be read.
    mutating func mail(_ relay: MailRelay, now: Timestamp) {
        guard let statistics = try? relay.statistics() else { return }
        gauge("latchkey_mail_pending", "Mails waiting to be sent.", Double(statistics.pending))
        let age = statistics.oldest.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
        gauge(
            "latchkey_mail_age_seconds", "Age of the oldest waiting mail.", Double(age) / 1000)
        let totals = statistics.totals
        counter("latchkey_mail_sent_total", "Mails accepted by the relay.", Double(totals.sent))
        counter(
            "latchkey_mail_failed_total", "Mails that could not be sent.", Double(totals.failed))
        counter(
            "latchkey_mail_repeated_total", "Failed attempts that are retried.",
            Double(totals.repeated))
    }
}
