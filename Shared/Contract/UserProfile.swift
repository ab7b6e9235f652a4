/// A user as other users see them (`profile` in the contract).
public struct UserProfile: Codable, Sendable, Hashable {
    /// `usr_…`
    public let id: String
    /// Empty for a deleted user.
    public let email: String
    /// Unique, lower-case.
    public let username: String
    /// As the user wrote it.
    public let displayName: String
    /// The language of mails to the user. Not for other users: it is no member on the wire.
    public var locale: String?

    enum CodingKeys: String, CodingKey {
        case id, email, username, displayName
    }

    public init(
        id: String, email: String, username: String, displayName: String, locale: String? = nil
    ) {
        self.locale = locale
        self.id = id
        self.email = email
        self.username = username
        self.displayName = displayName
    }

    /// Stands in for a deleted user until the rows that refer to the user are cleaned up.
    public static func unknown(_ id: String) -> UserProfile {
        UserProfile(id: id, email: "", username: "", displayName: "")
    }
}

extension UserProfile: JSONByteWritable {
    /// Its members in the order of their names.
    public func write(to writer: inout JSONByteWriter) {
        writer.object {
            $0.member("displayName", displayName)
            $0.member("email", email)
            $0.member("id", id)
            $0.member("username", username)
        }
    }
}
