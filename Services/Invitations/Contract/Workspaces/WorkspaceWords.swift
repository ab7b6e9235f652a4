/// The words of workspaces: their domain knows the same, which a test compares.
public enum WorkspaceWords {
    /// What can be given, the least first.
    public static let givable = ["read", "write"]
    /// What somebody may have, the mightiest first.
    public static let permissions = ["owner", "write", "read"]
    public static let statuses = ["pending", "accepted", "rejected", "expired", "revoked"]
    /// What an invitee answers.
    public static let answers = ["accepted", "rejected"]
}

/// How long and how many.
public enum WorkspaceLimits {
    /// Days that an invitation is good for.
    public static let defaultDays = 7
    /// Seconds after a mail before it may be sent again.
    public static let resendPause = 60
    /// Who is in a workspace, and who is invited to it.
    public static let people = 1_000
}
