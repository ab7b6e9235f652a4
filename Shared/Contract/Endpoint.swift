import Kernel

/// One public route, declared once in its context's Contract.
///
/// It is copied with every request, so what only documents need is behind one reference.
public final class Endpoint: Sendable, Hashable {
    /// HTTP methods that routes have.
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Who may call it at all.
    public enum Access: Sendable, Hashable {
        /// A user with a token, as authenticated by the gateway.
        case user
        /// Everybody.
        case open
        /// Another service of ours, never through the gateway.
        case service
    }

    /// Whether a handler answers without waiting for anything, and with little.
    public enum AtOnce: Sendable, Hashable {
        case no
        /// Or it says at once that it can't, if it is told to (`Latchkey-At-Once`).
        case usually
        case always
    }

    /// How errors are answered.
    public enum Errors: Sendable, Hashable, CaseIterable {
        /// `application/problem+json` (RFC 9457).
        case problems
        /// Those of a standard with rules of its own: a text, 400 for whatever is malformed or
        /// incomplete, and any `X-Request-Id` is sent back.
        case text
        /// Those of OAuth 2.0 (RFC 6749 §5.2): `error` and `error_description` as JSON; otherwise
        /// as `text`.
        case oauth
        /// SCIM's (RFC 7644 §3.12), with 400 for whatever is wrong with the body.
        case scim
    }

    /// Unique over all contexts, in lower camel case (`shareEntity`); OpenAPI's operationId.
    public let id: String
    /// The HTTP method.
    public let method: Method
    /// Literal segments and `{name}` parameters: `/api/entities/{entityId}/shares`.
    public let path: String
    /// Every scope that the token must have. Empty: any token.
    public let scopes: [String]
    /// Who can call it.
    public let access: Access
    /// Passes with a read-only token. GETs do; a POST that only reads declares it.
    public let readsOnly: Bool
    /// Bytes of a body; over it 413. Nil: no less than the server takes anyway.
    public let bodyLimit: Int?
    /// Whether other requests can be sent behind it on one connection.
    public let answersAtOnce: AtOnce
    /// How it answers errors.
    public let errors: Errors
    /// Whether the response to a POST that changes something is stored for requests that repeat it
    /// (`Idempotency-Key`).
    public let storesResponse: Bool
    /// Its description in the API reference.
    public let documentation: Documentation

    /// The limit for callers without a token, and for bodies of routes that take none.
    public static let smallBody = 16 * 1024

    /// - Parameters:
    ///   - bodyLimit: bytes; without one, `smallBody` where everybody may call or no body is
    ///     declared, and otherwise what the server takes.
    ///   - answersAtOnce: `.always` if its handler is a `Route.now`, `.usually` if it is a
    ///     `Route.soon`.
    ///   - storesResponse: false if its handler is a `Route.command`.
    ///   - summary: one line for people.
    ///   - details: what else its callers should know, in sentences.
    ///   - query: its own parameters; those of a list are added to `.list` answers by rule.
    ///   - takes: its body.
    ///   - answers: what it answers when all is well.
    ///   - problems: the causes that are its own. Those that follow from the rest of the
    ///     declaration (401, 404, 415 …) are added by rule.
    ///   - deprecation: that the route is going to end: its responses say so.
    public init(
        _ id: String, _ method: Method, _ path: String, scopes: [String] = [],
        access: Access = .user, readsOnly: Bool? = nil, bodyLimit: Int? = nil,
        answersAtOnce: AtOnce = .no, errors: Errors = .problems, storesResponse: Bool = true,
        summary: String, details: String? = nil,
        query: [Member] = [], takes body: Documentation.Body? = nil,
        answers: Documentation.ResponseDoc..., problems: [ProblemType] = [],
        deprecation: Deprecation? = nil
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.scopes = scopes
        self.access = access
        self.readsOnly = readsOnly ?? (method == .get)
        self.answersAtOnce = answersAtOnce
        self.errors = errors
        self.storesResponse = storesResponse
        let isSmall = access == .open || access == .user && body == nil
        self.bodyLimit = bodyLimit ?? (isSmall ? Self.smallBody : nil)
        documentation = Documentation(
            summary: summary, details: details, query: query, body: body, answers: answers,
            problems: problems, deprecation: deprecation)
    }

    /// Ids are unique over all contexts.
    public static func == (a: Endpoint, b: Endpoint) -> Bool { a.id == b.id }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension Endpoint {
    /// What the route alone decides about a caller: the gateway asks this, and so does the service.
    /// 403 `read_only_token` or `insufficient_scope`.
    public func admit(_ caller: Caller) throws(Fault) {
        if caller.readOnly, !readsOnly {
            throw Fault(ProblemType.readOnlyToken)
        }
        try caller.require(scopes: scopes)
    }

    /// Whether it changes something, for a user with a token: such a request has conditions
    /// (`If-Match`).
    public var changesForUser: Bool { access == .user && !readsOnly }

    /// Whether it takes an `Idempotency-Key`. Keys are kept for each user.
    public var takesIdempotencyKey: Bool { method == .post && changesForUser && storesResponse }

    /// One line for people.
    public var summary: String { documentation.summary }

    /// The names in the pattern's braces, in order.
    public var parameterNames: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
    }
}

/// Routes that belong together, as the reference lists them.
public struct EndpointGroup: Sendable {
    /// The heading.
    public let name: String
    /// One or two sentences for people.
    public let meaning: String
    /// What the parameters in its paths are.
    public let path: [Member]
    /// In the order of the reference.
    public let endpoints: [Endpoint]

    public init(
        _ name: String, _ meaning: String, path: [Member] = [], _ endpoints: [Endpoint]
    ) {
        self.name = name
        self.meaning = meaning
        self.path = path
        self.endpoints = endpoints
    }
}
