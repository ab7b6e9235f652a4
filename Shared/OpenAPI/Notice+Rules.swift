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
            "webhook-signature", "One or more signatures, separated by spaces.",
            example: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
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
    func notices(_ notices: [Notice]) throws -> HTML {
        guard !notices.isEmpty else { return "" }
        let articles = try notices.map { notice -> HTML in
            """
            <article aria-labelledby="event-\(notice.type)">
            <h3 id="event-\(notice.type)"><code>\(notice.type)</code></h3>
            <p>\(HTML(prose: notice.meaning)) The body is \
            <a href="#object-\(notice.body.schemaName)">\(notice.body.schemaName)</a>.</p>
            \(HTML.code("Body", try notice.example.pretty))</article>

            """
        }
        let rows = Self.rows(Notice.fields)
        return """
            <section aria-labelledby="messages">
            <h2 id="messages">Messages</h2>
            <p>What webhooks are sent. \(HTML(prose: Notice.rules))</p>
            \(HTML.table("Header fields", ["Name", "Meaning"], rows))\(articles)</section>

            """
    }

    private static func rows(_ fields: [Member]) -> [[HTML]] {
        fields.map { ["<code>\($0.name)</code>", HTML(prose: $0.meaning)] }
    }
}
