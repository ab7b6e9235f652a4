import Contract
import Kernel

/// `POST /api/auth/codes`
public struct NewCodeBody: Codable, Sendable {
    public let email: String

    public init(email: String) { self.email = email }
}

/// `POST /api/auth/sessions`
public struct NewSessionBody: Codable, Sendable {
    public let email: String
    /// 8 digits.
    public let code: String

    public init(email: String, code: String) {
        self.email = email
        self.code = code
    }
}

/// `POST /api/auth/oidc/sessions`
public struct ProviderSessionBody: Codable, Sendable {
    /// For which a code works.
    public static let codeSeconds = 60
    /// Bytes of both.
    public static let length = 1...128
    public static let lengthRule =
        "must have \(length.lowerBound) to \(length.upperBound) characters"

    /// Of the address that the identity provider's sign-in leads back to.
    public let code: String
    /// The one whose challenge began the sign-in.
    public let verifier: String

    public init(code: String, verifier: String) {
        self.code = code
        self.verifier = verifier
    }
}

/// A new session.
public struct SessionBody: Codable, Sendable {
    /// The secret.
    public let token: String
    public let user: UserBody
    public let expiresAt: Timestamp

    public init(token: String, user: UserBody, expiresAt: Timestamp) {
        self.token = token
        self.user = user
        self.expiresAt = expiresAt
    }
}

/// A session as its user and platform admins see it: without its secret.
public struct ActiveSessionBody: Codable, Sendable {
    /// `tok_…`
    public let id: String
    public let createdAt: Timestamp
    @OrNull public var lastUsedAt: Timestamp?
    public let expiresAt: Timestamp
    /// The `User-Agent` of the request that began it.
    @OrNull public var userAgent: String?
    /// The client's address of that request.
    @OrNull public var address: String?
    /// Whether it is the one that asks.
    public let current: Bool

    public init(
        id: String, createdAt: Timestamp, lastUsedAt: Timestamp?, expiresAt: Timestamp,
        userAgent: String?, address: String?, current: Bool
    ) {
        self.id = id
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.current = current
        _lastUsedAt = OrNull(wrappedValue: lastUsedAt)
        _userAgent = OrNull(wrappedValue: userAgent)
        _address = OrNull(wrappedValue: address)
    }
}

/// Numbers that sign-in keeps to.
public enum SignInLimits {
    public static let codeDigits = 8
    public static let codeMinutes = 10
    /// Characters of a code as people type it, with spaces and hyphens.
    public static let codeLength = 1...32
    /// Wrong tries after which a code is invalid.
    public static let triesPerCode = 5
    /// Codes sent to one address in an hour.
    public static let codesPerHour = 5
    public static let sessionDays = 30
    /// Sessions of one user; a further one ends the oldest.
    public static let sessionsPerUser = 100
}
