import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct InstallationTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    func installed(_ caller: Caller) async throws -> [InstallationWithEntity] {
        try await world.useCases.listInstallations(PageRequest(), by: caller).items
    }

    @Test
    func `installing picks the latest version, the requested one, or none if there is none yet`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        func install(_ version: String?) async throws -> (InstallationWithEntity, isNew: Bool) {
            try await world.useCases.install(entity.id, version: version, by: ada).commit()
        }
        let first = try await install(nil)
        #expect(first.isNew)
        #expect(first.0.installation.version == nil)
        for version in ["1.0.0", "2.0.0"] {
            try await world.publish(version, of: entity, by: ada)
        }
        let second = try await install(nil)
        #expect(!second.isNew)
        #expect(second.0.installation.version == "2.0.0")
        #expect(second.0.installation.installedAt == first.0.installation.installedAt)
        #expect(try await install("1.0.0").0.installation.version == "1.0.0")
        for version in ["3.0.0", "1.0.0+x", "newest"] {
            let fault = await fault { try await install(version) }
            #expect(fault?.fields.map(\.pointer) == ["/version"])
        }
        #expect(try await installed(ada).map(\.installation.version) == ["1.0.0"])
    }

    @Test func `without access an installation stays, is not usable, and can be removed`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        let share = try await world.share(entity, with: "bob", by: ada).created[0].share
        _ = try await world.useCases.install(entity.id, version: nil, by: bob).commit()
        #expect(try await installed(bob).map(\.isUsable) == [true])
        try await world.useCases.removeShare(share.id, of: entity.id, by: ada).commit()
        #expect(try await installed(bob).map(\.isUsable) == [false])
        world.organizations.set { $0.stores[entity.id] = [bob.userId] }
        #expect(try await installed(bob).map(\.isUsable) == [true])
        world.organizations.set { $0.stores = [:] }
        try await world.useCases.uninstall(entity.id, by: bob).commit()
        #expect(try await installed(bob).isEmpty)
        let fault = await fault { try await world.useCases.uninstall(entity.id, by: bob).commit() }
        #expect(fault == .notFound)
    }

    @Test func `a page queries other services once, and only about undecided entities`()
        async throws
    {
        for name in ["One", "Two", "Three"] {
            let entity = try await world.entity(name, by: ada)
            _ = try await world.useCases.install(entity.id, version: nil, by: ada).commit()
            world.organizations.set { $0.publicEntities.insert(entity.id) }
            _ = try await world.useCases.install(entity.id, version: nil, by: bob).commit()
        }
        let before = world.organizations.calls
        #expect(try await installed(ada).count == 3)
        #expect(world.organizations.calls == before)
        #expect(try await installed(bob).map(\.isUsable) == [true, true, true])
        #expect(world.organizations.calls == before + 1)
        world.organizations.set { $0.isDown = true }
        #expect(await fault { try await installed(bob) }?.kind == .unavailable)
        #expect(try await installed(ada).count == 3)
    }
}
