import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// What must hold for concurrent requests.
@Suite struct RaceTests {
    let world: World
    let ada: Caller
    let bob: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
    }

    @Test func `when all owners leave at the same time, one stays`() async throws {
        for _ in 0..<50 {
            let acme = try await world.organization(by: ada)
            try await world.join(bob, acme, as: "owner", by: ada)
            let users = [ada, bob]
            let result = await race(2) { index in
                try await world.remove(users[index], from: acme, by: users[index])
            }
            #expect(result.succeeded == 1 && result.codes == ["last_owner"])
            #expect(try Array(world.roles(of: acme).values) == ["owner"])
        }
    }

    @Test func `when owners demote and remove each other, one stays`() async throws {
        for round in 0..<50 {
            let acme = try await world.organization(by: ada)
            try await world.join(bob, acme, as: "owner", by: ada)
            let users = [ada, bob]
            let result = await race(2) { index in
                if round % 2 == index {
                    try await world.remove(users[1 - index], from: acme, by: users[index])
                } else {
                    try await world.give("member", to: users[1 - index], in: acme, by: users[index])
                }
            }
            #expect(result.succeeded == 1)
            #expect(Set(result.codes).isSubset(of: ["insufficient_role", "not_found"]))
            #expect(try world.roles(of: acme).values.filter { $0 == "owner" }.count == 1)
        }
    }

    @Test
    func
        `when one owner leaves while the other is deleted, an owner or no organization remains`()
        async throws
    {
        let root = world.admin()
        for round in 0..<50 {
            let (first, second) = (world.user("a\(round)"), world.user("b\(round)"))
            let acme = try await world.organization(by: first)
            try await world.join(second, acme, as: "owner", by: first)
            try await world.join(bob, acme, by: first)
            _ = await race(2) { index in
                if index == 0 {
                    try await world.remove(first, from: acme, by: first)
                } else {
                    _ = try await world.useCases.onUserDeleted(
                        second.userId, by: root, eventId: "evt_\(round)")
                }
            }
            #expect(try world.roles(of: acme).values.contains("owner"))
            #expect(try world.roles(of: acme)[second.userId] == nil)
        }
    }

    @Test func `adding a user twenty times at once creates one membership`() async throws {
        let acme = try await world.organization(by: ada)
        let result = await race(20) { _ in try await world.join(bob, acme, by: ada) }
        #expect(result.succeeded == 1 && Set(result.codes) == ["already_member"])
        #expect(try world.find(acme.id)?.memberCount == 2)
        let added = try world.actions(of: acme).filter { $0 == "member.added" }
        #expect(added.count == 2)
    }

    @Test func `publishing an entity twenty times at once creates one publication`() async throws {
        let acme = try await world.organization(by: ada)
        let entity = world.entities.add(by: ada)
        let result = await race(20) { _ in
            try await world.publish(entity, publicly: true, to: acme, by: ada)
        }
        #expect(result.succeeded == 1 && Set(result.codes) == ["already_published"])
        #expect(try world.find(acme.id)?.publicCount == 1)
    }

    @Test func `concurrent creations with one slug succeed once, with derived slugs always`()
        async throws
    {
        let explicit = await race(20) { _ in
            try await world.organization("Bolt", by: ada, slug: "bolt")
        }
        #expect(explicit.succeeded == 1 && Set(explicit.codes) == ["slug_taken"])
        let derived = await race(20) { _ in try await world.organization("Bolt", by: bob) }
        #expect(derived.succeeded == 20)
        let page = try world.useCases.listOrganizations(
            search: nil, PageRequest(size: 100), by: bob)
        #expect(Set(page.items.map(\.organization.slug)).count == 20)
    }

    @Test func `concurrent creations with one role name succeed once`() async throws {
        let acme = try await world.organization(by: ada)
        let result = await race(20) { index in
            try await world.role(index % 2 == 0 ? "Builder" : "BUILDER", [], in: acme, by: ada)
        }
        #expect(result.succeeded == 1 && Set(result.codes) == ["role_name_taken"])
    }

    @Test func `concurrent creations stop at a hundred roles`() async throws {
        let acme = try await world.organization(by: ada)
        let result = await race(OrganizationLimits.roles + 20) { index in
            try await world.role("r\(index)", [], in: acme, by: ada)
        }
        #expect(result.succeeded == OrganizationLimits.roles)
        #expect(result.codes == Array(repeating: "too_many_roles", count: 20))
    }

    @Test func `a role that is granted and deleted at the same time is either granted or deleted`()
        async throws
    {
        let acme = try await world.organization(by: ada)
        for round in 0..<50 {
            let role = try await world.role("r\(round)", [], in: acme, by: ada)
            let user = world.user("u\(round)")
            let result = await race(2) { index in
                if index == 0 {
                    try await world.join(user, acme, as: role.id, by: ada)
                } else {
                    try await world.useCases.deleteRole(role.id, of: acme.id, by: ada).commit()
                }
            }
            #expect(result.succeeded == 1)
            let isGiven = try world.roles(of: acme)[user.userId] == role.name
            #expect(result.codes == [isGiven ? "role_in_use" : "validation_failed"])
            let isKept = try world.database.read {
                try RoleStore.find(role.id, of: acme.id, in: $0)
            }
            #expect((isKept != nil) == isGiven)
        }
    }

    @Test func `a caller who is demoted during a request changes nothing`() async throws {
        for round in 0..<50 {
            let acme = try await world.organization(by: ada)
            let cyd = world.user("cyd\(round)")
            try await world.join(bob, acme, as: "admin", by: ada)
            _ = await race(2) { index in
                if index == 0 {
                    try await world.join(cyd, acme, as: "admin", by: bob)
                } else {
                    // A member whom bob added before is removed later; bob adds nobody after that.
                    try await world.give("member", to: bob, in: acme, by: ada)
                    try await world.remove(cyd, from: acme, by: ada)
                }
            }
            #expect(try world.roles(of: acme) == ["usr_ada": "owner", "usr_bob": "member"])
        }
    }

    @Test func `an entity that is published and deleted at the same time is in no store`()
        async throws
    {
        let acme = try await world.organization(by: ada)
        for round in 0..<50 {
            let entity = world.entities.add(by: ada)
            _ = await race(2) { index in
                if index == 0 {
                    try await world.publish(entity, publicly: true, to: acme, by: ada)
                } else {
                    _ = try await world.useCases.onEntityDeleted(
                        entity, by: ada, eventId: "evt_\(round)")
                }
            }
            #expect(try world.find(acme.id)?.publicCount == 0)
        }
    }
}
