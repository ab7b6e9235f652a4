import Contract

/// Who the users are: the gateway's directory.
public protocol Directory: Sendable {
    /// Those that exist, by id.
    func persons(ids: [String]) async throws -> [String: Person]
    /// Those that exist, by e-mail address in its normal form.
    func persons(emails: [String]) async throws -> [String: Person]
    /// Those that exist, by username.
    func persons(usernames: [String]) async throws -> [String: Person]
}
