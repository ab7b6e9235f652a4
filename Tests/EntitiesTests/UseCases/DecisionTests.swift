import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct DecisionTests {
    /// One entity with a user for each step, and others; perhaps in a public store.
    private func world(isPublic: Bool) async throws -> (World, [Entity], [DecisionSubject]) {
        let world = try World()
        let ada = world.user("ada")
        let one = try await world.entity(by: ada)
        let two = try await world.entity("Other", by: world.user("other"))
        try await world.addPublisher(world.user("publisher"), to: one, by: ada)
        _ = world.user("shared")
        try await world.share(one, with: "shared", by: ada)
        let (member, helper) = (world.user("member").userId, world.user("helper").userId)
        world.organizations.set {
            $0.stores[one.id] = [member, ada.userId]
            if isPublic { $0.publicEntities = [one.id] }
        }
        world.collaborators.set {
            _ = $0.collaborations.insert(AccessQuery(entityId: one.id, userId: helper))
        }
        let names = ["ada", "other", "publisher", "shared", "member", "helper", "stranger"]
        let users = names.map {
            DecisionSubject(userId: world.user($0).userId, isAdmin: $0 == "stranger")
        }
        return (world, [one, two], users)
    }

    @Test(arguments: [false, true])
    func `searches find exactly what is allowed`(isPublic: Bool) async throws {
        let (world, entities, users) = try await world(isPublic: isPublic)
        let found = try await differences(
            of: world.useCases, among: users, and: entities.map(\.id) + ["ent_x"],
            actions: EntityDecisions.actions)
        #expect(found == [])
    }

    @Test func `decisions are by the first step`() async throws {
        let (world, entities, users) = try await world(isPublic: false)
        func decide(_ user: Int, _ action: String, _ id: String? = nil) async throws -> Decision? {
            try await world.useCases.decide([
                DecisionQuery.Item(
                    subject: users[user], action: action, resourceId: id ?? entities[0].id)
            ]).first
        }
        let steps: [Decision] = [
            .allowed("publisher"), .denied, .allowed("publisher"), .allowed("direct_share"),
            .allowed("organization_store"), .allowed("collaborator"), .denied,
        ]
        for (user, expected) in steps.enumerated() {
            #expect(try await decide(user, "access") == expected, "\(user)")
        }
        #expect(try await decide(0, "own") == .allowed("owner"))
        #expect(try await decide(2, "own") == .denied)
        #expect(try await decide(2, "publish") == .allowed("publisher"))
        #expect(try await decide(3, "publish") == .denied)
        #expect(try await decide(0, "fly") == .unknownAction)
        #expect(try await decide(0, "access", "ent_x") == .unknownResource)
        world.organizations.set { $0.isDown = true }
        // What is known here is decided; the rest is never guessed.
        #expect(try await decide(3, "access") == .allowed("direct_share"))
        await #expect(throws: Fault.self) { _ = try await decide(4, "access") }
    }
}
