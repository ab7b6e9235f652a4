import Contract
import Kernel

/// What all messages to subscribers have in common (Standard Webhooks 1.0.0).
extension Notice {
    static let rules =
        "Signed per Standard Webhooks: `v1,` and the base64 of the HMAC-SHA256, under the "
        + "webhook's secret, of `webhook-id`, `webhook-timestamp` and the body, joined by dots."

    static let fields = [
        Member(
            "webhook-id", "The event's id; the same for each attempt.",
            example: "evt_01M7YT9ZHG03RWMAMRKZ5XW0YM"),
        Member(
            "webhook-timestamp", "When the attempt was made, in seconds since 1970.",
            example: "1768467600"),
        Member(
            "webhook-signature", "One or more signatures, separated by spaces. \(rules)",
            example: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ]

    /// What a receiver can answer.
    static let answers: [(range: String, name: String, meaning: String)] = [
        ("2XX", "EventReceived", "Received. The body of the response is ignored."),
        ("410", "WebhookGone", "The webhook is disabled and receives no further events."),
        ("default", "EventRetried", "The delivery is retried later."),
    ]
}

extension Notice {
    var example: JSONTree {
        get throws {
            var tree = try Example.object(body, .answer)
            tree["type"] = .string(type)
            return tree
        }
    }
}

extension ReferenceWriter {
    /// The page of what webhooks are sent.
    func messages(_ notices: [Notice]) throws -> Draft {
        let articles = try notices.map { notice -> Content in
            let name = notice.body.schemaName
            let object = link(Content(prose: name), to: .page("objects", name))
            let id = "event-\(notice.type)"
            return .article(
                id,
                .heading(2, .code(notice.type), id: id)
                    + .paragraph("\(notice.meaning) The body is \(object)."),
                examples: .block("Body", try notice.example.pretty, language: "json"))
        }
        let rows = Notice.fields.map { [Content.code($0.name), Content(prose: $0.meaning)] }
        return Draft(
            "messages", "Messages", "What webhooks are sent.",
            .paragraph(Content(prose: Notice.rules))
                + .table("Header fields", ["Name", "Meaning"], rows) + Content(articles))
    }
}
