/// What holds for every operation. `code` marks are the only markup.
enum Conventions {
    struct Topic {
        let name: String
        let text: String

        /// Where it is on its page.
        var id: String { name.lowercased().replacing(" ", with: "-") }
    }

    static let authentication =
        "Send a token with every request: `Authorization: Bearer sk_live_…`. A token's scopes "
        + "limit what it can be used for (`*` is everything). A read-only token works for GET, "
        + "HEAD and POSTs that change nothing. The user needs access to the resource as well. A "
        + "revoked token is refused from the next request on."

    static let topics = [
        Topic(name: "Authentication", text: authentication),
        Topic(
            name: "Acting for users",
            text: "A platform's backend needs one token: a platform admin's with the scope "
                + "`users:act_as`. With `Latchkey-User: usr_…` (or `ext:` and the user's external "
                + "id, percent-encoded) a request is that user's: their access, their lists, "
                + "their name in what it creates. The scopes are the token's, except those that "
                + "manage accounts and access (`users:…`, `tokens:write`, `access:…`, "
                + "`events:read`). The audit names both. Platform admins and suspended users "
                + "can't be acted for."),
        Topic(
            name: "Errors",
            text:
                "Errors are `application/problem+json` (RFC 9457) with a stable `code` for each "
                + "cause; `422` lists every invalid value, with its JSON Pointer in the body or "
                + "the name of its parameter. Members of a body and parameters of a query that the "
                + "operation doesn't know are refused, with the nearest known name; what a "
                + "response shows and a request can't change can be sent back. With `Prefer: "
                + "handling=lenient` they are ignored, and `Latchkey-Ignored` names them. "
                + "A resource that you "
                + "can't see returns `404`, exactly as if it did not exist; one that you can see "
                + "but not change returns `403`. A known path with another method returns `405` "
                + "with `Allow`."),
        Topic(
            name: "Data formats",
            text: "JSON in UTF-8. Times are RFC 3339 in UTC with milliseconds. Ids are a ULID "
                + "with a prefix. E-mail addresses are case-insensitive. In a request, `null` for "
                + "an optional member counts as missing, unless it clears a value (PATCH)."),
        Topic(
            name: "External ids",
            text: "Users, entities, organizations, integrations, teams and workspaces can have an "
                + "`externalId`: the id that your own database or identity provider has for them. "
                + "Wherever a request names one of them by its id, username or slug, `ext:` and "
                + "the external id work as well, in paths percent-encoded (`ext:a%2Fb`; only there "
                + "a slash can be encoded). Case counts. Responses have our own ids. An external "
                + "id that does not exist is handled like an unknown id."),
        Topic(
            name: "Lists",
            text: "`page` (from 1) and `pageSize` (1–100, default 20) select a page; the response "
                + "has `items`, `page`, `pageSize` and `total`, and `Link` headers to `next`, "
                + "`prev`, `first` and `last`. Newest first unless stated otherwise."),
        Topic(
            name: "Idempotency",
            text: "Every POST that changes something, but for SCIM's groups and bulk requests, "
                + "which refuse it, accepts an `Idempotency-Key` of 1–255 visible ASCII "
                + "characters, valid for 24 hours. The "
                + "same key with the same request returns the first response again, with "
                + "`Idempotency-Replayed: true`, but without secrets: a token is shown once, and "
                + "links of invitations are left out. "
                + "The caller's permission is checked again. Errors are not stored: the request "
                + "can be repeated."),
        Topic(
            name: "Conditional requests",
            text: "A resource has an `ETag`. A GET with `If-None-Match` returns `304` if it hasn't "
                + "changed. Every request that changes something accepts conditions: `If-Match` "
                + "returns `412` if the resource has changed since, `If-None-Match: *` if it "
                + "already exists. The condition of an action such as `…/resend` applies to the "
                + "resource that it acts on, that of a POST to a list applies to the list. A list, "
                + "and a resource without a GET of its own, has no tag: there only `*` matches."),
        Topic(
            name: "Rate limits",
            text: "Each token has a rate limit, and so has each client address for requests "
                + "without a valid token. `RateLimit` and `RateLimit-Policy` show what is left; "
                + "beyond the limit the response is `429` with `Retry-After`."),
        Topic(
            name: "Tracing",
            text:
                "Every response has an `X-Request-Id`: yours, if you sent one. A `traceparent` "
                + "(W3C Trace Context) is continued. HEAD works wherever GET does."),
    ]

    static let versioning =
        "Clients must ignore members of responses and types of events that they don't know. An "
        + "operation that is going to end is `deprecated`, and its responses have `Deprecation` "
        + "(RFC 9745) and `Sunset` (RFC 8594): see `/docs/versioning`."

    static var text: String {
        (topics + [Topic(name: "Versioning", text: versioning)])
            .map { "**\($0.name).** \($0.text)" }.joined(separator: "\n\n")
    }
}
