/// Why a request failed, as thrown by the domain, the use cases and the stores. ServiceKit renders
/// it by RFC 9457.
public struct Fault: Error, Sendable, Equatable {
    /// The class of the cause. Each maps to exactly one HTTP status.
    public enum Kind: Int, Sendable, CaseIterable {
        case malformed = 400
        case unauthenticated = 401
        case forbidden = 403
        case notFound = 404
        case methodNotAllowed = 405
        case requestTimeout = 408
        case conflict = 409
        case gone = 410
        case preconditionFailed = 412
        case tooLarge = 413
        case targetTooLong = 414
        case unsupportedMediaType = 415
        case expectationFailed = 417
        case invalid = 422
        case rateLimited = 429
        case headTooLarge = 431
        case internalError = 500
        case notImplemented = 501
        case badUpstream = 502
        case unavailable = 503
        case timeout = 504
        case versionNotSupported = 505

        /// The status of RFC 9110 that says so to a client.
        public var status: Int { rawValue }
    }

    /// One field that is wrong: where it stands (JSON Pointer, RFC 6901) and the rule it breaks.
    public struct Field: Sendable, Equatable, Encodable {
        /// What holds the field.
        public enum Place: String, Sendable {
            case body
            case query
            case path
            case header
        }

        /// JSON Pointer into the body, or `/` and the name of a parameter.
        public let pointer: String
        /// The rule, as the rest of a sentence: "must not be empty".
        public let detail: String
        /// Where it stands. Rules don't know it: what answers the request does.
        public private(set) var place = Place.body

        public init(_ pointer: String, _ detail: String) {
            self.pointer = pointer
            self.detail = detail
        }

        /// How a sentence begins that names it; the empty pointer is the whole body.
        public var name: String {
            guard place == .body else { return String(pointer.dropFirst()) }
            return pointer.isEmpty ? "The body" : pointer
        }

        /// The same field of another place.
        public func placed(in place: Place) -> Field {
            var field = self
            field.place = place
            return field
        }

        private enum Name: String, CodingKey {
            case pointer, parameter, detail
            case place = "in"
        }

        /// `{pointer, detail}` for the body, `{parameter, in, detail}` for the rest.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Name.self)
            if place == .body {
                try container.encode(pointer, forKey: .pointer)
            } else {
                try container.encode(name, forKey: .parameter)
                try container.encode(place.rawValue, forKey: .place)
            }
            try container.encode(detail, forKey: .detail)
        }
    }

    /// Its HTTP status.
    public let kind: Kind
    /// Stable, snake_case, one per cause: what programs compare.
    public let code: String
    /// One sentence for people. Never holds SQL, a path of the machine or another user's data.
    public let detail: String
    /// The fields at fault, for `invalid`.
    public let fields: [Field]
    /// Seconds after which trying again makes sense (`unavailable`, `rateLimited`).
    public let retryAfter: Int?
    /// The scopes that were missing, for `insufficient_scope` (RFC 6750 §3.1).
    public let missingScopes: [String]
    /// More members of the problem (RFC 9457 §3.2), such as the id of the conflicting resource.
    public let members: [String: String]
    /// Only logged.
    public let privateDetail: String?

    public init(
        _ kind: Kind, code: String, _ detail: String, fields: [Field] = [],
        retryAfter: Int? = nil, missingScopes: [String] = [], members: [String: String] = [:],
        privateDetail: String? = nil
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.fields = fields
        self.retryAfter = retryAfter
        self.missingScopes = missingScopes
        self.members = members
        self.privateDetail = privateDetail
    }

    /// What doesn't exist and what the caller can't see have the same response.
    public static let notFound = Fault(ProblemType.notFound)

    /// What the caller can see, but isn't allowed to do.
    public static func forbidden(_ code: String, _ detail: String) -> Fault {
        Fault(.forbidden, code: code, detail)
    }

    /// A bug of ours; `detail` is only logged.
    public static func unexpected(_ detail: String) -> Fault {
        Fault(ProblemType.internalError, privateDetail: detail)
    }

    /// A well-formed request whose content breaks a rule.
    public static func invalid(_ fields: [Field]) -> Fault {
        let detail =
            if fields.count == 1 {
                "\(fields[0].name) \(fields[0].detail)"
                    + (fields[0].detail.hasSuffix("?") ? "" : ".")
            } else {
                "\(fields.count) fields are invalid."
            }
        return Fault(ProblemType.validationFailed, detail, fields: fields)
    }

    /// 422 for one field.
    public static func invalid(_ pointer: String, _ detail: String) -> Fault {
        invalid([Field(pointer, detail)])
    }
}
