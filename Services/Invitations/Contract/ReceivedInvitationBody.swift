import Contract

/// An invitation to an entity as its invitee sees it: to what, and from whom.
public struct ReceivedInvitationBody: Codable, Sendable, Equatable {
    public let invitation: InvitationBody
    /// Nil once the invitee can't learn it any longer.
    @OrNull public var entityName: String?
    @OrNull public var inviter: InviterBody?

    public init(_ invitation: InvitationBody, entityName: String?, inviter: InviterBody?) {
        self.invitation = invitation
        _entityName = OrNull(wrappedValue: entityName)
        _inviter = OrNull(wrappedValue: inviter)
    }

    enum CodingKeys: String, CodingKey {
        case entityName = "entity_name"
        case inviter
    }

    public init(from decoder: any Decoder) throws {
        invitation = try InvitationBody(from: decoder)
        let own = try decoder.container(keyedBy: CodingKeys.self)
        _entityName = try own.decode(OrNull<String>.self, forKey: .entityName)
        _inviter = try own.decode(OrNull<InviterBody>.self, forKey: .inviter)
    }

    public func encode(to encoder: any Encoder) throws {
        try invitation.encode(to: encoder)
        var own = encoder.container(keyedBy: CodingKeys.self)
        try own.encode(_entityName, forKey: .entityName)
        try own.encode(_inviter, forKey: .inviter)
    }
}

/// Who sent an invitation.
public struct InviterBody: Codable, Sendable, Equatable {
    public let id: String
    public let email: String
    public let displayName: String

    public init(_ profile: UserProfile) {
        id = profile.id
        email = profile.email
        displayName = profile.displayName
    }

    enum CodingKeys: String, CodingKey {
        case id, email
        case displayName = "display_name"
    }
}

/// `POST /api/v1/invitations/decline`
public struct DeclineBody: Codable, Sendable {
    /// The parameter of the `accept_url`.
    public let token: String

    public init(token: String) { self.token = token }
}

extension ReceivedInvitationBody: Extending {
    public static let schemaName = "ReceivedInvitation"
    public static let meaning = "An invitation to an entity, for its invitee."
    public static var base: any Documented.Type { InvitationBody.self }

    public static var members: [Member] {
        InvitationBody.members + [
            Member(
                "entity_name",
                "The entity's name; `null` if the invitation has ended and the caller doesn't "
                    + "collaborate on it.", example: "Release notes"),
            Member(
                "inviter",
                "The user who sent it; `null` if the user was deleted, and where the name is."),
        ]
    }
}

extension InviterBody: Documented {
    public static let meaning = "The user who sent an invitation."

    public static var members: [Member] {
        [
            Member("id", "The user's id.", .id("usr_")),
            Member("email", "E-mail address.", example: "ada@example.com"),
            Member("display_name", "Display name.", example: "Ada"),
        ]
    }
}

extension DeclineBody: Documented {
    public static let meaning = "An invitation to decline."

    public static var members: [Member] {
        [
            Member(
                "token", "The value of `token` in the `accept_url`.",
                example: "inv_01M7YT9ZQW3E4R5T6Y7U8I9O0P.Jm3s8Qv1xT0b5Zk7nH2cYw")
        ]
    }
}
