import Contract
import GatewayClient
import Kernel
import TestSupport

/// A directory that takes so long that something happens meanwhile.
struct SlowDirectory: Directory {
    let directory: FakeDirectory
    let meanwhile: @Sendable () async throws -> Void

    func profiles(ids: [String], toldTo caller: Caller?) async throws -> [String: UserProfile] {
        try await meanwhile()
        return directory.profiles(ids: ids, toldTo: caller)
    }

    func profiles(emails: [String], toldTo caller: Caller?) async throws -> [String: UserProfile] {
        try await meanwhile()
        return directory.profiles(emails: emails)
    }

    /// What it knew when it was asked.
    func profiles(usernames: [String], toldTo caller: Caller?) async throws -> [String: UserProfile]
    {
        let found = directory.profiles(usernames: usernames)
        try await meanwhile()
        return found
    }
}
