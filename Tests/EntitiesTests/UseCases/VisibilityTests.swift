import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Every operation on one entity, by users with every relation to it.
@Suite struct VisibilityTests {
    typealias Attempt = @Sendable (World, Entity, Caller) async throws -> Void

    static let attempts: [(name: String, action: EntityAction, run: Attempt)] = [
        ("get", .see, { _ = try await $0.useCases.getEntity($1.id, by: $2) }),
        (
            "list shares", .see,
            { _ = try await $0.useCases.listShares(of: $1.id, PageRequest(), by: $2) }
        ),
        (
            "list publishers", .see,
            { _ = try await $0.useCases.listPublishers(of: $1.id, PageRequest(), by: $2) }
        ),
        (
            "list versions", .see,
            { _ = try await $0.useCases.listVersions(of: $1.id, PageRequest(), by: $2) }
        ),
        ("get version", .see, { _ = try await $0.useCases.getVersion("1.0.0", of: $1.id, by: $2) }),
        ("explain", .see, { _ = try await $0.useCases.explainAccess(to: $1.id, of: nil, by: $2) }),
        ("share", .share, { _ = try await $0.share($1, with: "eve", by: $2) }),
        (
            "install", .install,
            { _ = try await $0.useCases.install($1.id, version: nil, by: $2).commit() }
        ),
        (
            "update", .update,
            { _ = try await $0.useCases.updateEntity($1.id, try EntityUpdate(), by: $2).commit() }
        ),
        ("push", .pushVersion, { _ = try await $0.publish("2.0.0", of: $1, by: $2) }),
        (
            "add publisher", .managePublishers,
            { _ = try await $0.addPublisher($0.user("eve"), to: $1, by: $2) }
        ),
        (
            "remove publisher", .managePublishers,
            { _ = try await $0.useCases.removePublisher("usr_spare", from: $1.id, by: $2).commit() }
        ),
        (
            "explain another's", .seeOthersAccess,
            { _ = try await $0.useCases.explainAccess(to: $1.id, of: "usr_eve", by: $2) }
        ),
        (
            "transfer", .transferOwnership,
            {
                _ = try await $0.useCases.transferOwnership(of: $1.id, to: "usr_eve", by: $2)
                    .commit()
            }
        ),
        ("delete", .delete, { _ = try await $0.useCases.deleteEntity($1.id, by: $2).commit() }),
    ]

    /// Callers and their relation to the entity.
    static let askers: [(name: String, standing: Standing)] = [
        ("stranger", Standing(isOwner: false, step: nil)),
        ("guest", Standing(isOwner: false, step: .directShare)),
        ("member", Standing(isOwner: false, step: .organizationStore)),
        ("helper", Standing(isOwner: false, step: .collaborator)),
        ("publisher", Standing(isOwner: false, step: .publisher)),
        ("owner", Standing(isOwner: true, step: .publisher)),
    ]

    @Test(arguments: 0..<attempts.count)
    func `every operation follows the policy`(index: Int) async throws {
        let attempt = Self.attempts[index]
        for (name, standing) in Self.askers {
            let (world, entity) = try await Self.furnished()
            let caller = Caller(userId: "usr_\(name)")
            let expected = fault { try EntityPolicy.authorize(attempt.action, standing) }
            let actual = await fault { try await attempt.run(world, entity, caller) }
            #expect(actual == expected, "\(attempt.name) by \(name)")
        }
    }

    @Test(arguments: 0..<attempts.count)
    func `hidden and missing entities get the same response, even while another service is down`(
        index: Int
    ) async throws {
        let attempt = Self.attempts[index]
        for isDown in [false, true] {
            let (world, entity) = try await Self.furnished()
            world.organizations.set { $0.isDown = isDown }
            let missing = Entity(
                id: "ent_01JHMZ0000000000000000000A", name: "", slug: "", type: .app,
                organizationId: nil, ownerId: "", createdAt: entity.createdAt,
                updatedAt: entity.createdAt)
            let stranger = Caller(userId: "usr_stranger")
            let faults = (
                await fault { try await attempt.run(world, entity, stranger) },
                await fault { try await attempt.run(world, missing, stranger) }
            )
            #expect(faults.0 == faults.1, "\(attempt.name)")
            #expect(faults.0?.code == (isDown ? "access_unknown" : "not_found"))
        }
    }

    /// An entity with all these users.
    static func furnished() async throws -> (World, Entity) {
        let world = try World()
        for name in askers.map(\.name) + ["spare", "eve"] { world.user(name) }
        let owner = Caller(userId: "usr_owner")
        let entity = try await world.entity(by: owner)
        try await world.publish("1.0.0", of: entity, by: owner)
        try await world.share(entity, with: "guest", by: owner)
        try await world.addPublisher(Caller(userId: "usr_publisher"), to: entity, by: owner)
        try await world.addPublisher(Caller(userId: "usr_spare"), to: entity, by: owner)
        world.organizations.set { $0.stores[entity.id] = ["usr_member"] }
        world.collaborators.set {
            $0.collaborations = [AccessQuery(entityId: entity.id, userId: "usr_helper")]
        }
        return (world, entity)
    }
}
