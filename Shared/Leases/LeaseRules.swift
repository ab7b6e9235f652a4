/// What grantors and holders of leases agree on.
public enum LeaseRules {
    /// For how many milliseconds after a renewal a grantor waits for a holder that is silent.
    public static let life = 1_000
    /// The same in nanoseconds.
    static let lifeNanoseconds = UInt64(life) * 1_000_000
    /// The part of a life that a holder uses, in thousandths. If each of the two clocks is fast or
    /// slow by up to 1 %, a second of the holder's lasts up to 1/0.99 s, and one of the grantor's
    /// at least 1/1.01 s: the holder must stop after 0.99/1.01 = 0.9802 of it.
    static let usedPart: UInt64 = 980
    /// The key of a change that concerns every answer.
    public static let everything = "*"
}
