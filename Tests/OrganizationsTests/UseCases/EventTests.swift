import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Events of other services.
@Suite struct EventTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let cyd: Caller
    let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        cyd = world.user("cyd")
        root = Caller(userId: "usr_root", isAdmin: true, tokenId: "tok_root", requestId: "r-9")
    }

    func drop(_ user: Caller, event: String = "evt_1") async throws -> Bool {
        world.later()
        return try await world.useCases.onUserDeleted(user.userId, by: root, eventId: event)
    }

    func rename(
        _ entity: String, to name: String, at milliseconds: Int64, event: String
    ) async throws -> Bool {
        let fact = EntityRenamed(
            entityId: entity, name: name, updatedAt: Timestamp(milliseconds: milliseconds))
        return try await world.useCases.onEntityRenamed(fact, eventId: event)
    }

    // MARK: Deleted users

    @Test func `deleting a user ends memberships and changes nothing else`() async throws {
        let acme = try await world.organization(by: ada)
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.join(bob, acme, as: "owner", by: ada)
        try await world.join(ada, bolt, by: bob)
        #expect(try await drop(ada))
        #expect(try world.roles(of: acme) == ["usr_bob": "owner"])
        #expect(try world.roles(of: bolt) == ["usr_bob": "owner"])
        #expect(try world.find(acme.id)?.memberCount == 1)
        for organization in [acme, bolt] {
            let entry = try world.audit(of: organization).last
            #expect(entry?.action == "member.removed" && entry?.subject.id == ada.userId)
            #expect(entry?.actorId == "usr_root" && entry?.tokenId == "tok_root")
            #expect(entry?.requestId == "r-9")
        }
        // The entities service gets user events from the gateway.
        #expect(try world.database.outbox().isEmpty)
    }

    @Test func `the longest-standing admin becomes the owner when the last owner is deleted`()
        async throws
    {
        let acme = try await world.organization(by: ada)
        try await world.join(world.user("old"), acme, by: ada)
        try await world.join(bob, acme, as: "admin", by: ada)
        try await world.join(cyd, acme, as: "admin", by: ada)
        #expect(try await drop(ada))
        #expect(
            try world.roles(of: acme) == [
                "usr_bob": "owner", "usr_cyd": "admin", "usr_old": "member",
            ])
        let entries = try world.audit(of: acme).suffix(2)
        #expect(entries.map(\.action) == ["member.role_changed", "member.removed"])
        #expect(entries.first?.before?.members["role"] == .text("admin"))
        #expect(entries.first?.after?.members["role"] == .text("owner"))
    }

    @Test func `without admins the longest-standing member becomes the owner, whatever their role`()
        async throws
    {
        let acme = try await world.organization(by: ada)
        try await world.role("bare", [], in: acme, by: ada)
        try await world.join(cyd, acme, as: "bare", by: ada)
        try await world.join(bob, acme, by: ada)
        #expect(try await drop(ada))
        #expect(try world.roles(of: acme) == ["usr_cyd": "owner", "usr_bob": "member"])
        // The successor is deleted as well.
        #expect(try await drop(cyd, event: "evt_2"))
        #expect(try world.roles(of: acme) == ["usr_bob": "owner"])
    }

    @Test func `deleting the only member deletes the organization and emits an event`() async throws
    {
        let acme = try await world.organization(by: ada)
        try await world.publish(world.entities.add(by: ada), publicly: true, to: acme, by: ada)
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.join(ada, bolt, by: bob)
        #expect(try await drop(ada))
        #expect(try world.find(acme.id) == nil && world.find(bolt.id)?.memberCount == 1)
        let events = try world.database.outbox()
        #expect(events.map(\.type) == ["organization.deleted"])
        let actor = #"{"requestId":"r-9","tokenId":"tok_root","userId":"usr_root"}"#
        #expect(events[0].data == #"{"actor":\#(actor),"organizationId":"\#(acme.id)"}"#)
        #expect(
            try world.actions(of: acme).suffix(3) == [
                "publication.removed", "member.removed", "organization.deleted",
            ])
    }

    @Test func `publications of a deleted user stay, with the user's id`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, by: ada)
        let made = try await world.publish(world.entities.add(by: bob), to: acme, by: bob)
        #expect(try await drop(bob))
        let found = try world.useCases.getPublication(made.id, of: acme.id, by: ada)
        #expect(found.publishedBy == bob.userId)
    }

    @Test func `a deleted user is shown by id until their memberships end`() async throws {
        let acme = try await world.organization(by: ada)
        try await world.join(bob, acme, by: ada)
        world.directory.remove(bob.userId)
        let page = try await world.useCases.listMembers(of: acme.id, PageRequest(), by: ada)
        #expect(page.items[0].user == .unknown(bob.userId))
        // The user can still be removed.
        try await world.remove(bob, from: acme, by: ada)
    }

    // MARK: Entities

    @Test func `deleting an entity removes it from all stores`() async throws {
        let entity = world.entities.add(by: ada, bob)
        let other = world.entities.add(by: ada)
        let acme = try await world.organization(by: ada)
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.publish(entity, publicly: true, to: acme, by: ada)
        try await world.publish(other, publicly: true, to: acme, by: ada)
        try await world.publish(entity, to: bolt, by: bob)
        // The user who deletes it neither owns the organization nor has published it.
        let actor = EventActor(world.user("cyd")).caller
        #expect(try await world.useCases.onEntityDeleted(entity, by: actor, eventId: "evt_1"))
        #expect(try world.find(acme.id)?.publicCount == 1)
        let left = try world.database.dump().filter { $0.contains(entity) }
        // `store_changes` has the versions since which it is in no store.
        #expect(
            Set(left.map { $0.prefix { $0 != ":" } }) == ["audit", "store_changes", "tombstones"])
        #expect(left.count { $0.hasPrefix("store_changes: ") } == 2)
        for organization in [acme, bolt] {
            let entry = try world.audit(of: organization).last
            #expect(entry?.action == "publication.removed" && entry?.actorId == "usr_cyd")
            #expect(entry?.before?.members["entityId"] == .text(entity))
        }
    }

    @Test func `the newer of two names is kept, in whichever order they arrive`() async throws {
        let acme = try await world.organization(by: ada)
        let entity = world.entities.add("First", by: ada)
        let made = try await world.publish(entity, to: acme, by: ada)
        func name() throws -> String {
            try world.useCases.getPublication(made.id, of: acme.id, by: ada).entity.name
        }
        let then = world.clock.now().milliseconds
        #expect(try await rename(entity, to: "Third", at: then + 2, event: "evt_1"))
        _ = try await rename(entity, to: "Second", at: then + 1, event: "evt_2")
        #expect(try name() == "Third")
        // A response from before the change is older as well.
        let bolt = try await world.organization("Bolt", by: ada)
        let second = try await world.publish(entity, to: bolt, by: ada)
        #expect(second.entity.name == "Third")
        #expect(try await rename(entity, to: "Fourth", at: then + 2, event: "evt_3"))
        #expect(try name() == "Fourth")
        // The publication itself is as it was.
        let found = try world.useCases.getPublication(made.id, of: acme.id, by: ada)
        #expect(found.updatedAt == made.updatedAt)
    }

    @Test func `a name that arrived before the publication is kept`() async throws {
        let acme = try await world.organization(by: ada)
        let entity = world.entities.add("Old", by: ada)
        let change = try await world.useCases.publish(
            entity, publicly: false, to: acme.id, by: ada)
        let now = world.clock.now().milliseconds
        #expect(try await rename(entity, to: "New", at: now + 1, event: "evt_1"))
        #expect(try await change.commit().entity.name == "New")
    }

    @Test func `a name that arrives after the entity's deletion is ignored`() async throws {
        let entity = world.entities.add(by: ada)
        #expect(try await world.useCases.onEntityDeleted(entity, by: ada, eventId: "evt_1"))
        let noted = ["applied_events": "each event is noted"]
        let before = try world.database.dump(except: noted)
        _ = try await rename(entity, to: "Late", at: .max, event: "evt_2")
        #expect(try world.database.dump(except: noted) == before)
    }

    // MARK: Repeated events

    @Test func `a repeated event changes nothing`() async throws {
        let acme = try await world.organization(by: ada)
        let entity = world.entities.add(by: ada)
        try await world.join(bob, acme, by: ada)
        try await world.publish(entity, to: acme, by: ada)
        #expect(try await rename(entity, to: "New", at: .max, event: "evt_1"))
        #expect(try await drop(bob, event: "evt_2"))
        #expect(try await world.useCases.onEntityDeleted(entity, by: ada, eventId: "evt_3"))
        // As if the receipts of the first deliveries were lost.
        let before = try world.database.dump()
        #expect(try await rename(entity, to: "New", at: .max, event: "evt_1") == false)
        #expect(try await drop(bob, event: "evt_2") == false)
        let again = try await world.useCases.onEntityDeleted(entity, by: ada, eventId: "evt_3")
        #expect(again == false)
        // A used id is ignored, whatever the event contains.
        #expect(try await drop(ada, event: "evt_3") == false)
        #expect(try world.database.dump() == before)
        #expect(try world.find(acme.id)?.memberCount == 1)
    }
}
