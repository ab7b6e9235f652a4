import Kernel

/// One public route, declared once in its context's Contract.
public struct Endpoint: Sendable, Hashable {
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Who may call it at all.
    public enum Access: Sendable, Hashable {
        /// A user with a token, as the gateway has established him.
        case user
        /// Everybody.
        case open
        /// Another service of ours, never through the gateway.
        case service
    }

    /// Unique over all contexts, in lower camel case (`shareEntity`); OpenAPI's operationId.
    public let id: String
    public let method: Method
    /// Literal segments and `{name}` parameters: `/api/entities/{entityId}/shares`.
    public let path: String
    /// Every scope that the token must have. Empty: any token.
    public let scopes: [String]
    public let access: Access
    /// Passes with a read-only token. GETs do; a POST that only reads declares it.
    public let readsOnly: Bool
    /// One line for people.
    public let summary: String

    public init(
        _ id: String, _ method: Method, _ path: String, scopes: [String] = [],
        access: Access = .user, readsOnly: Bool? = nil, summary: String
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.scopes = scopes
        self.access = access
        self.readsOnly = readsOnly ?? (method == .get)
        self.summary = summary
    }
}

extension Endpoint {
    /// What the route alone decides about a caller: the gateway asks this, and so does the service.
    /// 403 `read_only_token` or `insufficient_scope`.
    public func admit(_ caller: Caller) throws(Fault) {
        if caller.readOnly, !readsOnly {
            throw Fault(.forbidden, code: "read_only_token", "The token may only read.")
        }
        try caller.require(scopes: scopes)
    }

    /// The names in the pattern's braces, in order.
    public var parameterNames: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
    }
}
