import Contract
import GatewayClient
import Kernel
import TestSupport

/// A directory whose answer about addresses takes so long that something happens meanwhile.
struct SlowDirectory: Directory {
    let directory: FakeDirectory
    let meanwhile: @Sendable () async throws -> Void

    func persons(ids: [String], toldTo caller: Caller?) -> [String: Person] {
        directory.persons(ids: ids, toldTo: caller)
    }

    /// What it knew when it was asked.
    func persons(emails: [String], toldTo caller: Caller?) async throws -> [String: Person] {
        let found = directory.persons(emails: emails)
        try await meanwhile()
        return found
    }

    func persons(usernames: [String], toldTo caller: Caller?) -> [String: Person] {
        directory.persons(usernames: usernames)
    }
}
