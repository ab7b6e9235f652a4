import Contract
import Kernel

/// The parameters that operations have by rule.
enum Parameters {
    static func ofList(_ envelope: Documentation.ResponseDoc.Envelope) -> [Member] {
        [page, size(envelope.sizeName)]
    }

    private static let page = Member(
        "page", "The number of the page, from 1.", .number(1...PageRequest.maximumPage, else: 1))

    private static func size(_ name: String) -> Member {
        Member(
            name, "The number of items per page.",
            .number(1...PageRequest.maximumSize, else: PageRequest.defaultSize))
    }

    static let idempotencyKey: Member = {
        var rule = Rule()
        rule.length = 1...255
        rule.pattern = "^[!-~]+$"
        rule.hint = "visible ASCII characters"
        return Member(
            "Idempotency-Key",
            "A unique key for this request, so that a retry doesn't execute it twice.", rule)
    }()

    static let user = Member(
        "Latchkey-User",
        "The user to act for: an id, or `ext:` and an external id. Requires the token of a "
            + "platform admin with the scope `users:act_as`.",
        .id(like: "usr_"))

    static let ifNoneMatch = Member(
        "If-None-Match",
        "The `ETag` of the caller's copy, or `*` for any: 304 to a GET, 412 to a change, if it is "
            + "current.")

    static let ifMatch = Member(
        "If-Match",
        "The `ETag` of the version to change, or `*` for any: 412 if it is not current.")
}

/// Parameters that several operations have: components, so that each is described once.
struct SharedParameters {
    /// In the order in which they first occur.
    private(set) var all: [(name: String, parameter: Operation.Parameter)] = []
    private var names: [String: String] = [:]

    init(_ operations: [Operation]) {
        var counts: [String: Int] = [:]
        for parameter in operations.flatMap(\.parameters) {
            counts[Self.identity(of: parameter), default: 0] += 1
        }
        for operation in operations {
            for parameter in operation.parameters {
                let identity = Self.identity(of: parameter)
                guard counts[identity] ?? 0 > 1, names[identity] == nil else { continue }
                let name = self.name(of: parameter, first: operation)
                names[identity] = name
                all.append((name, parameter))
            }
        }
    }

    /// nil for one that only one operation has.
    func name(of parameter: Operation.Parameter) -> String? {
        names[Self.identity(of: parameter)]
    }

    private func name(
        of parameter: Operation.Parameter, first operation: Operation
    ) -> String {
        let own = parameter.member.name
        guard !parameter.isShared else { return own }
        let byTag = "\(operation.tag.filter { $0 != " " }).\(own)"
        return all.contains { $0.name == byTag } ? "\(operation.endpoint.id).\(own)" : byTag
    }

    private static func identity(of parameter: Operation.Parameter) -> String {
        let member = parameter.member
        return "\(parameter.place) \(member.name) \(member.rule.described(member.meaning)) "
            + (Schemas.schema(member.rule).text + (member.example?.text ?? ""))
    }
}

/// The header fields of answers.
enum Headers {
    static let location = "Location"
    static let link = "Link"
    static let etag = "ETag"
    static let replayed = "Idempotency-Replayed"
    static let deprecation = "Deprecation"
    static let sunset = "Sunset"
    static let always = ["X-Request-Id", "traceparent"] + ofLimits
    static let ofLimits = ["RateLimit", "RateLimit-Policy"]
    /// Those that the page explains once.
    static let listedOnce = Set(always)
    /// On every answer, without exception.
    static let required: Set = ["X-Request-Id"]

    static func ofProblem(_ status: Int, _ causes: [ProblemType]) -> [String] {
        switch status {
        case 401: ["WWW-Authenticate"]
        case 403: causes.contains(.insufficientScope) ? ["WWW-Authenticate"] : []
        case 429: ["Retry-After"]
        case 503: ["Retry-After"]
        default: []
        }
    }

    static let all: [Member] = [
        Member(
            "X-Request-Id",
            "The request's id: the caller's, if it is 1–128 characters of "
                + "`[A-Za-z0-9_.-]`, otherwise a new one.", example: "1dlYqdkCtevnew8pF5"),
        Member(
            "traceparent", "The trace that the request belongs to (W3C Trace Context).",
            example: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        Member(location, "The URL of the created resource."),
        Member(
            link,
            "Links to the pages `next`, `prev`, `first` and `last` (RFC 8288); `deprecation` where "
                + "the operation is going to end.",
            example: "</api/entities?page=2&pageSize=20>; rel=\"next\""),
        Member(
            etag, "The tag of this version of the resource (RFC 9110).",
            example: "\"AbC123\""),
        Member(
            replayed,
            "`true` if this is the stored response to an earlier request with the same key."),
        Member(
            deprecation,
            "Since when the operation is deprecated, in seconds since 1970 (RFC 9745).",
            example: "@1798761600"),
        Member(
            sunset, "When the operation ends (RFC 8594).",
            example: "Wed, 30 Jun 2027 00:00:00 GMT"),
        Member("Retry-After", "Seconds to wait before the next attempt.", example: "1"),
        Member(
            "RateLimit", "What is left of the rate limit (IETF httpapi-ratelimit-headers).",
            example: "\"token\";r=199;t=1"),
        Member(
            "RateLimit-Policy", "The rate limit that applies.", example: "\"token\";q=200;w=2"),
        Member("WWW-Authenticate", "The missing credentials (RFC 6750).", example: "Bearer"),
    ]
}
