import Contract
import Kernel

/// An invitation to collaborate on an entity.
public struct InvitationBody: Codable, Sendable, Equatable {
    public let id: String
    public let entityId: String
    public let email: String
    public let role: CollaboratorRole
    public let status: InvitationStatus
    public let invitedBy: String
    /// The page that shows it; accepting requires signing in with the invited address. Nil in
    /// the response to a repeated request.
    public let acceptURL: String?
    public let expiresAt: Timestamp
    /// The language of its page and e-mail.
    @OrNull public var locale: String?
    /// Where the page leads after the answer.
    @OrNull public var returnURL: String?
    public let createdAt: Timestamp
    @OrNull public var acceptedAt: Timestamp?
    public let emailStatus: MailStatus
    /// Why the e-mail failed.
    @OrNull public var emailError: String?

    public init(
        id: String, entityId: String, email: String, role: CollaboratorRole,
        status: InvitationStatus,
        invitedBy: String, acceptURL: String?, expiresAt: Timestamp, locale: String?,
        returnURL: String? = nil, createdAt: Timestamp, acceptedAt: Timestamp?,
        emailStatus: MailStatus, emailError: String?
    ) {
        self.id = id
        self.entityId = entityId
        self.email = email
        self.role = role
        self.status = status
        self.invitedBy = invitedBy
        self.acceptURL = acceptURL
        self.expiresAt = expiresAt
        _locale = OrNull(wrappedValue: locale)
        _returnURL = OrNull(wrappedValue: returnURL)
        self.createdAt = createdAt
        _acceptedAt = OrNull(wrappedValue: acceptedAt)
        self.emailStatus = emailStatus
        _emailError = OrNull(wrappedValue: emailError)
    }

    // The API reference lists the members in this order.
    enum CodingKeys: String, CodingKey {
        case id
        case entityId = "entity_id"
        case email, role, status
        case invitedBy = "invited_by"
        case acceptURL = "accept_url"
        case expiresAt = "expires_at"
        case locale
        case returnURL = "return_url"
        case createdAt = "created_at"
        case acceptedAt = "accepted_at"
        case emailStatus = "email_status"
        case emailError = "email_error"
    }
}

/// `POST /api/v1/entities/{id}/invitations`
public struct NewInvitationBody: Codable, Sendable {
    public let email: String
    public let role: String?
    public let expiresInDays: Int?
    public let sendEmail: Bool?
    public let message: String?
    public let locale: String?
    public let returnURL: String?

    public init(
        email: String, role: String? = nil, expiresInDays: Int? = nil, sendEmail: Bool? = nil,
        message: String? = nil, locale: String? = nil, returnURL: String? = nil
    ) {
        self.locale = locale
        self.returnURL = returnURL
        self.email = email
        self.role = role
        self.expiresInDays = expiresInDays
        self.sendEmail = sendEmail
        self.message = message
    }

    enum CodingKeys: String, CodingKey {
        case email, role
        case expiresInDays = "expires_in_days"
        case sendEmail = "send_email"
        case message, locale
        case returnURL = "return_url"
    }
}

/// `POST /api/v1/entities/{id}/invitations/bulk`
public struct BulkInvitationsBody: Codable, Sendable {
    public struct Invitee: Codable, Sendable {
        public let email: String
        public let role: String?

        public init(email: String, role: String? = nil) {
            self.email = email
            self.role = role
        }
    }

    public let invitations: [Invitee]
    public let expiresInDays: Int?
    public let sendEmail: Bool?
    public let message: String?
    public let locale: String?
    public let returnURL: String?

    public init(
        invitations: [Invitee], expiresInDays: Int? = nil, sendEmail: Bool? = nil,
        message: String? = nil, locale: String? = nil, returnURL: String? = nil
    ) {
        self.locale = locale
        self.returnURL = returnURL
        self.invitations = invitations
        self.expiresInDays = expiresInDays
        self.sendEmail = sendEmail
        self.message = message
    }

    enum CodingKeys: String, CodingKey {
        case invitations
        case expiresInDays = "expires_in_days"
        case sendEmail = "send_email"
        case message, locale
        case returnURL = "return_url"
    }
}

/// One result for each address, in the order of the request.
public struct BulkResultsBody: Codable, Sendable, Equatable {
    public struct Result: Codable, Sendable, Equatable {
        public let email: String
        /// `created` or `failed`.
        public let status: String
        public let invitation: InvitationBody?
        public let problem: Problem?

        public init(created invitation: InvitationBody) {
            email = invitation.email
            status = "created"
            self.invitation = invitation
            problem = nil
        }

        public init(_ email: String, failed problem: Problem) {
            self.email = email
            status = "failed"
            invitation = nil
            self.problem = problem
        }
    }

    /// Code and sentence of a problem.
    public struct Problem: Codable, Sendable, Equatable {
        public let code: String
        public let detail: String
        /// The invitation that is already pending.
        public let invitationId: String?

        public init(code: String, detail: String, invitationId: String? = nil) {
            self.code = code
            self.detail = detail
            self.invitationId = invitationId
        }

        enum CodingKeys: String, CodingKey {
            case code, detail
            case invitationId = "invitation_id"
        }
    }

    public let results: [Result]

    public init(results: [Result]) { self.results = results }
}

/// `POST /api/v1/invitations/accept`
public struct AcceptBody: Codable, Sendable {
    /// The parameter of the `accept_url`.
    public let token: String

    public init(token: String) { self.token = token }
}

/// A user who collaborates on an entity.
public struct CollaboratorBody: Codable, Sendable, Equatable {
    public let userId: String
    public let email: String
    public let displayName: String
    public let role: CollaboratorRole
    public let addedBy: String
    public let addedAt: Timestamp

    public init(_ profile: UserProfile, role: CollaboratorRole, addedBy: String, addedAt: Timestamp)
    {
        userId = profile.id
        email = profile.email
        displayName = profile.displayName
        self.role = role
        self.addedBy = addedBy
        self.addedAt = addedAt
    }

    enum CodingKeys: String, CodingKey {
        case userId = "user_id"
        case email
        case displayName = "display_name"
        case role
        case addedBy = "added_by"
        case addedAt = "added_at"
    }
}
