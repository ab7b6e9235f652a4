import Contract
import Kernel

extension InvitationQueries {
    /// `POST` `CollaboratorGrantsQuery` → `CollaboratorGrantsReply`.
    public static let grants = Endpoint(
        "collaboratorGrants", .post, "/internal/collaborations/grants", access: .service,
        readsOnly: true, summary: "Find the collaborators of an entity among users")

    /// `POST` `CollaboratorPeopleQuery` → `CollaboratorPeopleReply`.
    public static let people = Endpoint(
        "collaboratorPeople", .post, "/internal/collaborations/people", access: .service,
        readsOnly: true, summary: "List the collaborators of an entity by id")

    /// `POST` `EndCollaborationCommand` → `EndCollaborationReply`.
    public static let endCollaboration = Endpoint(
        "endCollaboration", .post, "/internal/collaborations/end", access: .service,
        readsOnly: false, summary: "End a user's collaboration and revoke an invitation to them")
}

public struct CollaboratorPeopleQuery: Codable, Sendable {
    public static let maximum = 1_000

    public let entityId: String
    /// Only users with a greater id.
    public let after: String
    /// At most `maximum`.
    public let limit: Int

    public init(entityId: String, after: String, limit: Int) {
        self.entityId = entityId
        self.after = after
        self.limit = limit
    }
}

/// The first ones, by id.
public struct CollaboratorPeopleReply: Codable, Sendable, Equatable {
    public let userIds: [String]

    public init(userIds: [String]) { self.userIds = userIds }
}

/// By a caller whose permission the entities service has checked.
public struct EndCollaborationCommand: Codable, Sendable {
    public let entityId: String
    public let userId: String
    /// The user's address; nil if there is no such user.
    public let email: String?
    public let actor: EventActor

    public init(entityId: String, userId: String, email: String?, actor: EventActor) {
        self.entityId = entityId
        self.userId = userId
        self.email = email
        self.actor = actor
    }
}

public struct EndCollaborationReply: Codable, Sendable, Equatable {
    /// The collaborator who was removed; null if there was none.
    @OrNull public var collaborator: CollaboratorGrantsReply.Collaborator?

    public init(collaborator: CollaboratorGrantsReply.Collaborator?) {
        self.collaborator = collaborator
    }
}

/// Up to `maximum` users.
public struct CollaboratorGrantsQuery: Codable, Sendable {
    public static let maximum = 100

    public let entityId: String
    public let userIds: [String]

    public init(entityId: String, userIds: [String]) {
        self.entityId = entityId
        self.userIds = userIds
    }
}

/// Those who collaborate, in the order of the query.
public struct CollaboratorGrantsReply: Codable, Sendable, Equatable {
    public struct Collaborator: Codable, Sendable, Equatable {
        public let userId: String
        public let addedBy: String
        public let addedAt: Timestamp

        public init(userId: String, addedBy: String, addedAt: Timestamp) {
            self.userId = userId
            self.addedBy = addedBy
            self.addedAt = addedAt
        }
    }

    public let collaborators: [Collaborator]

    public init(collaborators: [Collaborator]) { self.collaborators = collaborators }
}
