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
    /// As it was mailed: 8 digits.
    public let code: String

    public init(email: String, code: String) {
        self.email = email
        self.code = code
    }
}

/// A session, as it begins.
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

/// How often and how long.
public enum SignInLimits {
    public static let codeDigits = 8
    public static let codeMinutes = 10
    /// Of a code as people type it, with spaces and hyphens.
    public static let codeLength = 1...32
    /// Wrong codes that an address may offer before it needs a new one.
    public static let triesPerCode = 5
    /// Codes that are mailed to an address in an hour.
    public static let codesPerHour = 5
    public static let sessionDays = 30
    /// Sessions of one user; a new one ends the oldest.
    public static let sessionsPerUser = 100
}
