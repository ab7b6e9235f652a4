import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// One context checks membership in another one: whatever happens in between, rights that depend on
/// a membership end with it.
@Suite struct MembershipRaceTests {
    private static let acme = "org_01KF0000000000000000000001"

    /// One user who creates entities, leaves and rejoins, while requests and events are in
    /// progress, in random order.
    private final class Story {
        let world: World
        let ada: Caller
        let owner: Caller
        private let random: SeededRandom
        private var term = 1
        private var isMember = true
        private var asked: [(pending: PendingWrite<Void, Entity>, term: Int)] = []
        private(set) var created: [(entity: Entity, term: Int)] = []
        private var events: [(fact: MemberRemoved, at: Timestamp)] = []
        private var delivered: Set<Int> = []
        private var count = 0

        init(seed: UInt64) throws {
            random = SeededRandom(seed: seed)
            world = try World(seed: seed)
            ada = world.user("ada")
            owner = world.user("owner")
            let members: Set = [ada.userId, owner.userId]
            world.organizations.set { [ada] in
                $0.members[acme] = members
                $0.terms[ada.userId] = 1
            }
        }

        /// Whether the user still owns entities created under a membership.
        func keeps(_ term: Int) -> Bool { isMember && term == self.term }

        func step() async throws {
            if random.below(2) == 0 { world.later() }
            switch random.below(5) {
            case 0, 1: if isMember { try await ask() }
            case 2: try await commit()
            case 3: isMember ? leave() : rejoin()
            default: try await deliver()
            }
        }

        /// Completes all requests and events.
        func finish() async throws {
            while !asked.isEmpty || !events.isEmpty {
                if random.below(2) == 0 { try await commit() } else { try await deliver() }
            }
        }

        private func ask() async throws {
            count += 1
            let draft = try EntityDraft(
                name: "Bot \(count)", type: "app", organizationId: MembershipRaceTests.acme)
            asked.append((try await world.useCases.createEntity(draft, by: ada), term))
        }

        private func commit() async throws {
            guard !asked.isEmpty else { return }
            let (pending, term) = asked.remove(at: random.below(asked.count))
            do {
                created.append((try await pending.commit(), term))
            } catch let refused as Fault {
                #expect(refused.fields.map(\.pointer) == ["/organizationId"])
                #expect(delivered.contains(term))
            }
        }

        private func leave() {
            isMember = false
            world.organizations.set { [owner] in
                $0.members[MembershipRaceTests.acme] = [owner.userId]
            }
            let fact = MemberRemoved(
                organizationId: MembershipRaceTests.acme, userId: ada.userId,
                membershipId: "mem_\(MembershipRaceTests.acme)_\(ada.userId)_\(term)",
                successorId: owner.userId, successorMembershipId: "mem_owner",
                actor: EventActor(random.below(2) == 0 ? owner : ada))
            // The clocks of two services differ.
            let skew = Int64(random.below(11)) - 5
            events.append((fact, world.now.adding(seconds: skew)))
        }

        private func rejoin() {
            isMember = true
            term += 1
            world.organizations.set { [ada, owner, term] in
                $0.members[MembershipRaceTests.acme] = [ada.userId, owner.userId]
                $0.terms[ada.userId] = term
            }
        }

        private func deliver() async throws {
            guard !events.isEmpty else { return }
            let (fact, moment) = events.removeFirst()
            #expect(
                try await world.useCases.onMemberRemoved(
                    fact, at: moment, eventId: "evt_\(fact.membershipId)"))
            delivered.insert(Int(fact.membershipId.split(separator: "_").last ?? "") ?? 0)
        }
    }

    @Test(arguments: 1...60)
    func `a right that depends on a membership ends with it, in any order of events`(
        _ seed: UInt64
    ) async throws {
        let story = try Story(seed: seed)
        for _ in 0..<60 { try await story.step() }
        try await story.finish()
        for (entity, term) in story.created {
            let keeps = story.keeps(term)
            let found = try story.world.database.read {
                try EntityStore.find(entity.id, in: $0)
            }
            #expect(found?.ownerId == (keeps ? story.ada : story.owner).userId, "term \(term)")
            #expect(
                try story.world.step(of: story.ada, to: entity) == (keeps ? .publisher : nil))
        }
    }

    @Test func `a successor who was removed before becoming owner keeps nothing`() async throws {
        let world = try World()
        let users = ["ada", "bob", "cyd"].map { world.user($0) }
        let acme = Self.acme
        world.organizations.set { $0.members[acme] = Set(users.map(\.userId)) }
        world.later()
        let entity = try await world.useCases.createEntity(
            try EntityDraft(name: "Bot", type: "app", organizationId: acme), by: users[0]
        ).commit()
        let removals = zip(users, users.dropFirst()).map { user, successor in
            world.later()
            return (
                MemberRemoved(
                    organizationId: acme, userId: user.userId,
                    membershipId: "mem_\(acme)_\(user.userId)", successorId: successor.userId,
                    successorMembershipId: "mem_\(acme)_\(successor.userId)",
                    actor: EventActor(users[2])), world.now
            )
        }
        // Both events arrive long after.
        for (fact, moment) in removals {
            world.later()
            _ = try await world.useCases.onMemberRemoved(
                fact, at: moment, eventId: "evt_\(fact.userId)")
        }
        let found = try world.database.read { try EntityStore.find(entity.id, in: $0) }
        #expect(found?.ownerId == users[2].userId)
        #expect(try world.publisherIds(of: entity) == [users[2].userId])
    }
}
