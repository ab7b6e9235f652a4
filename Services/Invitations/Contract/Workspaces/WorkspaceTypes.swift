/// What a member can do in a workspace. Each includes those before it.
public enum WorkspacePermission: String, CaseIterable, Codable, Sendable, Comparable {
    case read
    case write
    case owner

    /// What can be given to a user: ownership is transferred instead.
    public static let givable: [WorkspacePermission] = [.read, .write]

    public static func < (a: WorkspacePermission, b: WorkspacePermission) -> Bool {
        a.rank < b.rank
    }

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .owner: 2
        }
    }
}

/// The status of an invitation to a workspace.
public enum WorkspaceInvitationStatus: String, CaseIterable, Codable, Sendable {
    case pending
    case accepted
    case rejected
    case expired
    case revoked

    /// What an invitee can respond.
    public static let responses: [WorkspaceInvitationStatus] = [.accepted, .rejected]
}

/// How long and how many.
public enum WorkspaceLimits {
    /// Days until an invitation expires.
    public static let defaultDays = 7
    /// Seconds between two e-mails of an invitation.
    public static let resendPause = 60
    /// Members and pending invitations of a workspace.
    public static let people = 1_000
}
