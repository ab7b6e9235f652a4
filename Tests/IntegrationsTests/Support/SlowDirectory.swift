import Contract
import GatewayClient
import Kernel
import TestSupport

/// A directory that takes so long that something happens meanwhile.
struct SlowDirectory: Directory {
    let directory: FakeDirectory
    let meanwhile: @Sendable () async throws -> Void

    func persons(ids: [String], toldTo caller: Caller?) async throws -> [String: Person] {
        try await meanwhile()
        return directory.persons(ids: ids, toldTo: caller)
    }

    func persons(emails: [String], toldTo caller: Caller?) async throws -> [String: Person] {
        try await meanwhile()
        return directory.persons(emails: emails)
    }

    /// What it knew when it was asked.
    func persons(usernames: [String], toldTo caller: Caller?) async throws -> [String: Person] {
        let found = directory.persons(usernames: usernames)
        try await meanwhile()
        return found
    }
}
