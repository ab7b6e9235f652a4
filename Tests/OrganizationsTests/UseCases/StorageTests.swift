import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Buckets and their secrets.
@Suite struct StorageTests {
    static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    let world: World
    let ada: Caller
    let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        acme = try await world.organization(by: ada)
    }

    func set(_ body: NewExternalStorageBody?, by caller: Caller) async throws -> Storage {
        let draft = try StorageDraft(mode: body == nil ? "managed" : "external", external: body)
        return try await world.useCases.setStorage(of: acme.id, to: draft, by: caller).commit()
    }

    private var sealed: [UInt8]? {
        get throws {
            try world.database.read { try StorageStore.sealedSecret(of: acme.id, in: $0) }
        }
    }

    @Test func `a bucket is checked with its secret, then saved`() async throws {
        let stored = try await set(bucketBody(secret: Self.secret), by: ada)
        guard case .external(let bucket) = stored else {
            Issue.record("\(stored)")
            return
        }
        #expect(world.storage.asked.map(\.bucket) == [bucket])
        #expect(world.storage.asked.map(\.secret) == [Self.secret])
        #expect(bucket.name == "acme-assets" && bucket.accessKeyId == "AKIA")
        #expect(try world.useCases.getStorage(of: acme.id, by: ada) == stored)
        let details = try await world.useCases.getOrganization(acme.id, by: ada)
        #expect(details.storage == stored)
    }

    @Test func `a secret is decrypted only in its own place with the right key`() async throws {
        _ = try await set(bucketBody(secret: Self.secret), by: ada)
        let sealed = try #require(try sealed)
        let vault = world.useCases.vault
        let place = Vault.Place.storageSecret(organizationId: acme.id)
        #expect(try vault.open(sealed, in: place) == Self.secret)
        for other in [
            Vault.Place.storageSecret(organizationId: "org_other"),
            .registryKey(organizationId: acme.id), .probe,
        ] {
            let fault = fault { try vault.open(sealed, in: other) }
            #expect(fault?.kind == .internalError)
            #expect(fault.map { !"\($0)".contains(Self.secret) } == true)
        }
        let wrong = Vault(
            SecretList([UInt8](repeating: 8, count: 32)), random: SeededRandom(seed: 1))
        #expect(fault { try wrong.open(sealed, in: place) }?.kind == .internalError)
    }

    @Test func `no file contains a secret in clear`() async throws {
        _ = try await set(bucketBody(secret: Self.secret), by: ada)
        _ = try await world.useCases.rotateRegistryKey(of: acme.id, by: ada).commit()
        let key = try await world.useCases.getOrganization(acme.id, by: ada).registryKey ?? ""
        try #require(!key.isEmpty)
        func check() throws {
            var isSeen = false
            for (name, bytes) in try world.folder.contents() {
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(!text.contains(Self.secret) && !text.contains(key), "\(name)")
                // Other values are found: this looks in the right place.
                isSeen = isSeen || text.contains("acme-assets")
            }
            #expect(isSeen)
        }
        try check()
        world.database.close()
        try check()
    }

    @Test func `equal secrets have different ciphertexts`() async throws {
        _ = try await set(bucketBody(secret: Self.secret), by: ada)
        let first = try sealed
        _ = try await set(bucketBody(secret: Self.secret), by: ada)
        #expect(try sealed != first)
    }

    @Test func `a failed check changes nothing`() async throws {
        _ = try await set(bucketBody(bucket: "first"), by: ada)
        let before = try world.database.dump()
        world.storage.fault = .invalid("/external/secretAccessKey", "is refused by the bucket")
        let fault = await fault { try await set(bucketBody(bucket: "second"), by: ada) }
        #expect(fault?.fields.map(\.pointer) == ["/external/secretAccessKey"])
        #expect(try world.database.dump() == before)
        // Returning to managed storage checks no bucket.
        #expect(try await set(nil, by: ada) == .managed)
        #expect(world.storage.asked.count == 2)
        #expect(try sealed == nil)
    }

    @Test func `a caller who can't configure storage starts no check`() async throws {
        for (name, role) in [("bob", "member"), ("eve", nil)] {
            let user = world.user(name)
            if let role { try await world.join(user, acme, as: role, by: ada) }
            let fault = await fault { try await set(bucketBody(), by: user) }
            #expect(fault?.code == (role == nil ? "not_found" : "insufficient_role"))
        }
        let fault = await fault { try await set(bucketBody(), by: world.admin()) }
        #expect(fault?.code == "not_a_member")
        #expect(world.storage.asked.isEmpty)
    }

    @Test func `members and platform admins can view the storage configuration`()
        async throws
    {
        let stored = try await set(bucketBody(), by: ada)
        let bob = world.user("bob")
        try await world.join(bob, acme, by: ada)
        for caller in [bob, world.admin()] {
            #expect(try world.useCases.getStorage(of: acme.id, by: caller) == stored)
        }
        let eve = world.user("eve")
        #expect(fault { try world.useCases.getStorage(of: acme.id, by: eve) } == .notFound)
    }

    @Test func `audit entries contain the bucket and no secret`() async throws {
        _ = try await set(bucketBody(secret: Self.secret), by: ada)
        _ = try await set(nil, by: ada)
        let entries = try world.audit(of: acme).filter { $0.action == "storage_config.changed" }
        #expect(entries.count == 2)
        #expect(entries[0].before?.members == ["mode": .text("managed")])
        #expect(
            entries[0].after?.members == [
                "mode": .text("external"), "endpoint": .text("https://s3.example.com"),
                "bucket": .text("acme-assets"), "region": .text("eu-west-1"),
                "accessKeyId": .text("AKIA"),
            ])
        #expect(entries[1].before == entries[0].after && entries[1].after == entries[0].before)
    }

    @Test func `setting managed storage again changes nothing`() async throws {
        let before = try world.database.dump()
        #expect(try await set(nil, by: ada) == .managed)
        #expect(try world.database.dump() == before)
        // A new secret is a change, although nothing that is returned differs.
        _ = try await set(bucketBody(secret: "one"), by: ada)
        _ = try await set(bucketBody(secret: "two"), by: ada)
        let changes = try world.actions(of: acme).filter { $0 == "storage_config.changed" }
        #expect(changes.count == 2)
    }
}
