/// How the API changes: what clients can rely on. `code` marks are the only markup.
enum Versioning {
    struct Topic {
        let name: String
        let id: String
        var paragraphs: [String] = []
        var points: [String] = []
    }

    static let topics = [
        Topic(
            name: "One version", id: "one-version",
            paragraphs: [
                "There is one API, and `info.version` of `/openapi.json` is its version (Semantic "
                    + "Versioning). `v1` and `v2` in some paths are parts of their names: they "
                    + "don't count versions, and are not raised.",
                "From 1.0 on, an incompatible change is made only by deprecating what it "
                    + "replaces. Until then, a minor version can make one, and the changelog "
                    + "names each.",
            ]),
        Topic(
            name: "What can be added at any time", id: "compatible",
            paragraphs: [
                "Clients must be prepared for these changes. They are made without notice."
            ],
            points: [
                "Operations, optional members of requests, and optional parameters.",
                "Members of responses and of events, and header fields: ignore those that you "
                    + "don't know.",
                "Types of events and actions of the audit: ignore those that you don't know.",
                "Problem codes: treat one that you don't know by its status.",
                "Scopes, and values of any list of words in a response.",
                "The order of members, the length of ids and tokens, and texts for people such as "
                    + "`detail`.",
            ]),
        Topic(
            name: "What is incompatible", id: "incompatible",
            points: [
                "Removing or renaming an operation, a member, a parameter or a value.",
                "Requiring what was optional, or refusing values that were accepted.",
                "Changing a type, a status, the meaning of a problem code, or which scope an "
                    + "operation needs.",
            ]),
        Topic(
            name: "Deprecation", id: "deprecation",
            paragraphs: [
                "An operation that is going to end has `deprecated: true` in `/openapi.json`, and "
                    + "each of its responses, errors included, has these fields:"
            ],
            points: [
                "`Deprecation: @1798761600` (RFC 9745): since when it is deprecated.",
                "`Link: <…>; rel=\"deprecation\"`: the page that says what to use in its place.",
                "`Sunset: Wed, 30 Jun 2027 00:00:00 GMT` (RFC 8594): when it ends; at least six "
                    + "months after it was deprecated. Then its path answers `404` or `405`.",
            ]),
        Topic(
            name: "How to notice in time", id: "noticing",
            paragraphs: [
                "Log every response with a `Deprecation` field, and fail your tests on one: the "
                    + "fields are there from the first day. `X-Request-Id` of such a response "
                    + "finds the request in the server's log."
            ]),
    ]
}
