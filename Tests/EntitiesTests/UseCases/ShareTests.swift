import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct ShareTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let cyd: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        cyd = world.user("cyd")
    }

    func shareIds(_ entity: Entity, seenBy caller: Caller) async throws -> [String] {
        try await world.useCases.listShares(of: entity.id, PageRequest(), by: caller)
            .items.map(\.user.username)
    }

    @Test func `each address has its own result, in order`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        let emails = ["cyd", "nobody", "ada", "bob"].map(world.email)
        let outcome = try await world.useCases.shareEntity(
            entity.id, with: try Addressees(emails), by: ada
        ).commit()
        #expect(outcome.created.map(\.user.id) == [cyd.userId])
        #expect(outcome.created.first?.share.createdBy == ada.userId)
        #expect(
            outcome.alreadyHadAccess == [
                .init(email: emails[2], userId: ada.userId, via: .publisher),
                .init(email: emails[3], userId: bob.userId, via: .directShare),
            ])
        #expect(outcome.notFound == [emails[1]])
        #expect(try await world.useCases.getEntity(entity.id, by: cyd).via == .directShare)
    }

    @Test func `a publisher needs no share, but a user with access through a store gets one`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        world.organizations.set { $0.stores[entity.id] = [cyd.userId] }
        let outcome = try await world.share(entity, with: "bob", "cyd", by: ada)
        #expect(outcome.alreadyHadAccess.map(\.via) == [.publisher])
        #expect(outcome.created.map(\.user.id) == [cyd.userId])
    }

    @Test func `sharing with oneself returns the caller's own access step`() async throws {
        let entity = try await world.entity(by: ada)
        world.organizations.set { $0.stores[entity.id] = [bob.userId] }
        let outcome = try await world.share(entity, with: "bob", by: bob)
        #expect(outcome.alreadyHadAccess.map(\.via) == [.organizationStore])
        #expect(try world.step(of: bob, to: entity) == nil)
    }

    @Test func `anyone with access can share an entity`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        let outcome = try await world.share(entity, with: "cyd", by: bob)
        #expect(outcome.created.map(\.share.createdBy) == [bob.userId])
    }

    @Test func `while resharing is off, publishers alone can share`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        let off = try await world.useCases.updateEntity(
            entity.id, try EntityUpdate(resharing: .value("publishers")), by: ada
        ).commit()
        #expect(off.resharing == .publishers)
        let refused = await fault { try await world.share(entity, with: "cyd", by: bob) }
        #expect(refused?.kind == .forbidden && refused?.code == "resharing_off")
        let hidden = await fault { try await world.share(entity, with: "cyd", by: cyd) }
        #expect(hidden == .notFound)
        try await world.share(entity, with: "cyd", by: ada)
        // What was shared before stays.
        #expect(try await world.useCases.getEntity(entity.id, by: bob).via == .directShare)
        _ = try await world.useCases.updateEntity(
            entity.id, try EntityUpdate(resharing: .value("anyone")), by: ada
        ).commit()
        world.user("dan")
        try await world.share(entity, with: "dan", by: bob)
    }

    @Test func `a change of resharing is in the audit`() async throws {
        let entity = try await world.entity(by: ada)
        for word in ["publishers", "publishers", "anyone"] {
            _ = try await world.useCases.updateEntity(
                entity.id, try EntityUpdate(resharing: .value(word)), by: ada
            ).commit()
        }
        let audit = try await world.useCases.listAudit(
            of: entity.id, AuditFilter(), PageRequest(), by: ada)
        let updates = audit.items.filter { $0.action == "entity.updated" }
        let words = updates.map { $0.after?.members["resharing"] }
        #expect(words == [.text("anyone"), .text("publishers")])
    }

    // MARK: Strangers

    @Test func `without the scope, one stranger among the addresses prevents every share`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        let limited = world.user("ada", scopes: ["entities:share"])
        world.organizations.set { $0.members["org_1"] = [ada.userId, bob.userId] }
        let fault = await fault {
            try await world.share(entity, with: "bob", "nobody", "cyd", by: limited)
        }
        #expect(fault?.kind == .forbidden)
        #expect(fault?.code == "external_share_not_allowed")
        #expect(try await shareIds(entity, seenBy: ada).isEmpty)
        #expect(try world.step(of: bob, to: entity) == nil)
    }

    @Test
    func `colleagues, the caller, unknown addresses and users with access need no extra scope`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        let limited = world.user("ada", scopes: ["entities:share"])
        try await world.share(entity, with: "cyd", by: ada)
        world.organizations.set { $0.members["org_1"] = [ada.userId, bob.userId] }
        let outcome = try await world.share(
            entity, with: "bob", "cyd", "ada", "nobody", by: limited)
        #expect(outcome.created.map(\.user.id) == [bob.userId])
        #expect(outcome.alreadyHadAccess.count == 2)
    }

    @Test func `no other service is queried if nobody needs a share`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "cyd", by: ada)
        world.organizations.set { $0.isDown = true }
        let limited = world.user("ada", scopes: ["entities:share"])
        let outcome = try await world.share(entity, with: "cyd", by: limited)
        #expect(outcome.alreadyHadAccess.count == 1)
        #expect(await fault { try await world.share(entity, with: "bob", by: ada) } == nil)
    }

    // MARK: Lists and removal

    @Test func `publishers see all shares, others those that they gave or received`() async throws {
        let entity = try await world.entity(by: ada)
        world.user("dan")
        let eve = world.user("eve")
        try await world.addPublisher(eve, to: entity, by: ada)
        try await world.share(entity, with: "bob", "cyd", by: ada)
        try await world.share(entity, with: "dan", by: bob)
        #expect(try await shareIds(entity, seenBy: ada) == ["dan", "cyd", "bob"])
        #expect(try await shareIds(entity, seenBy: eve) == ["dan", "cyd", "bob"])
        #expect(try await shareIds(entity, seenBy: bob) == ["dan", "bob"])
        #expect(try await shareIds(entity, seenBy: cyd) == ["cyd"])
    }

    @Test func `only the creator can revoke a share`() async throws {
        let entity = try await world.entity(by: ada)
        let other = try await world.entity("Other", by: ada)
        let given = try await world.share(entity, with: "bob", by: ada).created[0].share
        let passed = try await world.share(entity, with: "cyd", by: bob).created[0].share
        func remove(_ share: Share, of entity: Entity, by caller: Caller) async -> String? {
            await fault {
                try await world.useCases.removeShare(share.id, of: entity.id, by: caller).commit()
            }?.code
        }
        #expect(await remove(given, of: other, by: ada) == "not_found")
        #expect(await remove(given, of: entity, by: cyd) == "not_found")
        #expect(await remove(given, of: entity, by: bob) == "not_the_creator")
        #expect(await remove(passed, of: entity, by: ada) == "not_the_creator")
        #expect(await remove(given, of: entity, by: ada) == nil)
        #expect(try world.step(of: bob, to: entity) == nil)
        // Without access, bob can still revoke a share that bob gave.
        #expect(await remove(passed, of: entity, by: bob) == nil)
        #expect(await remove(passed, of: entity, by: bob) == "not_found")
    }

    @Test func `shares given and received are listed by type, newest first`() async throws {
        let app = try await world.entity("App", by: ada)
        let service = try await world.entity("Service", by: ada, type: "service")
        for entity in [app, service] { try await world.share(entity, with: "bob", by: ada) }
        let page = PageRequest()
        let received = try await world.useCases.listSharesReceived(type: nil, page, by: bob)
        #expect(received.items.map(\.entity?.id) == [service.id, app.id])
        #expect(received.items.map(\.user.id) == [bob.userId, bob.userId])
        let given = try await world.useCases.listSharesGiven(type: .app, page, by: ada)
        #expect(given.items.map(\.entity?.id) == [app.id])
        #expect(given.total == 1)
        #expect(try await world.useCases.listSharesGiven(type: nil, page, by: bob).total == 0)
        try await world.useCases.deleteEntity(app.id, by: ada).commit()
        #expect(try await world.useCases.listSharesReceived(type: nil, page, by: bob).total == 1)
    }

    @Test func `a recipient who is no longer in the directory is shown by id`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.share(entity, with: "bob", by: ada)
        world.directory.remove(bob.userId)
        let shares = try await world.useCases.listShares(of: entity.id, PageRequest(), by: ada)
        #expect(shares.items.map(\.user.id) == [bob.userId])
    }
}
