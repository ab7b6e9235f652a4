/// How many and how long.
public enum InvitationLimits {
    /// Days until an invitation expires.
    public static let days = 1...90
    public static let defaultDays = 7
    /// Invitations in one bulk request.
    public static let bulk = 100
    /// How often an invitation can be resent.
    public static let resends = 5
    /// Unicode scalars of the message to the invitee.
    public static let message = 1_000
    /// Invitations that one user can send.
    public static let hourly = 100
    public static let daily = 500
    public static let pending = 1_000
}
