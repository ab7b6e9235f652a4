import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct VersionListTests {
    let world: World
    let ada: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
    }

    func latest(_ entity: Entity) async throws -> String? {
        try await world.useCases.getEntity(entity.id, by: ada).entity.latestVersion
    }

    @Test func `the latest version is the greatest, and a backport does not change it`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        #expect(try await latest(entity) == nil)
        try await world.publish("1.0.0-rc.1", of: entity, by: ada)
        try await world.publish("1.10.0+7", of: entity, by: ada)
        #expect(try await latest(entity) == "1.10.0+7")
        let updated = try await world.useCases.getEntity(entity.id, by: ada).entity.updatedAt
        #expect(updated == world.now)
        try await world.publish("1.9.1", of: entity, by: ada, backport: true)
        #expect(try await latest(entity) == "1.10.0+7")
        let versions = try await world.useCases.listVersions(
            of: entity.id, PageRequest(), by: ada)
        #expect(versions.items.map(\.version) == ["1.9.1", "1.10.0+7", "1.0.0-rc.1"])
    }

    @Test func `a version that exists or is not greater is refused`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.publish("1.0.0+a", of: entity, by: ada)
        for (version, backport, code) in [
            ("0.9.0", false, "version_not_greater"), ("1.0.0+b", false, "version_exists"),
            ("1.0.0", true, "version_exists"),
        ] {
            let fault = await fault {
                try await world.publish(version, of: entity, by: ada, backport: backport)
            }
            #expect(fault?.kind == .conflict)
            #expect(fault?.code == code)
        }
    }

    @Test func `a version is found only by its exact text`() async throws {
        let entity = try await world.entity(by: ada)
        let pushed = try await world.publish("1.0.0+a", of: entity, by: ada)
        let found = try await world.useCases.getVersion("1.0.0+a", of: entity.id, by: ada)
        #expect(found == pushed)
        for text in ["1.0.0", "1.0.0+b", "v1.0.0", "latest", ""] {
            let fault = await fault {
                try await world.useCases.getVersion(text, of: entity.id, by: ada)
            }
            #expect(fault == .notFound)
        }
    }

    @Test func `versions are unique within each entity`() async throws {
        let one = try await world.entity("One", by: ada)
        let two = try await world.entity("Two", by: ada)
        try await world.publish("1.0.0", of: one, by: ada)
        try await world.publish("1.0.0", of: two, by: ada)
    }
}
