import InvitationsContract
import Kernel

/// What the mail about a webhook says that we have disabled.
struct DisabledText {
    let subject = "Your webhook was disabled"
    let plain: String
    let html: HTML

    init(_ webhook: Webhook) {
        let place = webhook.shownURL
        let why: String =
            switch webhook.disabledReason {
            case .gone: "it answered 410 Gone"
            case .failing, nil: "it has taken nothing for \(WebhookLimits.failingDays) days"
            }
        let remedy =
            "When it can be reached again, enable it (PATCH /api/v1/webhooks/\(webhook.id)) and "
            + "have what it has missed sent (POST /api/v1/webhooks/\(webhook.id)/redeliver)."
        let kept = "Events are kept for \(WebhookLimits.keptDays) days."
        plain = """
            The webhook \(webhook.id) at

            \(place)

            is told of nothing any more: \(why).

            \(remedy) \(kept)

            """
        html = """
            <!doctype html>
            <html lang="en"><body style="font-family: sans-serif; color: #1b1b1f">
            <p>The webhook \(webhook.id) at</p>
            <p><strong style="overflow-wrap: anywhere">\(place)</strong></p>
            <p>is told of nothing any more: \(why).</p>
            <p>\(remedy) \(kept)</p>
            </body></html>

            """
    }
}
