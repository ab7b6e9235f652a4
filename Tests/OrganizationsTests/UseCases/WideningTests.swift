import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing

@testable import Organizations

/// Making a publication public needs the same as publishing it publicly.
@Suite struct WideningTests {
    private let world: World
    private let owner: Caller
    /// A member who publishes the entity, and one who doesn't.
    private let publisher: Caller
    private let member: Caller
    private let acme: Organization
    private let publication: Publication

    init() async throws {
        world = try World()
        owner = world.user("owner")
        publisher = world.user("publisher")
        member = world.user("member")
        acme = try await world.organization(by: owner)
        try await world.join(publisher, acme, by: owner)
        try await world.join(member, acme, by: owner)
        publication = try await world.publish(
            world.entities.add(by: publisher), to: acme, by: publisher)
    }

    private func show(
        publicly isPublic: Bool?, by caller: Caller
    ) async throws -> Publication {
        try await world.useCases.updatePublication(
            publication.id, of: acme.id, isPublic: isPublic, by: caller
        ).commit()
    }

    @Test func `only a publisher of the entity can make its publication public`() async throws {
        let before = try world.database.dump()
        for caller in [member, owner] {
            let refused = await fault { try await show(publicly: true, by: caller) }
            #expect(refused?.code == "not_a_publisher")
        }
        #expect(try world.database.dump() == before)
        #expect(try await show(publicly: true, by: publisher).isPublic)
    }

    @Test func `a member who is no longer a publisher can't make it public`() async throws {
        world.entities.change(publication.entity.id) { $0.publishers = [] }
        #expect(
            await fault { try await show(publicly: true, by: publisher) }?.code
                == "not_a_publisher")
    }

    @Test func `while the entities service is down, nobody can make it public`() async throws {
        world.entities.isDown = true
        #expect(
            await fault { try await show(publicly: true, by: publisher) }?.code
                == "entities_unavailable")
    }

    @Test func `after a concurrent change to private only a publisher makes it public`()
        async throws
    {
        let open = try await show(publicly: true, by: publisher)
        // When the member's change is prepared, it widens nothing.
        let refused = try await world.database.holdingWrites(until: 1) { tx in
            try PublicationStore.update(open.updated(isPublic: false, at: tx.now), in: tx)
        } _: {
            await fault { try await show(publicly: true, by: member) }
        }
        #expect(refused?.code == "not_a_publisher")
        #expect(try await world.opened(to: "usr_eve").publicStores.isEmpty)
    }

    @Test func `an update that doesn't widen access calls no other service`() async throws {
        _ = try await show(publicly: true, by: publisher)
        world.entities.isDown = true
        #expect(try await show(publicly: nil, by: member).isPublic)
        #expect(try await show(publicly: true, by: member).isPublic)
        #expect(try await !show(publicly: false, by: member).isPublic)
    }
}
