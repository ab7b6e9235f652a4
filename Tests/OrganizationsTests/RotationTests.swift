import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Organizations

/// Replacing the secret that stored secrets are encrypted with.
@Suite struct RotationTests {
    private let a = String(repeating: "a", count: 32)
    private let b = String(repeating: "b", count: 32)

    private func run(
        _ folder: TemporaryFolder, _ secrets: [String],
        _ body: (ServedOrganizations) async throws -> Void = { _ in }
    ) async throws {
        let text = secrets.joined(separator: "\n")
        try await ServedOrganizations.run(
            in: folder, ["LATCHKEY_ENCRYPTION_SECRET": text], body)
    }

    private func list(_ texts: String...) -> SecretList {
        SecretList(Array(texts[0].utf8), texts.dropFirst().map { Array($0.utf8) })
    }

    private func report(
        _ folder: TemporaryFolder, _ secrets: SecretList
    ) throws -> SealedInventory.Report {
        try organizationsSealed.report(
            secrets, folder: folder.path, now: Timestamp(milliseconds: 0))
    }

    @Test func `a secret can be replaced, and removed once nothing is sealed with it`()
        async throws
    {
        let folder = try TemporaryFolder()
        #expect(try report(folder, list(a)).isSettled)
        var (path, key) = ("", String?.none)
        try await run(folder, [a]) { served in
            let ada = served.user("ada")
            path = try await served.organization(by: ada)
            key = try await served.send("GET \(path)", as: ada)["npmRegistryKey"]
            let set = try await served.send(
                "POST \(path)/storage-config",
                """
                {"mode":"external","external":{"provider":"s3","endpoint":"https://s3.example.com",
                "bucket":"acme-assets","region":"eu-central-1","accessKeyId":"AKIA",
                "secretAccessKey":"s3cret-of-a-bucket"}}
                """, as: ada)
            #expect(set.status == 200, "\(set.text)")
        }
        #expect(key != nil)
        try await run(folder, [a, b])
        let before = try report(folder, list(a, b))
        #expect(before.isSettled, "\(before.text)")
        #expect(before.text.contains("3 values; seals new ones"))
        #expect(before.text.contains("0 values; can be removed"))
        // Not yet: the new one is the first, and nothing has been sealed with it.
        #expect(try report(folder, list(b, a)).text.contains("3 values; keep it"))
        #expect(try !report(folder, list(b)).isSettled)
        await #expect(throws: StartFailure.self) { try await run(folder, [b]) }
        try await run(folder, [b, a]) { served in
            #expect(
                try await eventually(within: 20_000) { try report(folder, list(b, a)).isSettled })
            let shown = try await served.send("GET \(path)", as: served.user("ada"))
            #expect(shown["npmRegistryKey"] == key)
        }
        let after = try report(folder, list(b, a))
        #expect(after.text.contains("3 values; seals new ones"), "\(after.text)")
        try await run(folder, [b]) { served in
            let shown = try await served.send("GET \(path)", as: served.user("ada"))
            #expect(shown["npmRegistryKey"] == key)
        }
        let id = try #require(path.split(separator: "/").last).description
        let sealed = try #require(
            try Database.look(at: folder.path + "/organizations.sqlite") {
                try StorageStore.sealedSecret(of: id, in: $0)
            } ?? nil)
        let vault = Vault(list(b), random: SeededRandom(seed: 1))
        #expect(
            try vault.open(sealed, in: .storageSecret(organizationId: id))
                == "s3cret-of-a-bucket")
        await #expect(throws: StartFailure.self) { try await run(folder, [a]) }
    }

    @Test func `values from before values named their secret are sealed anew at the next start`()
        async throws
    {
        let folder = try TemporaryFolder()
        var (path, key) = ("", "")
        try await run(folder, [a]) { served in
            let ada = served.user("ada")
            path = try await served.organization(by: ada)
            key = try await served.send("GET \(path)", as: ada)["npmRegistryKey"] ?? ""
            let id = try #require(path.split(separator: "/").last).description
            // As an earlier version wrote it.
            let cipher = try #require(
                ChaCha20Poly1305(
                    key: HKDF.derive(
                        Array(a.utf8), info: Array("latchkey sealing: latchkey organizations".utf8),
                        count: 32)))
            let nonce = try #require(ChaCha20Poly1305.Nonce(Array(1...12)))
            let place = "organizations.npm_registry_key/\(id)"
            let earlier =
                [1] + nonce.bytes
                + cipher.seal(
                    Array(key.utf8), nonce: nonce, context: [1] + Array(place.utf8))
            try await served.service.database.write {
                try OrganizationStore.setSealedKey(earlier, of: id, in: $0)
            }
            let shown = try await served.send("GET \(path)", as: ada)
            #expect(shown["npmRegistryKey"] == key && !key.isEmpty)
        }
        let before = try report(folder, list(a))
        #expect(!before.isSettled && before.text.contains("no secret named: 1 value"))
        try await run(folder, [a]) { served in
            #expect(
                try await eventually(within: 20_000) { try report(folder, list(a)).isSettled })
            let shown = try await served.send("GET \(path)", as: served.user("ada"))
            #expect(shown["npmRegistryKey"] == key)
        }
    }
}
