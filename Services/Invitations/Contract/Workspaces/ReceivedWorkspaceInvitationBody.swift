import Contract

/// An invitation to a workspace as its invitee sees it: from whom.
public struct ReceivedWorkspaceInvitationBody: Codable, Sendable, Equatable {
    public let invitation: WorkspaceInvitationBody
    /// Nil once the invitee can't learn it any longer.
    @OrNull public var inviter: UserProfile?

    public init(_ invitation: WorkspaceInvitationBody, inviter: UserProfile?) {
        self.invitation = invitation
        _inviter = OrNull(wrappedValue: inviter)
    }

    enum CodingKeys: String, CodingKey {
        case inviter
    }

    public init(from decoder: any Decoder) throws {
        invitation = try WorkspaceInvitationBody(from: decoder)
        let own = try decoder.container(keyedBy: CodingKeys.self)
        _inviter = try own.decode(OrNull<UserProfile>.self, forKey: .inviter)
    }

    public func encode(to encoder: any Encoder) throws {
        try invitation.encode(to: encoder)
        var own = encoder.container(keyedBy: CodingKeys.self)
        try own.encode(_inviter, forKey: .inviter)
    }
}

extension ReceivedWorkspaceInvitationBody: Extending {
    public static let schemaName = "ReceivedWorkspaceInvitation"
    public static let meaning = "An invitation to a workspace, for its invitee."
    public static var base: any Documented.Type { WorkspaceInvitationBody.self }

    public static var members: [Member] {
        WorkspaceInvitationBody.members + [
            Member(
                "inviter",
                "The user who sent it; `null` if the user was deleted, or the invitation has ended "
                    + "and the caller isn't a member.")
        ]
    }
}
