import Contract
import GatewayClient
import Kernel

/// A directory whose lookups take so long that something happens in between: who was named by an
/// address or a user name is as of the beginning, who was named by id as of the end.
public struct SlowDirectory: Directory {
    private let directory: FakeDirectory
    private let meanwhile: @Sendable () async throws -> Void

    public init(
        _ directory: FakeDirectory, meanwhile: @escaping @Sendable () async throws -> Void
    ) {
        self.directory = directory
        self.meanwhile = meanwhile
    }

    public func isPlatformAdmin(_ userId: String) async throws -> Bool {
        try await meanwhile()
        return directory.isPlatformAdmin(userId)
    }

    public func profiles(
        ids: [String], disclosedTo caller: Caller?
    ) async throws -> [String: UserProfile] {
        try await meanwhile()
        return directory.profiles(ids: ids, disclosedTo: caller)
    }

    public func profiles(
        ids: [String], matching search: String
    ) async throws -> [String: UserProfile] {
        try await meanwhile()
        return directory.profiles(ids: ids, matching: search)
    }

    public func profiles(
        emails: [String], disclosedTo caller: Caller?
    ) async throws -> [String: UserProfile] {
        let found = directory.profiles(emails: emails)
        try await meanwhile()
        return found
    }

    public func profiles(
        usernames: [String], disclosedTo caller: Caller?
    ) async throws -> [String: UserProfile] {
        let found = directory.profiles(usernames: usernames)
        try await meanwhile()
        return found
    }
}
