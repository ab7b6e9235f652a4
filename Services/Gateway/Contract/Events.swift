import Contract
import Kernel

/// `user.deleted`: every context deletes what it stores about the user, or finds a successor for
/// it.
public struct UserDeleted: Codable, Sendable, Equatable {
    public static let type = "user.deleted"

    public let userId: String
    /// The admin who deleted the user: the last successor.
    public let deletedBy: String
    /// The token and request of the deletion, for the audit; nil in events of older gateways.
    public let tokenId: String?
    public let requestId: String?

    public init(userId: String, by admin: Caller) {
        self.userId = userId
        deletedBy = admin.userId
        tokenId = admin.tokenId
        requestId = admin.requestId
    }

    /// The admin, as far as the event names them.
    public var actor: Caller {
        Caller(
            userId: deletedBy, isAdmin: true, tokenId: tokenId ?? "", requestId: requestId ?? "")
    }
}

/// `user.suspension_changed`: every context that tells what a user may do denies all of it while
/// they are suspended. What they were given stays.
public struct UserSuspensionChanged: Codable, Sendable, Equatable {
    public static let type = "user.suspension_changed"

    public let userId: String
    public let isSuspended: Bool

    public init(userId: String, isSuspended: Bool) {
        self.userId = userId
        self.isSuspended = isSuspended
    }
}

/// `user.offboarded`: every context takes back what it gave the user, and finds a successor for
/// what they own. The account stays.
public struct UserOffboarded: Codable, Sendable, Equatable {
    public static let type = "user.offboarded"

    /// `opr_…`
    public let operationId: String
    public let userId: String
    /// The user's address at that time: invitations to it are revoked.
    public let email: String
    /// The admin who offboarded the user: the last successor.
    public let actor: EventActor

    public init(operationId: String, userId: String, email: String, actor: EventActor) {
        self.operationId = operationId
        self.userId = userId
        self.email = email
        self.actor = actor
    }
}
