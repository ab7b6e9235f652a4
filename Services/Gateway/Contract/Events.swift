/// `user.deleted`: every context drops or hands over what it holds of the user.
public struct UserDeleted: Codable, Sendable, Equatable {
    public static let type = "user.deleted"

    public let userId: String
    /// The admin who deleted him: gets what nobody else can have.
    public let deletedBy: String

    public init(userId: String, deletedBy: String) {
        self.userId = userId
        self.deletedBy = deletedBy
    }
}
