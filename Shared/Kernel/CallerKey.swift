/// Whose limit a request counts against. All tokens of a user are one caller, since anyone can
/// create more of them.
public enum CallerKey: Sendable, Hashable {
    case user(String)
    /// Without a valid token; see `IPAddress.network`.
    case network(UInt64)
}
