import Contract
import Kernel

/// The parameters that operations have by rule.
enum Parameters {
    static let ofLists = [page, size("pageSize"), size("page_size")]

    static func ofList(_ envelope: Documentation.ResponseDoc.Envelope) -> [Member] {
        [page, size(envelope.sizeName)]
    }

    private static let page = Member(
        "page", "Which page, from 1.", .number(1...PageRequest.maximumPage, else: 1))

    private static func size(_ name: String) -> Member {
        Member(
            name, "Items on a page.",
            .number(1...PageRequest.maximumSize, else: PageRequest.defaultSize))
    }

    static let idempotencyKey: Member = {
        var rule = Rule()
        rule.length = 1...255
        rule.pattern = "^[!-~]+$"
        rule.hint = "visible ASCII characters"
        return Member(
            "Idempotency-Key",
            "Names this request, so that it can be sent again without doing its work twice.", rule)
    }()

    static let ifNoneMatch = Member(
        "If-None-Match",
        "An `ETag` that the caller has: 304 if it is still the one, 412 to a change; `*` for any.")

    static let ifMatch = Member(
        "If-Match",
        "The `ETag` of what the caller means: 412 if it is another by now; `*` for any.")
}

/// The header fields of answers.
enum Headers {
    static let location = "Location"
    static let link = "Link"
    static let etag = "ETag"
    static let replayed = "Idempotency-Replayed"
    static let always = ["X-Request-Id", "traceparent"] + ofLimits
    static let ofLimits = ["RateLimit", "RateLimit-Policy"]
    /// Those that the page explains once.
    static let listedOnce = Set(always)
    /// On every answer, without exception.
    static let required: Set = ["X-Request-Id"]

    static func ofProblem(_ status: Int, _ causes: [ProblemType]) -> [String] {
        switch status {
        case 401: ["WWW-Authenticate"]
        case 403: causes.contains(Causes.insufficientScope) ? ["WWW-Authenticate"] : []
        case 429: ["Retry-After"]
        case 503: ["Retry-After"]
        default: []
        }
    }

    static let all: [Member] = [
        Member(
            "X-Request-Id",
            "Names the request: the caller's own, if it is 1–128 of "
                + "`[A-Za-z0-9_.-]`, else a new one.", example: "1dlYqdkCtevnew8pF5"),
        Member(
            "traceparent", "The trace that the request belongs to (W3C Trace Context).",
            example: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        Member(location, "The address of what was created."),
        Member(
            link, "The pages `next`, `prev`, `first` and `last` (RFC 8288).",
            example: "</api/entities?page=2&pageSize=20>; rel=\"next\""),
        Member(
            etag, "Names this state of it (RFC 9110).",
            example: "\"AbC123\""),
        Member(replayed, "`true` if this is what an earlier request with the same key got."),
        Member("Retry-After", "Seconds to wait before another try.", example: "1"),
        Member(
            "RateLimit", "What is left of the caller's rate (IETF httpapi-ratelimit-headers).",
            example: "\"token\";r=199;t=1"),
        Member(
            "RateLimit-Policy", "The rate that the caller has.", example: "\"token\";q=200;w=2"),
        Member("WWW-Authenticate", "What credentials are missing (RFC 6750).", example: "Bearer"),
    ]
}
