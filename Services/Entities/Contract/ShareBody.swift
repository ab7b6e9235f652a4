import Contract
import Kernel

/// A share; with its entity in the lists of one user's shares.
public struct ShareBody<Subject: Codable & Sendable>: Codable, Sendable {
    public let id: String
    public let entityId: String
    public let user: UserProfile
    public let createdBy: String
    public let createdAt: Timestamp
    public let entity: Subject?

    public init(
        id: String, entityId: String, user: UserProfile, createdBy: String, createdAt: Timestamp,
        entity: Subject?
    ) {
        self.id = id
        self.entityId = entityId
        self.user = user
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.entity = entity
    }
}

/// `POST /api/entities/{entityId}/shares`
public struct NewSharesBody: Codable, Sendable {
    public let emails: [String]
    /// Whether the users are mailed; true if absent.
    public let notify: Bool?
    /// Whether unknown addresses are invited; false if absent.
    public let inviteUnknown: Bool?

    public init(emails: [String], notify: Bool? = nil, inviteUnknown: Bool? = nil) {
        self.emails = emails
        self.notify = notify
        self.inviteUnknown = inviteUnknown
    }
}

/// The result for each address.
public struct ShareOutcomeBody: Codable, Sendable {
    public struct Holder: Codable, Sendable, Equatable {
        public let email: String
        public let userId: String
        /// The step that already gave the user access.
        public let via: AccessStep

        public init(email: String, userId: String, via: AccessStep) {
            self.email = email
            self.userId = userId
            self.via = via
        }
    }

    /// An address that was invited.
    public struct Invited: Codable, Sendable, Equatable {
        public let email: String
        public let invitationId: String
        public let expiresAt: Timestamp

        public init(email: String, invitationId: String, expiresAt: Timestamp) {
            self.email = email
            self.invitationId = invitationId
            self.expiresAt = expiresAt
        }
    }

    public let created: [ShareBody<Never>]
    public let alreadyHadAccess: [Holder]
    public let invited: [Invited]
    public let notFound: [String]

    public init(
        created: [ShareBody<Never>], alreadyHadAccess: [Holder], invited: [Invited] = [],
        notFound: [String]
    ) {
        self.created = created
        self.alreadyHadAccess = alreadyHadAccess
        self.invited = invited
        self.notFound = notFound
    }
}
