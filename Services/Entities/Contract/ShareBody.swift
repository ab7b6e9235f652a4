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

    public init(emails: [String]) { self.emails = emails }
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

    public let created: [ShareBody<Never>]
    public let alreadyHadAccess: [Holder]
    public let notFound: [String]

    public init(created: [ShareBody<Never>], alreadyHadAccess: [Holder], notFound: [String]) {
        self.created = created
        self.alreadyHadAccess = alreadyHadAccess
        self.notFound = notFound
    }
}
