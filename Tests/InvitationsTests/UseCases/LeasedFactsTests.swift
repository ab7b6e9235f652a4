import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations

/// Other services keep answers about collaborations until a change of their user or entity is
/// reported.
@Suite struct LeasedFactsTests {
    @Test(arguments: 1...20)
    func `whatever changes an answer, a change of its user or entity is reported`(
        seed: UInt64
    ) async throws {
        let world = try World(seed: seed, jobRows: 2)
        let random = SeededRandom(seed: seed)
        let owner = world.user("owner")
        let users = [world.user("ada"), world.user("bob"), world.user("eve")]
        let entities = (0..<3).map { _ in world.entity(by: owner) }
        func act() async throws {
            let (user, entity) = (users[random.below(3)], entities[random.below(3)])
            switch random.below(8) {
            case 0, 1, 2, 3: try await world.collaborator(user, on: entity, by: owner)
            case 4:
                _ = try await world.useCases.removeCollaborator(
                    user.userId, from: entity, by: owner
                ).commit()
            case 5:
                _ = try await world.context.onUserOffboarded(
                    user, by: owner, "opr_\(random.next())")
            case 6:
                _ = try await world.useCases.endCollaboration(
                    EndCollaborationCommand(
                        entityId: entity, userId: user.userId, email: nil,
                        actor: EventActor(owner)))
            default: _ = try await world.advanceJob()
            }
        }
        var changed = 0
        for _ in 0..<60 {
            let before = try answers(world, users, entities)
            _ = world.changes.take()
            try? await act()
            let keys = world.changes.take()
            for (question, answer) in try answers(world, users, entities)
            where answer != before[question] {
                changed += 1
                #expect(!keys.isDisjoint(with: question), "\(question): \(keys)")
            }
        }
        #expect(changed > 5)
    }

    private func answers(
        _ world: World, _ users: [Caller], _ entities: [String]
    ) throws -> [[String]: Bool] {
        let query = CollaborationsQuery(
            subjects: users.map { .init(userId: $0.userId, entityIds: entities) })
        let reply = try world.useCases.collaborations(query)
        var answers: [[String]: Bool] = [:]
        for (user, places) in zip(users, reply.subjects) {
            for (place, entity) in entities.enumerated() {
                answers[[user.userId, entity]] = places.contains(place)
            }
        }
        return answers
    }
}
