import Contract
import GatewayClient
import Kernel
import TestSupport

/// A directory whose answer about addresses takes so long that something happens meanwhile.
struct SlowDirectory: Directory {
    let directory: FakeDirectory
    let meanwhile: @Sendable () async throws -> Void

    func profiles(ids: [String], toldTo caller: Caller?) -> [String: UserProfile] {
        directory.profiles(ids: ids, toldTo: caller)
    }

    /// What it knew when it was asked.
    func profiles(emails: [String], toldTo caller: Caller?) async throws -> [String: UserProfile] {
        let found = directory.profiles(emails: emails)
        try await meanwhile()
        return found
    }

    func profiles(usernames: [String], toldTo caller: Caller?) -> [String: UserProfile] {
        directory.profiles(usernames: usernames)
    }
}
