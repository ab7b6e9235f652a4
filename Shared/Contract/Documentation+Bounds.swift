import Kernel

/// Refusals by bounds that several contexts keep for each caller.
extension ProblemType {
    /// Of every operation whose answer tells whether a name that the caller chose is a user's.
    public static let tooManyUnknownUsers = ProblemType(
        .rateLimited, "too_many_unknown_users",
        "The caller has named too many unknown users within 24 hours: try again after the time in "
            + "`Retry-After`.")

    /// Of every operation that adds what a quota counts; the problem names the quota and its limit.
    /// - Parameter what: what is counted and for whom, as in "entities created by one user".
    public static func quotaExceeded(_ what: String) -> ProblemType {
        .conflict("quota_exceeded", "The quota of \(what) is used up.")
    }
}
