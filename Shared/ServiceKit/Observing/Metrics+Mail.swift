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
        gauge(
            "latchkey_mail_available",
            "1 while mails are sent, 0 if the last attempt found that "
                + "none can be: no relay, no TLS, a refused login.",
            statistics.outage == nil ? 1 : 0)
        let totals = statistics.totals
        counter("latchkey_mail_sent_total", "Mails accepted by the relay.", Double(totals.sent))
        counter(
            "latchkey_mail_failed_total", "Mails that could not be sent.", Double(totals.failed))
        counter(
            "latchkey_mail_repeated_total", "Failed attempts that are retried.",
            Double(totals.repeated))
    }
}
