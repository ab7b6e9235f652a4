import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Organizations

/// Encryption keys at start.
@Suite struct StartTests {
    private let first = ["LATCHKEY_ENCRYPTION_SECRET": String(repeating: "a", count: 32)]
    private let second = ["LATCHKEY_ENCRYPTION_SECRET": String(repeating: "b", count: 32)]

    /// The error with which the service fails to start.
    private func failure(_ folder: TemporaryFolder, _ settings: [String: String]) async -> String? {
        do {
            try await ServedOrganizations.run(in: folder, settings) { _ in }
            return nil
        } catch {
            return (error as? StartFailure)?.description ?? "\(error)"
        }
    }

    @Test func `a start with another key fails and names the setting`()
        async throws
    {
        let folder = try TemporaryFolder()
        var path = ""
        var key: String?
        try await ServedOrganizations.run(in: folder, first) { served in
            let ada = served.user("ada")
            path = try await served.organization(by: ada)
            key = try await served.send("GET \(path)", as: ada)["npmRegistryKey"]
        }
        // The internal secret is the default, and a different key.
        for settings in [second, [:]] {
            let failure = try #require(await failure(folder, settings))
            #expect(failure.contains("LATCHKEY_ENCRYPTION_SECRET"))
            #expect(!failure.contains("bbbb") && !failure.contains("aaaa"))
        }
        // The right one still decrypts the secrets.
        try await ServedOrganizations.run(in: folder, first) { served in
            let shown = try await served.send("GET \(path)", as: served.user("ada"))
            #expect(shown["npmRegistryKey"] == key && key != nil)
        }
    }

    @Test func `the internal secret is the default key`() async throws {
        let folder = try TemporaryFolder()
        try await ServedOrganizations.run(in: folder) { _ in }
        #expect(await failure(folder, first)?.contains("LATCHKEY_ENCRYPTION_SECRET") == true)
        try await ServedOrganizations.run(in: folder) { _ in }
        let internalSecret = ["LATCHKEY_ENCRYPTION_SECRET": ServedOrganizations.secret]
        try await ServedOrganizations.run(in: folder, internalSecret) { _ in }
    }

    @Test func `a key shorter than 32 bytes is refused`() {
        var settings = Settings([
            "LATCHKEY_INTERNAL_SECRET": String(repeating: "i", count: 32),
            "LATCHKEY_ENCRYPTION_SECRET": String(repeating: "e", count: 31),
            "LATCHKEY_STORAGE_ALLOW_PRIVATE": "perhaps",
        ])
        let common = CommonSettings(&settings, defaultPort: 0)
        _ = OrganizationsSettings(&settings, common)
        #expect(settings.mistakes.count == 2)
        let text = settings.mistakes.map { "\($0)" }.joined()
        #expect(text.contains("LATCHKEY_ENCRYPTION_SECRET") && text.contains("31"))
        #expect(text.contains("LATCHKEY_STORAGE_ALLOW_PRIVATE"))
        #expect(!text.contains("eeee"))
    }

    @Test func `storage at private addresses is refused by default`() {
        func allows(_ extra: [String: String]) -> Bool {
            var settings = Settings(extra)
            let common = CommonSettings(&settings, defaultPort: 0)
            return OrganizationsSettings(&settings, common).allowsPrivateStorage
        }
        #expect(!allows([:]) && !allows(["LATCHKEY_STORAGE_ALLOW_PRIVATE": "false"]))
        #expect(allows(["LATCHKEY_STORAGE_ALLOW_PRIVATE": "true"]))
        #expect(!allows(["LATCHKEY_STORAGE_ALLOW_PRIVATE": "TRUE"]))
    }
}
