import Contract

/// What the gateway's commands need beside the public routes; on its internal port.
public enum OperatorRoutes {
    /// `POST` `TokenQuery` → `OwnedToken`.
    public static let findToken = Endpoint(
        "findToken", .post, "/internal/tokens/find", access: .service, readsOnly: true,
        summary: "Find a token or session by its id or secret")
}

/// Exactly one of the two.
public struct TokenQuery: Codable, Sendable {
    /// `tok_…`
    public let id: String?
    /// The token itself.
    public let secret: String?

    public init(id: String) {
        self.id = id
        secret = nil
    }

    public init(secret: String) {
        self.secret = secret
        id = nil
    }
}

/// A token and whose it is.
public struct OwnedToken: Codable, Sendable {
    /// `tok_…`
    public let id: String
    public let userId: String
    public let isSession: Bool

    public init(id: String, userId: String, isSession: Bool) {
        self.id = id
        self.userId = userId
        self.isSession = isSession
    }
}
