/// The words of the invitations context: its domain knows the same, which a test compares.
public enum InvitationWords {
    /// What a collaborator may be, the mightiest first.
    public static let roles = ["collaborator", "viewer"]
    public static let statuses = ["pending", "accepted", "expired", "revoked"]
    /// Of the mail that brings one.
    public static let emailStatuses = ["none", "pending", "sent", "failed"]
}

/// How many and how long.
public enum InvitationLimits {
    /// Days that an invitation is good for.
    public static let days = 1...90
    public static let defaultDays = 7
    /// Invitations made with one request.
    public static let bulk = 100
    /// How often one is mailed again.
    public static let resends = 5
    /// Unicode scalars of the message to the invitee.
    public static let message = 1_000
    /// Invitations of one inviter.
    public static let hourly = 100
    public static let daily = 500
    public static let pending = 1_000
}
