import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Queries of other services.
@Suite struct QueryTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let acme: Organization

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        acme = try await world.organization(by: ada)
    }

    func access(_ subjects: (Caller, [String])...) throws -> [String] {
        let query = StoreAccessQuery(
            subjects: subjects.map { .init(userId: $0.0.userId, entityIds: $0.1) })
        return try world.useCases.storeAccess(query).subjects.map {
            "\($0.organizationStore) \($0.publicStore)"
        }
    }

    @Test func `store access is returned as indices for each subject, duplicates included`()
        async throws
    {
        let inner = world.entities.add(by: ada)
        let open = world.entities.add(by: ada)
        try await world.publish(inner, to: acme, by: ada)
        try await world.publish(open, publicly: true, to: acme, by: ada)
        let asked = ["ent_none", open, inner, "", open]
        #expect(
            try access((ada, asked), (bob, asked), (ada, []), (ada, [inner])) == [
                "[1, 2, 4] [1, 4]", "[] [1, 4]", "[] []", "[0] []",
            ])
    }

    @Test func `one store is enough for access`() async throws {
        let entity = world.entities.add(by: ada, bob)
        try await world.publish(entity, to: acme, by: ada)
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.publish(entity, publicly: true, to: bolt, by: bob)
        // As a member in one, as the public in the other.
        #expect(try access((ada, [entity])) == ["[0] [0]"])
        #expect(try access((world.user("eve"), [entity])) == ["[] [0]"])
        try await world.useCases.unpublish(entity, from: bolt.id, by: bob).commit()
        #expect(try access((ada, [entity]), (bob, [entity])) == ["[0] []", "[] []"])
    }

    @Test func `an explanation lists each publication that opens the entity to a user`()
        async throws
    {
        let entity = world.entities.add(by: ada, bob)
        let inner = try await world.publish(entity, to: acme, by: ada)
        let bolt = try await world.organization("Bolt", by: bob)
        let open = try await world.publish(entity, publicly: true, to: bolt, by: bob)
        try await world.join(ada, bolt, by: bob)
        let other = try await world.organization("Other", by: ada)
        try await world.publish(world.entities.add(by: ada), to: other, by: ada)
        func ids(_ publications: [StoreGrantsReply.Publication]) -> [String] {
            publications.map(\.id)
        }
        let users = [ada, bob, world.user("eve")].map(\.userId)
        let query = StoreGrantsQuery(entityId: entity, userIds: users)
        let reply = try await world.useCases.storeGrants(query)
        #expect(reply.users.map(ids) == [[inner.id, open.id], [open.id], []])
        #expect(ids(reply.publicOnes) == [open.id])
        let publication = reply.users[0][0]
        #expect(publication.organizationId == acme.id && publication.publishedBy == ada.userId)
        #expect(publication.publishedAt == inner.publishedAt)
        try await world.useCases.deleteOrganization(bolt.id, by: bob).commit()
        let left = try await world.useCases.storeGrants(query)
        #expect(left.users.map(ids) == [[inner.id], [], []] && left.publicOnes.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 5, 100])
    func `members of all organizations whose stores have an entity are listed once, by id`(
        limit: Int
    ) async throws {
        let entity = world.entities.add(by: ada, bob)
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.publish(entity, to: acme, by: ada)
        try await world.publish(entity, to: bolt, by: bob)
        let other = try await world.organization("Other", by: ada)
        try await world.publish(world.entities.add(by: ada), to: other, by: ada)
        try await world.join(world.user("zed"), other, by: ada)
        for (index, name) in ["cyd", "eve", "dan", "fay"].enumerated() {
            let user = world.user(name)
            try await world.join(user, index % 2 == 0 ? acme : bolt, by: index % 2 == 0 ? ada : bob)
            if index == 2 { try await world.join(user, bolt, by: bob) }
        }
        var all: [String] = []
        var page: [String]
        repeat {
            page = try await world.useCases.storePeople(
                StorePeopleQuery(entityId: entity, after: all.last ?? "", limit: limit)
            ).userIds
            all += page
        } while page.count == limit
        #expect(all == ["ada", "bob", "cyd", "dan", "eve", "fay"].map { "usr_\($0)" })
        try await world.useCases.deleteOrganization(bolt.id, by: bob).commit()
        let left = try await world.useCases.storePeople(
            StorePeopleQuery(entityId: entity, after: "", limit: 100))
        #expect(left.userIds == ["ada", "cyd", "dan"].map { "usr_\($0)" })
        let fault = await fault {
            try await world.useCases.storePeople(
                StorePeopleQuery(entityId: entity, after: "", limit: 1_001))
        }
        #expect(fault?.fields.map(\.pointer) == ["/limit"])
    }

    @Test func `an explanation covers at most a hundred users`() async throws {
        let users = (0...StoreGrantsQuery.maximum).map { "usr_\($0)" }
        let fault = await fault {
            try await world.useCases.storeGrants(
                StoreGrantsQuery(entityId: "ent_1", userIds: users))
        }
        #expect(fault?.fields.map(\.pointer) == ["/userIds"])
    }

    @Test func `leaving ends access through the store at the next request`() async throws {
        let entity = world.entities.add(by: ada)
        try await world.publish(entity, to: acme, by: ada)
        try await world.join(bob, acme, by: ada)
        #expect(try access((bob, [entity])) == ["[0] []"])
        try await world.remove(bob, from: acme, by: bob)
        #expect(try access((bob, [entity])) == ["[] []"])
    }

    @Test func `a query can have a thousand pairs and not one more`() throws {
        let half = (0..<500).map { "ent_\($0)" }
        #expect(try access((ada, half), (bob, half)) == ["[] []", "[] []"])
        let fault = fault { try access((ada, half), (bob, half + ["ent_x"])) }
        #expect(fault?.kind == .invalid && fault?.fields.map(\.pointer) == ["/subjects"])
    }

    @Test func `subjects without entities count toward the limit`() {
        // Each costs a statement on the loop.
        let query = StoreAccessQuery(
            subjects: (0...1_000).map { .init(userId: "usr_\($0)", entityIds: []) })
        let fault = fault { try world.useCases.storeAccess(query) }
        #expect(fault?.fields.map(\.pointer) == ["/subjects"])
    }

    @Test func `every accessible entity is listed once`() async throws {
        let both = world.entities.add(by: ada, bob)
        let inner = world.entities.add(by: ada)
        let open = world.entities.add(by: bob)
        let bolt = try await world.organization("Bolt", by: bob)
        try await world.publish(both, publicly: true, to: acme, by: ada)
        try await world.publish(both, publicly: true, to: bolt, by: bob)
        try await world.publish(inner, to: acme, by: ada)
        try await world.publish(open, publicly: true, to: bolt, by: bob)
        try await world.publish(world.entities.add(by: bob), to: bolt, by: bob)
        func found(_ caller: Caller) async throws -> [[String]] {
            let opened = try await world.opened(to: caller.userId)
            return [opened.organizationStores, opened.publicStores]
        }
        #expect(try await found(ada) == [[both, inner].sorted(), [both, open].sorted()])
        try await world.join(bob, acme, by: ada)
        #expect(try await found(bob)[0].count == 4)
        #expect(try await found(world.user("eve")) == [[], [both, open].sorted()])
    }

    @Test func `colleagues are users with a common organization`() async throws {
        let cyd = world.user("cyd")
        let bolt = try await world.organization("Bolt", by: cyd)
        try await world.join(bob, acme, by: ada)
        try await world.join(bob, bolt, by: cyd)
        func colleagues(_ caller: Caller, _ among: [String]) throws -> [String] {
            try world.useCases.colleagues(.init(userId: caller.userId, among: among))
                .colleagues.sorted()
        }
        let all = ["usr_ada", "usr_bob", "usr_cyd", "usr_none"]
        #expect(try colleagues(bob, all) == ["usr_ada", "usr_bob", "usr_cyd"])
        // A colleague's colleague isn't a colleague.
        #expect(try colleagues(ada, all) == ["usr_ada", "usr_bob"])
        #expect(try colleagues(world.user("eve"), all + ["usr_eve"]).isEmpty)
        try await world.remove(bob, from: acme, by: bob)
        #expect(try colleagues(ada, all) == ["usr_ada"])
        let thousand = (0..<1_000).map { "usr_\($0)" }
        #expect(try colleagues(ada, thousand).isEmpty)
        let fault = fault { try colleagues(ada, thousand + ["usr_x"]) }
        #expect(fault?.kind == .invalid && fault?.fields.map(\.pointer) == ["/among"])
    }

    @Test func `a membership's id is returned while it lasts`() async throws {
        func membership(_ organizationId: String) throws -> String? {
            try world.useCases.membership(
                .init(userId: bob.userId, organizationId: organizationId)
            ).membershipId
        }
        #expect(try membership(acme.id) == nil)
        let first = try await world.join(bob, acme, by: ada)
        #expect(try membership(acme.id) == first.id)
        #expect(try membership("org_none") == nil)
        // Another role is the same membership; joining again is another.
        try await world.give("admin", to: bob, in: acme, by: ada)
        #expect(try membership(acme.id) == first.id)
        try await world.remove(bob, from: acme, by: bob)
        #expect(try membership(acme.id) == nil)
        let second = try await world.join(bob, acme, by: ada)
        #expect(try membership(acme.id) == second.id && second.id != first.id)
    }
}
