import Contract
import Kernel

/// Types of events for the owner of an entity; `WorkspaceEvents` are for the owner of a workspace.
public enum InvitationEvents {
    public static let sent = "invitation.sent"
    public static let accepted = "invitation.accepted"
    public static let expired = "invitation.expired"
    public static let revoked = "invitation.revoked"
    public static let collaboratorAdded = "collaborator.added"
    public static let collaboratorRemoved = "collaborator.removed"

    /// All types about entities.
    public static let all = [
        sent, accepted, expired, revoked, collaboratorAdded, collaboratorRemoved,
    ]
    /// Sent to one webhook on its owner's request.
    public static let test = "webhook.test"
}

/// `data` of `invitation.…`
public struct InvitationEventData: Codable, Sendable, Equatable {
    public let invitationId: String
    public let entityId: String
    public let email: String
    public let role: CollaboratorRole
    public let status: InvitationStatus
    public let invitedBy: String
    public let expiresAt: Timestamp
    /// Whether the invitation was sent by e-mail.
    public let emailSent: Bool
    /// The user who accepted it.
    public let userId: String?

    public init(
        invitationId: String, entityId: String, email: String, role: CollaboratorRole,
        status: InvitationStatus,
        invitedBy: String, expiresAt: Timestamp, emailSent: Bool, userId: String?
    ) {
        self.invitationId = invitationId
        self.entityId = entityId
        self.email = email
        self.role = role
        self.status = status
        self.invitedBy = invitedBy
        self.expiresAt = expiresAt
        self.emailSent = emailSent
        self.userId = userId
    }

    enum CodingKeys: String, CodingKey {
        case invitationId = "invitation_id"
        case entityId = "entity_id"
        case email, role, status
        case invitedBy = "invited_by"
        case expiresAt = "expires_at"
        case emailSent = "email_sent"
        case userId = "user_id"
    }
}

/// `data` of `collaborator.…`
public struct CollaboratorEventData: Codable, Sendable, Equatable {
    public let entityId: String
    public let userId: String
    public let role: CollaboratorRole

    public init(entityId: String, userId: String, role: CollaboratorRole) {
        self.entityId = entityId
        self.userId = userId
        self.role = role
    }

    enum CodingKeys: String, CodingKey {
        case entityId = "entity_id"
        case userId = "user_id"
        case role
    }
}

/// An event as webhooks and the feed show it.
public struct EventBody: Codable, Sendable {
    /// Depends on the type.
    public struct Content: FreeForm {
        public static let schemaName = "EventContent"

        public init() {}
        public init(from decoder: any Decoder) throws {}
        public func encode(to encoder: any Encoder) throws {
            _ = encoder.container(keyedBy: CodingKeys.self)
        }
    }

    public let id: String
    public let type: String
    public let createdAt: Timestamp
    public let sequence: Int
    @OrNull public var actorId: String?
    @OrNull public var actingId: String?
    public let subject: AuditEntryBody.Subject
    @OrNull public var parent: AuditEntryBody.Subject?
    public let data: Content

    enum CodingKeys: String, CodingKey {
        case id, type
        case createdAt = "created_at"
        case sequence
        case actorId = "actor_id"
        case actingId = "acting_id"
        case subject, parent, data
    }
}

/// `GET /api/v1/events`
public struct EventFeedBody: Codable, Sendable {
    public let data: [EventBody]
    public let nextAfter: Int
    public let hasMore: Bool

    enum CodingKeys: String, CodingKey {
        case data
        case nextAfter = "next_after"
        case hasMore = "has_more"
    }
}

/// What all events have.
public struct EventEnvelopeBody: Codable, Sendable {
    public let id: String
    public let createdAt: Timestamp
    public let sequence: Int
    @OrNull public var actorId: String?
    @OrNull public var actingId: String?
    public let subject: AuditEntryBody.Subject
    @OrNull public var parent: AuditEntryBody.Subject?

    enum CodingKeys: String, CodingKey {
        case id
        case createdAt = "created_at"
        case sequence
        case actorId = "actor_id"
        case actingId = "acting_id"
        case subject, parent
    }
}

/// An event with the data of its type.
public struct TypedEventBody<Content: Documented>: Codable, Sendable {
    public let id: String
    public let type: String
    public let createdAt: Timestamp
    public let sequence: Int
    @OrNull public var actorId: String?
    @OrNull public var actingId: String?
    public let subject: AuditEntryBody.Subject
    @OrNull public var parent: AuditEntryBody.Subject?
    public let data: Content

    enum CodingKeys: String, CodingKey {
        case id, type
        case createdAt = "created_at"
        case sequence
        case actorId = "actor_id"
        case actingId = "acting_id"
        case subject, parent, data
    }
}

extension TypedEventBody: Equatable where Content: Equatable {}

/// `invitation.…`
public typealias InvitationEventBody = TypedEventBody<InvitationEventData>

/// `collaborator.…`
public typealias CollaboratorEventBody = TypedEventBody<CollaboratorEventData>
