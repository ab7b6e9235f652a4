import Contract
import GatewayClient
import Kernel
import TestSupport

/// A directory whose lookups take so long that something happens in between.
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

    /// Answers with the state at the start of the call.
    func profiles(usernames: [String], toldTo caller: Caller?) async throws -> [String: UserProfile]
    {
        let found = directory.profiles(usernames: usernames)
        try await meanwhile()
        return found
    }
}
