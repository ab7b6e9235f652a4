/// A cause for which a request can be refused, declared once: code throws it (`Fault(_:)`), and the
/// API's documentation lists it.
public struct ProblemType: Sendable, Hashable {
    /// Its HTTP status.
    public let kind: Fault.Kind
    /// Stable, snake_case, one per cause: what programs compare.
    public let code: String
    /// One sentence for people: the `detail` of the problem, and what the API reference says.
    public let detail: String

    public init(_ kind: Fault.Kind, _ code: String, _ detail: String) {
        self.kind = kind
        self.code = code
        self.detail = detail
    }

    /// The HTTP status.
    public var status: Int { kind.status }

    /// What the caller can see, but isn't allowed to do (403).
    public static func forbidden(_ code: String, _ detail: String) -> ProblemType {
        ProblemType(.forbidden, code, detail)
    }

    /// What the current state doesn't allow (409).
    public static func conflict(_ code: String, _ detail: String) -> ProblemType {
        ProblemType(.conflict, code, detail)
    }

    /// What works again later (503).
    public static func unavailable(_ code: String, _ detail: String) -> ProblemType {
        ProblemType(.unavailable, code, detail)
    }
}

extension Fault {
    /// - Parameters:
    ///   - detail: a sentence that says more of this request than the one declared.
    ///   - retryAfter: seconds.
    public init(
        _ type: ProblemType, _ detail: String? = nil, fields: [Field] = [],
        retryAfter: Int? = nil, members: [String: String] = [:], privateDetail: String? = nil
    ) {
        self.init(
            type.kind, code: type.code, detail ?? type.detail, fields: fields,
            retryAfter: retryAfter, members: members, privateDetail: privateDetail)
    }
}
