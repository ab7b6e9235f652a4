/// A user as others see him (`profile` in the contract).
public struct UserProfile: Codable, Sendable, Hashable {
    public let id: String
    public let email: String
    public let username: String
    public let displayName: String

    public init(id: String, email: String, username: String, displayName: String) {
        self.id = id
        self.email = email
        self.username = username
        self.displayName = displayName
    }

    /// Stands in for a user whom the directory no longer knows, while what he left is cleared up.
    public static func unknown(_ id: String) -> UserProfile {
        UserProfile(id: id, email: "", username: "", displayName: "")
    }
}
