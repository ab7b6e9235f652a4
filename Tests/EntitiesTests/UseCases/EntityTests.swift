import Contract
import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct EntityTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    @Test func `the creator becomes the owner and first publisher`() async throws {
        let entity = try await world.entity("Deploy Bot", by: ada)
        #expect(entity.slug == "deploy-bot")
        #expect(entity.ownerId == ada.userId)
        #expect(entity.createdAt == world.now)
        #expect(entity.latestVersion == nil)
        #expect(try world.publisherIds(of: entity) == [ada.userId])
        let found = try await world.useCases.getEntity(entity.id, by: ada)
        #expect(found == AccessibleEntity(entity: entity, via: .publisher))
    }

    @Test func `a taken slug gets a number if derived and is refused if explicit`()
        async throws
    {
        try await world.entity("Bot", by: ada)
        #expect(try await world.entity("Bot", by: bob).slug == "bot-2")
        #expect(try await world.entity("Bot!", by: bob).slug == "bot-3")
        let fault = await fault { try await world.entity("X", by: bob, slug: "bot") }
        #expect(fault?.kind == .conflict)
        #expect(fault?.code == "slug_taken")
    }

    @Test func `the caller must belong to the organization of a new entity`() async throws {
        world.organizations.set { $0.members["org_01KF0000000000000000000001"] = [ada.userId] }
        let draft = try EntityDraft(
            name: "Bot", type: "app", organizationId: "org_01KF0000000000000000000001")
        let entity = try await world.useCases.createEntity(draft, by: ada).commit()
        #expect(entity.organizationId == "org_01KF0000000000000000000001")
        let fault = await fault { try await world.useCases.createEntity(draft, by: bob).commit() }
        #expect(fault?.fields.map(\.pointer) == ["/organizationId"])
    }

    @Test func `a platform admin has no special access`() async throws {
        let entity = try await world.entity(by: ada)
        let admin = Caller(userId: "usr_root", isAdmin: true)
        let fault = await fault { try await world.useCases.getEntity(entity.id, by: admin) }
        #expect(fault == .notFound)
    }

    // MARK: Update

    @Test func `an update changes only the members it contains`() async throws {
        let entity = try await world.entity(by: ada)
        world.later()
        let changed = try await world.useCases.updateEntity(
            entity.id, try EntityUpdate(name: .value("Robot"), slug: .value("robot")), by: ada
        ).commit()
        #expect(changed.name == "Robot")
        #expect(changed.updatedAt == world.now)
        #expect(try await world.useCases.getEntity(entity.id, by: ada).entity == changed)
        // The old slug is available again.
        try await world.entity("X", by: bob, slug: entity.slug)
    }

    @Test func `another entity's slug is refused, the entity's own is not`() async throws {
        let entity = try await world.entity("One", by: ada)
        try await world.entity("Two", by: bob)
        let change = try EntityUpdate(slug: .value("two"))
        let fault = await fault {
            try await world.useCases.updateEntity(entity.id, change, by: ada).commit()
        }
        #expect(fault?.code == "slug_taken")
        let same = try await world.useCases.updateEntity(
            entity.id, try EntityUpdate(slug: .value("one")), by: ada
        ).commit()
        #expect(same == entity)
    }

    // MARK: Delete

    @Test func `deleting an entity deletes everything that belongs to it`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        try await world.addPublisher(world.user("cyd"), to: entity, by: ada)
        try await world.publish("1.0.0", of: entity, by: ada)
        _ = try await world.useCases.install(entity.id, version: nil, by: bob).commit()
        try await world.useCases.deleteEntity(entity.id, by: ada).commit()
        let rows = try world.database.read { reader in
            try reader.row(
                """
                SELECT (SELECT count(*) FROM publishers WHERE user_id > '')
                    + (SELECT count(*) FROM shares WHERE id > '')
                    + (SELECT count(*) FROM grants WHERE user_id > '')
                    + (SELECT count(*) FROM versions WHERE id > '')
                    + (SELECT count(*) FROM installations WHERE user_id > '')
                    + (SELECT count(*) FROM entities WHERE id > '')
                """
            ) { $0.int(0) }
        }
        #expect(rows == 0)
        let fault = await fault { try await world.useCases.getEntity(entity.id, by: ada) }
        #expect(fault == .notFound)
    }

    // MARK: Owner

    @Test func `a new owner becomes a publisher and the former one stays one`() async throws {
        let entity = try await world.entity(by: ada)
        world.later()
        let handed = try await world.useCases.transferOwnership(
            of: entity.id, to: bob.userId, by: ada
        ).commit()
        #expect(handed.ownerId == bob.userId)
        #expect(handed.updatedAt == world.now)
        #expect(try world.publisherIds(of: entity) == [bob.userId, ada.userId])
        let fault = await fault {
            try await world.useCases.deleteEntity(entity.id, by: ada).commit()
        }
        #expect(fault?.code == "not_the_owner")
    }

    @Test func `transferring ownership to oneself changes nothing`() async throws {
        let entity = try await world.entity(by: ada)
        world.later()
        let same = try await world.useCases.transferOwnership(
            of: entity.id, to: ada.userId, by: ada
        ).commit()
        #expect(same == entity)
    }

    @Test func `only the owner learns that a new owner does not exist`() async throws {
        let entity = try await world.entity(by: ada)
        for (caller, code) in [(ada, "validation_failed"), (bob, "not_found")] {
            let fault = await fault {
                try await world.useCases.transferOwnership(
                    of: entity.id, to: "usr_nobody", by: caller
                ).commit()
            }
            #expect(fault?.code == code)
        }
    }
}
