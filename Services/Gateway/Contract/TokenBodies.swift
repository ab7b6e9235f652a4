import Contract
import Kernel

/// All scopes (api.md §1).
public enum Scopes {
    public static let all = "*"
    /// The most that a token can list.
    public static let maximum = 100
    public static let known = Set(meanings.map(\.name))
}

public struct NewTokenBody: Codable, Sendable {
    public let name: String
    public let scopes: [String]
    public let readOnly: Bool?
    public let expiresAt: Timestamp?
    /// The token's user; only admins can name another than themselves.
    public let userId: String?
    /// Requests a second; 0: no limit. Only admins can set it.
    public let rateLimit: Int?
}

/// A token without its secret.
public struct TokenBody: Codable, Sendable {
    public let id: String
    public let userId: String
    public let name: String
    /// The secret's first characters, to tell tokens apart.
    public let prefix: String
    public let scopes: [String]
    public let readOnly: Bool
    public let createdAt: Timestamp
    @OrNull public var lastUsedAt: Timestamp?
    @OrNull public var expiresAt: Timestamp?
    /// Requests a second; 0: no limit; nil: the configured limit.
    @OrNull public var rateLimit: Int?
    /// The secret; only in the response to its creation.
    public let token: String?

    public init(
        id: String, userId: String, name: String, prefix: String, scopes: [String], readOnly: Bool,
        createdAt: Timestamp, lastUsedAt: Timestamp?, expiresAt: Timestamp?,
        rateLimit: Int? = nil, token: String? = nil
    ) {
        _rateLimit = OrNull(wrappedValue: rateLimit)
        self.id = id
        self.userId = userId
        self.name = name
        self.prefix = prefix
        self.scopes = scopes
        self.readOnly = readOnly
        self.createdAt = createdAt
        self.token = token
        _lastUsedAt = OrNull(wrappedValue: lastUsedAt)
        _expiresAt = OrNull(wrappedValue: expiresAt)
    }
}

/// Numbers that tokens keep to.
public enum TokenLimits {
    /// Requests a second.
    public static let rate = 0...1_000_000
}
