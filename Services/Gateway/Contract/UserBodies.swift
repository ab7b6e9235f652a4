import Contract
import Kernel

public enum Role: String, Codable, Sendable, CaseIterable, NamedWords {
    public static let wordsName = "UserRole"

    case member
    /// Manages users; no special rights to what they own.
    case admin
}

public struct UserBody: Codable, Sendable {
    public let id: String
    public let email: String
    public let username: String
    public let displayName: String
    /// The platform's own id of the user.
    @OrNull public var externalId: String?
    /// The language of pages and mails.
    @OrNull public var locale: String?
    /// Whether the user gets e-mails about what others share with them.
    public let emailNotifications: Bool
    public let role: Role
    public let suspended: Bool
    public let createdAt: Timestamp
    /// What manages their names, address and suspension.
    @OrNull public var managedBy: ManagedBy?

    public init(
        id: String, email: String, username: String, displayName: String, externalId: String?,
        locale: String?, emailNotifications: Bool, role: Role, suspended: Bool,
        managedBy: ManagedBy? = nil, createdAt: Timestamp
    ) {
        self.emailNotifications = emailNotifications
        _locale = OrNull(wrappedValue: locale)
        _managedBy = OrNull(wrappedValue: managedBy)
        self.suspended = suspended
        self.id = id
        self.email = email
        self.username = username
        self.displayName = displayName
        self.role = role
        self.createdAt = createdAt
        _externalId = OrNull(wrappedValue: externalId)
    }
}

/// `UserBody` and what the token can do.
public struct MeBody: Codable, Sendable {
    public let id: String
    public let email: String
    public let username: String
    public let displayName: String
    @OrNull public var externalId: String?
    @OrNull public var locale: String?
    public let emailNotifications: Bool
    public let role: Role
    public let suspended: Bool
    public let createdAt: Timestamp
    public let scopes: [String]
    public let readOnly: Bool
    public let tokenId: String
    /// The platform admin whose token acts for the user.
    @OrNull public var actingId: String?

    public init(
        user: UserBody, scopes: [String], readOnly: Bool, tokenId: String, actingId: String?
    ) {
        _actingId = OrNull(wrappedValue: actingId)
        emailNotifications = user.emailNotifications
        suspended = user.suspended
        id = user.id
        email = user.email
        username = user.username
        displayName = user.displayName
        role = user.role
        createdAt = user.createdAt
        self.scopes = scopes
        self.readOnly = readOnly
        self.tokenId = tokenId
        _externalId = OrNull(wrappedValue: user.externalId)
        _locale = OrNull(wrappedValue: user.locale)
    }
}

public struct NewUserBody: Codable, Sendable {
    public let email: String
    public let username: String
    public let displayName: String
    public let externalId: String?
    public let locale: String?
    public let role: Role?
}

/// Members that are left out keep their value; only `externalId`, `locale` and `managedBy` can be
/// null.
public struct UserPatchBody: Codable, Sendable {
    public let email: Patch<String>
    public let username: Patch<String>
    public let displayName: Patch<String>
    public let externalId: Patch<String>
    public let locale: Patch<String>
    public let emailNotifications: Patch<Bool>
    public let role: Patch<Role>
    public let suspended: Patch<Bool>
    public let managedBy: Patch<ManagedBy>
}

/// The caller's own preferences. Members that are left out keep their value; only `locale` can be
/// null.
public struct MePatchBody: Codable, Sendable {
    public let locale: Patch<String>
    public let emailNotifications: Patch<Bool>
}
