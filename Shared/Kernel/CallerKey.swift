/// Whose share something counts against. A user's tokens are one caller: tokens cost nothing.
public enum CallerKey: Sendable, Hashable {
    case user(String)
    /// Without a valid token; see `IPAddress.network`.
    case network(UInt64)
}
