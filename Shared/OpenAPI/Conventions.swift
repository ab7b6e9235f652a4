/// What holds for every operation. `code` marks are the only markup.
enum Conventions {
    struct Topic {
        let name: String
        let text: String
    }

    static let authentication =
        "Send a token with every request: `Authorization: Bearer sk_live_…`. A token has scopes, "
        + "which limit what it may do (`*` is everything), and may be read-only: then GET, HEAD "
        + "and POSTs that change nothing pass. What a user owns and was given limits the rest; "
        + "both must allow. A revoked token is refused at the next request."

    static let topics = [
        Topic(name: "Authentication", text: authentication),
        Topic(
            name: "Errors",
            text:
                "Refusals are `application/problem+json` (RFC 9457) with a stable `code`, one for "
                + "each cause; `422` names each value at fault by a JSON Pointer. What you may not "
                + "see is `404`, exactly as if it did not exist; what you see but may not change "
                + "is `403`. A known path with another method is `405` with `Allow`."),
        Topic(
            name: "Values",
            text: "JSON in UTF-8. Times are RFC 3339 in UTC with milliseconds. Ids are a prefix "
                + "and a ULID. E-mail addresses are compared without case. Members that are not "
                + "known are ignored."),
        Topic(
            name: "Lists",
            text: "`page` (from 1) and `pageSize` (1–100, 20 by default) choose a part; the answer "
                + "has `items`, `page`, `pageSize` and `total`, and `Link` headers to `next`, "
                + "`prev`, `first` and `last`. Newest first unless said otherwise."),
        Topic(
            name: "Sending again",
            text: "Every POST that changes something takes an `Idempotency-Key` of 1–255 visible "
                + "ASCII characters, kept for 24 hours. The same key with the same request gets "
                + "the first answer again, with `Idempotency-Replayed: true`, but for secrets: a "
                + "token is shown once, and links of invitations are left out. Who has lost the "
                + "right since is refused, as with a first request. Refusals are not kept: the "
                + "request can be repeated."),
        Topic(
            name: "Changes by others",
            text: "What can be got has an `ETag`. `If-None-Match` answers `304` while it holds. "
                + "Every request that changes something takes conditions: `If-Match` answers `412` "
                + "if somebody else was faster, `If-None-Match: *` if there is one already. An "
                + "action such as `…/resend` is held against what it acts on, a POST to a list "
                + "against the list, which has no tag: for those, and for what no GET shows by "
                + "itself, only `*` holds."),
        Topic(
            name: "Rates",
            text: "Each token has a rate, and so has each address for calls without a valid "
                + "one. `RateLimit` and `RateLimit-Policy` tell what is left of "
                + "it; beyond it the answer is `429` with `Retry-After`."),
        Topic(
            name: "Tracing",
            text:
                "Every answer has an `X-Request-Id`: yours, if you sent one. A `traceparent` (W3C "
                + "Trace Context) is continued. HEAD works wherever GET does."),
    ]

    static var text: String {
        topics.map { "**\($0.name).** \($0.text)" }.joined(separator: "\n\n")
    }
}
