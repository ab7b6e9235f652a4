import Contract
import Kernel

/// Queries for other services. Not reachable through the gateway; every call carries a service
/// identity.
public enum InvitationQueries {
    /// `POST` `CollaborationsQuery` → `CollaborationsReply`.
    public static let collaborations = Endpoint(
        "collaborations", .post, "/internal/collaborations", access: .service, readsOnly: true,
        summary: "Check which of the given entities users collaborate on")

    /// `POST` `CollaboratorEntitiesQuery` → `CollaboratorEntitiesReply`.
    public static let entities = Endpoint(
        "collaboratorEntities", .post, "/internal/collaborations/entities", access: .service,
        readsOnly: true, summary: "List all entities that a user collaborates on")

    /// `POST` `InvitationViewQuery` → `InvitationViewReply`.
    public static let view = Endpoint(
        "viewInvitation", .post, "/internal/invitations/view", access: .service, readsOnly: true,
        summary: "Show the invitation behind a link")

    /// `POST` `InvitationResponseCommand` → `InvitationViewReply`.
    public static let answer = Endpoint(
        "answerForInvitee", .post, "/internal/invitations/answer", access: .service,
        readsOnly: false,
        summary: "Accept or decline for a user who has proved access to the mailbox")

    /// `POST` `InvitationRequestCommand` → `InvitationViewReply`.
    public static let ask = Endpoint(
        "askForInvitation", .post, "/internal/invitations/ask", access: .service,
        readsOnly: false,
        summary: "Mail the inviter that someone with the link of an ended invitation asks for a "
            + "new one")

    public static let all = [
        collaborations, entities, grants, people, endCollaboration, view, answer, ask, invite,
    ]
}

/// Up to `maximum` pairs of user and entity, by user.
public struct CollaborationsQuery: Codable, Sendable {
    public static let maximum = 1_000

    public struct Subject: Codable, Sendable {
        public let userId: String
        public let entityIds: [String]

        public init(userId: String, entityIds: [String]) {
            self.userId = userId
            self.entityIds = entityIds
        }
    }

    public let subjects: [Subject]

    public init(subjects: [Subject]) { self.subjects = subjects }
}

/// For each subject, in order, the indexes of those of its entities that the user collaborates on,
/// ascending.
public struct CollaborationsReply: Codable, Sendable {
    public let subjects: [[Int]]
    /// As of when, for who keeps the answer under a lease.
    public let mark: LeaseMark?

    public init(subjects: [[Int]], mark: LeaseMark? = nil) {
        self.subjects = subjects
        self.mark = mark
    }
}

public struct CollaboratorEntitiesQuery: Codable, Sendable {
    public let userId: String

    public init(userId: String) { self.userId = userId }
}

public struct CollaboratorEntitiesReply: Codable, Sendable {
    public let entityIds: [String]

    public init(entityIds: [String]) { self.entityIds = entityIds }
}

/// By exactly one of the two secrets that lead to an invitation.
public struct InvitationViewQuery: Codable, Sendable {
    /// Of the `accept_url`, which the inviter knows too.
    public let token: String?
    /// Only in the e-mail: having it proves access to the mailbox.
    public let claim: String?

    public init(token: String? = nil, claim: String? = nil) {
        self.token = token
        self.claim = claim
    }
}

/// The invitation behind a link; exactly one of the two is set.
public struct InvitationViewReply: Codable, Sendable, Equatable {
    @OrNull public var view: InvitationView?
    @OrNull public var refusal: InvitationRefusal?

    public init(_ view: InvitationView) {
        _view = OrNull(wrappedValue: view)
        _refusal = OrNull(wrappedValue: nil)
    }

    public init(_ refusal: InvitationRefusal) {
        _view = OrNull(wrappedValue: nil)
        _refusal = OrNull(wrappedValue: refusal)
    }
}

/// What an invitation gives: a role on an entity, or permissions in a workspace.
public enum InvitedRole: String, CaseIterable, Codable, Sendable {
    case collaborator
    case viewer
    case read
    case write

    init(_ role: CollaboratorRole) {
        switch role {
        case .collaborator: self = .collaborator
        case .viewer: self = .viewer
        }
    }

    init(_ permissions: WorkspacePermission) {
        switch permissions {
        case .read: self = .read
        case .write, .owner: self = .write
        }
    }
}

/// What the page shows to anyone who has the link.
public struct InvitationView: Codable, Sendable, Equatable {
    /// The name of the entity or workspace.
    public let name: String
    /// The directory has the name, as long as the user exists.
    public let inviterId: String
    @OrNull public var message: String?
    /// The invited address.
    public let email: String
    public let role: InvitedRole
    /// `revoked` if the invitee has declined.
    public let status: InvitationStatus
    /// Declined by the invitee.
    public let isDeclined: Bool
    @OrNull public var expiresAt: Timestamp?
    /// The language of the page.
    @OrNull public var locale: String?
    /// When the inviter was asked for a new one, after this has ended.
    @OrNull public var askedAt: Timestamp?
    /// Where the page leads after the answer.
    @OrNull public var returnURL: String?
    /// The id of a workspace invitation.
    @OrNull public var workspaceInvitationId: String?
    @OrNull public var workspaceId: String?
    /// The public API's form; nil if the invitation is to a workspace.
    @OrNull public var invitation: InvitationBody?

    /// To an entity.
    public init(
        _ invitation: InvitationBody, name: String, message: String?, isDeclined: Bool,
        askedAt: Timestamp? = nil
    ) {
        _askedAt = OrNull(wrappedValue: askedAt)
        _returnURL = OrNull(wrappedValue: invitation.returnURL)
        _workspaceInvitationId = OrNull(wrappedValue: nil)
        _workspaceId = OrNull(wrappedValue: nil)
        _expiresAt = OrNull(wrappedValue: invitation.expiresAt)
        _locale = OrNull(wrappedValue: invitation.locale)
        self.name = name
        inviterId = invitation.invitedBy
        _message = OrNull(wrappedValue: message)
        email = invitation.email
        role = InvitedRole(invitation.role)
        status = invitation.status
        self.isDeclined = isDeclined
        _invitation = OrNull(wrappedValue: invitation)
    }

    /// To a workspace.
    public init(
        workspace name: String, id workspaceId: String, invitationId: String, inviterId: String,
        email: String,
        permissions: WorkspacePermission, status: InvitationStatus, isDeclined: Bool,
        expiresAt: Timestamp, locale: String?, askedAt: Timestamp? = nil,
        returnURL: String? = nil
    ) {
        _returnURL = OrNull(wrappedValue: returnURL)
        _workspaceInvitationId = OrNull(wrappedValue: invitationId)
        _workspaceId = OrNull(wrappedValue: workspaceId)
        _askedAt = OrNull(wrappedValue: askedAt)
        _expiresAt = OrNull(wrappedValue: expiresAt)
        _locale = OrNull(wrappedValue: locale)
        self.name = name
        self.inviterId = inviterId
        _message = OrNull(wrappedValue: nil)
        self.email = email
        role = InvitedRole(permissions)
        self.status = status
        self.isDeclined = isDeclined
        _invitation = OrNull(wrappedValue: nil)
    }
}

/// Why a link or a response was refused, in the words of the public API.
public struct InvitationRefusal: Codable, Sendable, Equatable {
    /// What is refused; every other status is a failure.
    public static let statuses = [403, 404, 409, 410]

    /// One of `statuses`.
    public let status: Int
    public let code: String
    public let detail: String

    public init(status: Int, code: String, detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }
}

public struct InvitationResponseCommand: Codable, Sendable {
    public let token: String?
    public let claim: String?
    /// False declines.
    public let accepts: Bool
    /// The invitee, who has proved access to the invited mailbox.
    public let userId: String
    public let email: String
    public let actor: EventActor

    public init(
        token: String? = nil, claim: String? = nil, accepts: Bool, userId: String, email: String,
        actor: EventActor
    ) {
        self.token = token
        self.claim = claim
        self.accepts = accepts
        self.userId = userId
        self.email = email
        self.actor = actor
    }
}

/// By exactly one of the two secrets.
public struct InvitationRequestCommand: Codable, Sendable {
    public let token: String?
    public let claim: String?
    public let requestId: String

    public init(token: String? = nil, claim: String? = nil, requestId: String) {
        self.token = token
        self.claim = claim
        self.requestId = requestId
    }
}
