import Contract
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// The owner of an entity rules over its publications in all stores.
@Suite struct EntityOwnerTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let stranger: Caller
    let acme: Organization
    let entity: String

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        stranger = world.user("stranger")
        acme = try await world.organization(by: bob)
        entity = world.entities.add("Bot", by: ada, bob)
        world.entities.change(entity) { [ada] in $0.owner = ada.userId }
    }

    private func unpublish(by caller: Caller) async throws {
        try await world.useCases.unpublish(entity, from: acme.id, by: caller).commit()
    }

    private func delete(_ id: String, by caller: Caller) async throws {
        try await world.useCases.deletePublication(id, of: acme.id, by: caller).commit()
    }

    @Test(arguments: [false, true])
    func `an entity's owner removes its publication from a store that they are no member of`(
        _ isPublic: Bool
    ) async throws {
        try await world.publish(entity, publicly: isPublic, to: acme, by: bob)
        try await unpublish(by: ada)
        let again = try await world.publish(entity, publicly: isPublic, to: acme, by: bob)
        try await delete(again.id, by: ada)
        #expect(try await world.refusal { try await delete(again.id, by: ada) } == .notFound)
        #expect(world.audited(acme) == [ada.userId, ada.userId])
    }

    @Test func `a publisher who is not its owner can't, and learns nothing`() async throws {
        let publication = try await world.publish(entity, to: acme, by: bob)
        world.entities.change(entity) { [stranger] in $0.publishers.insert(stranger.userId) }
        #expect(
            try await world.refusal { try await delete(publication.id, by: stranger) } == .notFound)
        #expect(try await world.refusal { try await unpublish(by: stranger) } == .notFound)
        // As the owner of another entity, too.
        let other = world.entities.add("Other", by: stranger)
        world.entities.change(other) { [stranger] in $0.owner = stranger.userId }
        #expect(
            try await world.refusal { try await delete(publication.id, by: stranger) } == .notFound)
    }

    @Test func `while the entities service is down, hidden and missing publications look alike`()
        async throws
    {
        let publication = try await world.publish(entity, to: acme, by: bob)
        world.entities.isDown = true
        for id in [publication.id, "pub_01KF0000000000000000000001"] {
            let refused = try await world.refusal { try await delete(id, by: stranger) }
            #expect(refused?.code == OrganizationProblems.entitiesUnavailable.code)
        }
        try await delete(publication.id, by: bob)
    }

    @Test func `making a publication public asks for the right to publish again`() async throws {
        let publication = try await world.publish(entity, to: acme, by: bob)
        world.entities.change(entity) { [bob] in
            $0.publishers.remove(bob.userId)
            $0.readers.insert(bob.userId)
        }
        let refused = try await world.refusal {
            try await world.useCases.updatePublication(
                publication.id, of: acme.id, isPublic: true, by: bob
            ).commit()
        }
        #expect(refused == Fault(OrganizationProblems.notPublisher))
    }
}

extension World {
    /// Who removed publications, as the audit has it.
    fileprivate func audited(_ organization: Organization) -> [String?]? {
        try? audit(of: organization).filter { $0.action == "publication.removed" }.map(\.actorId)
    }
}
