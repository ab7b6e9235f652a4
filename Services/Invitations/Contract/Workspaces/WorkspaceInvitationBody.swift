import Contract
import Kernel

/// An invitation to a workspace.
public struct WorkspaceInvitationBody: Codable, Sendable, Equatable {
    public let id: String
    public let workspaceId: String
    public let workspaceName: String
    public let invitedEmail: String
    public let permissions: String
    public let status: WorkspaceInvitationStatus
    public let invitedBy: String
    public let expirationDate: Timestamp
    /// The language of its page and e-mail.
    @OrNull public var locale: String?
    /// Where the page leads after the answer.
    @OrNull public var returnUrl: String?
    public let createdAt: Timestamp
    /// When the latest e-mail was sent.
    public let sentAt: Timestamp
    public let emailStatus: MailStatus
    /// Why that e-mail failed.
    @OrNull public var emailError: String?

    public init(
        id: String, workspaceId: String, workspaceName: String, invitedEmail: String,
        permissions: String, status: WorkspaceInvitationStatus, invitedBy: String,
        expirationDate: Timestamp, locale: String?, returnUrl: String? = nil,
        createdAt: Timestamp, sentAt: Timestamp, emailStatus: MailStatus, emailError: String?
    ) {
        self.id = id
        self.workspaceId = workspaceId
        self.workspaceName = workspaceName
        self.invitedEmail = invitedEmail
        self.permissions = permissions
        self.status = status
        self.invitedBy = invitedBy
        self.expirationDate = expirationDate
        _locale = OrNull(wrappedValue: locale)
        _returnUrl = OrNull(wrappedValue: returnUrl)
        self.createdAt = createdAt
        self.sentAt = sentAt
        self.emailStatus = emailStatus
        _emailError = OrNull(wrappedValue: emailError)
    }
}

/// `POST /api/v2/workspaces/{workspaceId}/invite`
public struct WorkspaceInviteBody: Codable, Sendable {
    public let invitedEmail: String
    public let permissions: String?
    public let locale: String?
    public let returnUrl: String?

    public init(
        invitedEmail: String, permissions: String? = nil, locale: String? = nil,
        returnUrl: String? = nil
    ) {
        self.locale = locale
        self.returnUrl = returnUrl
        self.invitedEmail = invitedEmail
        self.permissions = permissions
    }
}

/// `POST /api/v2/workspaceInvitations/{invitationId}`
public struct WorkspaceInvitationResponseBody: Codable, Sendable {
    public let status: String
    public let userEmail: String

    public init(status: String, userEmail: String) {
        self.status = status
        self.userEmail = userEmail
    }
}

/// `POST /api/v2/workspaceInvitations/{invitationId}/expiration`
public struct WorkspaceExpirationBody: Codable, Sendable {
    public let expirationDate: Timestamp

    public init(expirationDate: Timestamp) { self.expirationDate = expirationDate }
}
