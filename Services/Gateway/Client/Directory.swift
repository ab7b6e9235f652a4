import Contract
import Kernel

/// The gateway's directory of users.
///
/// `disclosedTo` is the caller who learns from the result whether a name exists: the directory
/// counts the unknown names of each caller, and refuses more than a day's worth (429). It is nil
/// only where the response is the same whether or not the user exists.
public protocol Directory: Sendable {
    /// Those that exist, by id.
    func profiles(ids: [String], disclosedTo caller: Caller?) async throws -> [String: UserProfile]
    /// Those of users with stored ids whose address, username or display name contains a text, in
    /// any case, by id.
    func profiles(ids: [String], matching search: String) async throws -> [String: UserProfile]
    /// Those that exist, by e-mail address in its normal form.
    func profiles(emails: [String], disclosedTo caller: Caller?) async throws -> [String:
        UserProfile]
    /// Those that exist, by username.
    func profiles(usernames: [String], disclosedTo caller: Caller?) async throws -> [String:
        UserProfile]
    /// Those of stored ids that belong to users.
    func existing(_ ids: Set<String>) async throws -> Set<String>
    /// Whether an id belongs to a user, if that is certain without a call; otherwise false.
    func isKnownToExist(_ id: String) -> Bool
    /// Whether a user is a platform admin now; false for unknown ones.
    func isPlatformAdmin(_ userId: String) async throws -> Bool
}

extension Directory {
    public func existing(_ ids: Set<String>) async throws -> Set<String> {
        Set(try await profiles(of: ids).keys)
    }

    /// Nothing is certain without a call.
    public func isKnownToExist(_ id: String) -> Bool { false }

    /// Those that exist, by stored ids, which no caller chose; each is looked up once.
    public func profiles(
        of ids: some Sequence<String>
    ) async throws -> [String: UserProfile] {
        let ids = Set(ids)
        return ids.isEmpty ? [:] : try await profiles(ids: ids.sorted(), disclosedTo: nil)
    }

    /// The same for one user.
    public func profile(of id: String) async throws -> UserProfile? {
        try await profiles(of: [id])[id]
    }
}
