import Contract
import Kernel

/// `POST /api/auth/exchange`
public struct ExchangeBody: Codable, Sendable {
    /// Of the address that an invitation's page leads back to.
    public let code: String

    public init(code: String) { self.code = code }
}

/// Who accepted an invitation, and which.
public struct ExchangedBody: Codable, Sendable {
    public let user: UserBody
    public let invitation: ExchangedInvitationBody

    public init(user: UserBody, invitation: ExchangedInvitationBody) {
        self.user = user
        self.invitation = invitation
    }
}

/// An accepted invitation, of either kind.
public struct ExchangedInvitationBody: Codable, Sendable, Equatable {
    public let id: String
    /// What it is to.
    public let type: ExchangedInvitationType
    public let entityId: String?
    public let workspaceId: String?
    public let name: String
    public let email: String
    public let invitedBy: String

    public init(
        id: String, entityId: String?, workspaceId: String?, name: String, email: String,
        invitedBy: String
    ) {
        self.id = id
        type = entityId == nil ? .workspace : .entity
        self.entityId = entityId
        self.workspaceId = workspaceId
        self.name = name
        self.email = email
        self.invitedBy = invitedBy
    }
}

/// What an invitation is to.
public enum ExchangedInvitationType: String, Codable, Sendable, CaseIterable {
    case entity
    case workspace
}

/// Numbers of codes that lead back to the app.
public enum ExchangeLimits {
    public static let seconds = 60
    public static let codeLength = 1...100
}

extension ExchangeBody: Documented {
    public static let schemaName = "Exchange"
    public static let meaning = "A code to exchange."

    public static var members: [Member] {
        [
            Member(
                "code", "The `code` that came with the user.", .exchangeCode,
                example: "Jm3s8Qv1xT0b5Zk7nH2cYw9fRa4LpUeD6oGiXqBtKMs")
        ]
    }
}

extension ExchangedBody: Documented {
    public static let schemaName = "ExchangedCode"
    public static let meaning = "Who accepted an invitation, and which."

    public static var members: [Member] {
        [
            Member("user", "The user who accepted, and is signed in on our pages."),
            Member("invitation", "The accepted invitation."),
        ]
    }
}

extension ExchangedInvitationBody: Documented {
    public static let schemaName = "ExchangedInvitation"
    public static let meaning = "An accepted invitation, to an entity or a workspace."

    public static var members: [Member] {
        [
            Member("id", "The invitation's id.", example: "inv_01M7YT9ZQW3E4R5T6Y7U8I9O0P"),
            Member("type", "What it is to.", .words(ExchangedInvitationType.allCases)),
            Member("entityId", "The entity's id, if it is to an entity.", .id("ent_")),
            Member("workspaceId", "The workspace's id, if it is to a workspace.", .uuid),
            Member("name", "The name of the entity or workspace.", example: "Release notes"),
            Member("email", "The invited address.", example: "grace@example.com"),
            Member("invitedBy", "The user who sent the invitation.", .id("usr_")),
        ]
    }
}

extension Rule {
    fileprivate static var exchangeCode: Rule {
        var rule = Rule()
        rule.length = ExchangeLimits.codeLength
        return rule
    }
}
