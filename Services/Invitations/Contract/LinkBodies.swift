import Contract
import GatewayContract
import Kernel

/// `POST /api/v1/invitations/claim`
public struct ClaimBody: Codable, Sendable {
    /// The parameter of the link in the e-mail.
    public let claim: String

    public init(claim: String) { self.claim = claim }
}

/// A session for the user who accepted an invitation.
public struct ClaimedBody: Codable, Sendable {
    /// The session's token.
    public let token: String
    public let user: ClaimedUserBody
    public let expiresAt: Timestamp
    public let invitation: InvitationBody

    public init(
        token: String, user: ClaimedUserBody, expiresAt: Timestamp, invitation: InvitationBody
    ) {
        self.token = token
        self.user = user
        self.expiresAt = expiresAt
        self.invitation = invitation
    }

    enum CodingKeys: String, CodingKey {
        case token, user
        case expiresAt = "expires_at"
        case invitation
    }
}

/// A user in snake_case.
public struct ClaimedUserBody: Codable, Sendable, Equatable {
    public let id: String
    public let email: String
    public let username: String
    public let displayName: String
    public let role: String
    public let createdAt: Timestamp

    public init(_ user: UserBody) {
        id = user.id
        email = user.email
        username = user.username
        displayName = user.displayName
        role = user.role.rawValue
        createdAt = user.createdAt
    }

    enum CodingKeys: String, CodingKey {
        case id, email, username
        case displayName = "display_name"
        case role
        case createdAt = "created_at"
    }
}

extension ClaimBody: Documented {
    public static let schemaName = "InvitationClaim"
    public static let meaning = "The claim of an invitation."

    public static var members: [Member] {
        [Member("claim", "The `claim` parameter of the link in the e-mail.", example: "inv_….…")]
    }
}

extension ClaimedBody: Documented {
    public static let schemaName = "ClaimedInvitation"
    public static let meaning = "A new session and the accepted invitation."

    public static var members: [Member] {
        [
            Member(
                "token", "The session's token. Keep it secret.",
                example: "st_live_4mKcZ0Yt7hQ2vX9bN3sLr8WfJ5gDp1uEa6iTo0RyVq3H21kZb0"),
            Member("user", "The signed-in user."),
            Member("expires_at", "When the session expires."),
            Member("invitation", "The accepted invitation."),
        ]
    }
}

extension ClaimedUserBody: Documented {
    public static let meaning = "The user who accepted an invitation."

    public static var members: [Member] {
        [
            Member("id", "A ULID with the prefix `usr_`.", .id("usr_")),
            Member("email", "The user's e-mail address.", example: "founder@example.com"),
            Member("username", "A unique name in lower case.", example: "founder"),
            Member("display_name", "The user's display name.", example: "Grace"),
            Member("role", "The user's platform role.", .words(Role.allCases)),
            Member("created_at", "When the user was created."),
        ]
    }
}
