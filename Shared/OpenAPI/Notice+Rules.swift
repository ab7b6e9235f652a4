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
        signature,
    ]

    /// The only field that each message in the document names: there are many, and it tells of the
    /// others.
    static let signature = Member(
        "webhook-signature",
        "One or more signatures, separated by spaces. \(rules) Respond with 2xx; 410 disables the "
            + "webhook; after anything else the delivery is retried.",
        example: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
}

extension Notice {
    /// A message as it could be.
    public var example: JSONTree {
        get throws {
            var tree = try Example.object(body, .answer)
            tree["type"] = .string(type)
            tree["subject"] = Self.tree(of: subject)
            tree["parent"] = parent.map(Self.tree) ?? .null
            return tree
        }
    }

    private static func tree(of thing: AuditEntryBody.Subject) -> JSONTree {
        ["type": .string(thing.type), "id": .string(thing.id)]
    }

    /// `onShareCreated` and the like.
    var operationId: String {
        "on"
            + type.split { $0 == "." || $0 == "_" }
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

extension ReferenceWriter {
    /// The page of what webhooks are sent.
    func messages(_ notices: [Notice]) throws -> Draft {
        let articles = try notices.map { notice -> Content in
            let name = notice.body.schemaName
            let object = link(Content(prose: name), to: .page("objects", name))
            let id = "event-\(notice.type)"
            let change = notice.change
            let parent = change.declaration.parent.map { " of the `\($0)`" } ?? ""
            return .article(
                id,
                .heading(2, .code(notice.type), id: id)
                    + .paragraph(
                        """
                        \(notice.meaning) The subject is a `\(change.subject)`\(parent). \
                        The body is \(object).
                        """),
                examples: .block("Body", try notice.example.pretty, language: "json"))
        }
        let rows = Notice.fields.map { [Content.code($0.name), Content(prose: $0.meaning)] }
        let others = notices.filter { $0.actions != [$0.type] }.map {
            [Content.code($0.type), Content.list($0.actions.map(Content.code))]
        }
        return Draft(
            "messages", "Messages", "What webhooks are sent.",
            .paragraph(Content(prose: Notice.rules))
                + .table("Header fields", ["Name", "Meaning"], rows)
                + .paragraph(
                    """
                    Each change that the audit records is one event. It is called as its `action` \
                    in the audit is, except for these. Of texts with more than \(AuditLimits.text) \
                    characters, events have so many, and `…` behind them.
                    """)
                + .table("Events and actions", ["Event", "Actions in the audit"], others)
                + Content(articles))
    }
}
