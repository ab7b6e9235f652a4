import Contract
import Kernel

/// Who the users are: the gateway's directory.
///
/// `toldTo` is the caller to whom the answer tells whether a name is that of a user: the directory
/// counts the names of theirs that nobody has, and refuses more than a day's worth (429). Only
/// where the answer is the same whether or not the user exists is it nil.
public protocol Directory: Sendable {
    /// Those that exist, by id.
    func profiles(ids: [String], toldTo caller: Caller?) async throws -> [String: UserProfile]
    /// Those that exist, by e-mail address in its normal form.
    func profiles(emails: [String], toldTo caller: Caller?) async throws -> [String: UserProfile]
    /// Those that exist, by username.
    func profiles(usernames: [String], toldTo caller: Caller?) async throws -> [String: UserProfile]
}

extension Directory {
    /// Those that exist, by ids that were kept and that no caller has chosen.
    public func profiles(ids: [String]) async throws -> [String: UserProfile] {
        try await profiles(ids: ids, toldTo: nil)
    }
}

extension Fault {
    /// The cause is `ProblemType.tooManyUnknownUsers`.
    static func tooManyUnknownUsers(retryAfter seconds: Int) -> Fault {
        Fault(
            .rateLimited, code: "too_many_unknown_users",
            "You have named too many users who don't exist. You can name users again when the "
                + "time in Retry-After has passed.", retryAfter: seconds)
    }
}
