import EntitiesContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Every operation that depends on access decides alike.
@Suite struct AccessAgreementTests {
    static let names = ["ada", "bob", "cyd", "dan"]

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `get, list, check, explain and install agree about random grants`(
        seed: UInt64
    ) async throws {
        let (world, expected) = try await Self.randomWorld(seed)
        for name in Self.names {
            let user = Caller(userId: "usr_\(name)")
            let page = PageRequest(size: 100)
            let list = try await world.useCases.listEntities(EntityFilter(), page, by: user)
            let queries = expected.keys.filter { $0.userId == user.userId }
            let checks = try await world.useCases.checkAccess(queries, by: user).map(\.via)
            #expect(queries.count == 6 && checks.count == 6)
            for (query, check) in zip(queries, checks) {
                let steps = expected[query, default: []].sorted()
                let id = query.entityId
                #expect(check == steps.first, "seed \(seed)")
                #expect(list.items.first { $0.entity.id == id }?.via == steps.first)
                let got = await value(unless: "not_found") {
                    try await world.useCases.getEntity(id, by: user)
                }
                #expect(got?.via == steps.first)
                let explained = await value(unless: "not_found") {
                    try await world.useCases.explainAccess(to: id, of: nil, by: user)
                }
                #expect(explained?.paths.map(\.via) ?? [] == steps)
                let installed = await value(unless: "not_found") {
                    try await world.useCases.install(id, version: nil, by: user).commit()
                }
                #expect((installed != nil) == !steps.isEmpty)
            }
            #expect(list.total == list.items.count)
            #expect(list.total == queries.count { !expected[$0, default: []].isEmpty })
        }
    }

    /// A world, and every step that was given to each pair.
    static func randomWorld(
        _ seed: UInt64
    ) async throws -> (World, [AccessQuery: Set<AccessStep>]) {
        let world = try World(seed: seed)
        let random = SeededRandom(seed: seed)
        let users = names.map { world.user($0) }
        let owner = world.user("owner")
        var expected: [AccessQuery: Set<AccessStep>] = [:]
        for index in 0..<6 {
            let entity = try await world.entity("E\(index)", by: owner)
            let isPublic = random.below(4) == 0
            if isPublic { world.organizations.set { $0.publicEntities.insert(entity.id) } }
            for user in users {
                let query = AccessQuery(entityId: entity.id, userId: user.userId)
                var steps = Set(AccessStep.allCases.filter { _ in random.below(5) == 0 })
                steps.remove(.publicStore)
                try await give(steps, query, of: entity, by: owner, in: world)
                if isPublic { steps.insert(.publicStore) }
                expected[query] = steps
            }
        }
        return (world, expected)
    }

    static func give(
        _ steps: Set<AccessStep>, _ query: AccessQuery, of entity: Entity, by owner: Caller,
        in world: World
    ) async throws {
        let (id, userId) = (query.entityId, query.userId)
        for step in steps.sorted().reversed() {
            switch step {
            case .publisher:
                try await world.addPublisher(Caller(userId: userId), to: entity, by: owner)
            case .directShare:
                try await world.share(entity, with: String(userId.dropFirst(4)), by: owner)
            case .organizationStore:
                world.organizations.set { _ = $0.stores[id, default: []].insert(userId) }
            case .collaborator: world.collaborators.set { _ = $0.collaborations.insert(query) }
            case .publicStore: break
            }
        }
    }
}
