/// One public route, declared once in its context's Contract.
public struct Endpoint: Sendable, Hashable {
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Unique over all contexts, in lower camel case (`shareEntity`); OpenAPI's operationId.
    public let id: String
    public let method: Method
    /// Literal segments and `{name}` parameters: `/api/entities/{entityId}/shares`.
    public let path: String
    /// Every scope that the token must have. Empty: any token.
    public let scopes: [String]
    /// Passes with a read-only token. GETs do; a POST that only reads declares it.
    public let readsOnly: Bool
    /// One line for people.
    public let summary: String

    public init(
        _ id: String, _ method: Method, _ path: String, scopes: [String] = [],
        readsOnly: Bool? = nil, summary: String
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.scopes = scopes
        self.readsOnly = readsOnly ?? (method == .get)
        self.summary = summary
    }
}
