import Kernel

/// `user.deleted`: every context drops or hands over what it holds of the user.
public struct UserDeleted: Codable, Sendable, Equatable {
    public static let type = "user.deleted"

    public let userId: String
    /// The admin who deleted him: gets what nobody else can have.
    public let deletedBy: String
    /// With which token and in which request, for the audit; nil in events of older gateways.
    public let tokenId: String?
    public let requestId: String?

    public init(userId: String, by admin: Caller) {
        self.userId = userId
        deletedBy = admin.userId
        tokenId = admin.tokenId
        requestId = admin.requestId
    }

    /// The admin, as far as the event tells.
    public var actor: Caller {
        Caller(
            userId: deletedBy, isAdmin: true, tokenId: tokenId ?? "", requestId: requestId ?? "")
    }
}
