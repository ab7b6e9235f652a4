import InvitationsContract
import Kernel

/// The text of the e-mail about a webhook that we have disabled.
struct DisabledText {
    let subject = "We disabled your webhook"
    let plain: String
    let html: HTML

    init(_ webhook: Webhook) {
        let place = webhook.shownURL
        let why: String =
            switch webhook.disabledReason {
            case .gone: "it returned 410 Gone"
            case .notPermitted:
                webhook.scope == .platform
                    ? "you are no longer a platform admin"
                    : "you are no longer an owner or admin of the organization"
            case .failing, nil:
                "every delivery failed for \(WebhookLimits.failingDays) days"
            }
        let remedy =
            "When it works again, enable it (PATCH /api/v1/webhooks/\(webhook.id)) and redeliver "
            + "the events it missed (POST /api/v1/webhooks/\(webhook.id)/redeliver)."
        let kept = "Events of the last \(WebhookLimits.keptDays) days can be redelivered."
        plain = """
            We have disabled your webhook \(webhook.id) at

            \(place)

            because \(why).

            \(remedy) \(kept)

            """
        html = """
            <!doctype html>
            <html lang="en"><body style="font-family: sans-serif; color: #1b1b1f">
            <p>We have disabled your webhook \(webhook.id) at</p>
            <p><strong style="overflow-wrap: anywhere">\(place)</strong></p>
            <p>because \(why).</p>
            <p>\(remedy) \(kept)</p>
            </body></html>

            """
    }
}
