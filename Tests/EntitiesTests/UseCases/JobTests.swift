import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Jobs change any number of rows in small transactions, with the same visible effect as one.
@Suite struct JobTests {
    private static let acme = "org_01KF0000000000000000000001"

    enum Deed: CaseIterable, Sendable {
        case deleteEntity
        case removeUser
        case offboardUser
        case releaseEntities
        case removeMember
    }

    /// Three of ada's entities in an organization, each with many shares, publishers and
    /// installations. Ada has received and given shares of other entities.
    private final class Crowd: JobScene {
        /// The entity itself.
        static let constantRows = 1
        static let tables = [
            "entities", "publishers", "shares", "versions", "installations",
        ]

        let world: World
        let ada: Caller
        let owner: Caller
        let others: [Caller]
        let entities: [Entity]

        init(jobRows: Int) async throws {
            let world = try World(jobRows: jobRows)
            let ada = world.user("ada")
            let owner = world.user("owner")
            let others = (0..<7).map { world.user("user\($0)") }
            (self.world, self.ada, self.owner, self.others) = (world, ada, owner, others)
            let members = Set(([ada, owner] + others).map(\.userId))
            world.organizations.set { $0.members[JobTests.acme] = members }
            var entities: [Entity] = []
            for (number, maker) in [ada, ada, ada, owner].enumerated() {
                world.later()
                let entity = try await world.useCases.createEntity(
                    try EntityDraft(
                        name: "Bot \(number)", type: "app", organizationId: JobTests.acme),
                    by: maker
                ).commit()
                entities.append(entity)
                for version in ["1.0.0", "1.1.0", "2.0.0"] {
                    try await world.publish(version, of: entity, by: maker)
                }
                try await world.addPublisher(others[0], to: entity, by: maker)
                for index in 1..<7 {
                    try await world.share(entity, with: "user\(index)", by: maker)
                    _ = try await world.useCases.install(entity.id, version: nil, by: others[index])
                        .commit()
                }
            }
            try await world.share(entities[3], with: "ada", by: owner)
            _ = try await world.useCases.install(entities[3].id, version: nil, by: ada).commit()
            self.entities = entities
        }

        func act(_ deed: Deed) async throws {
            world.later()
            switch deed {
            case .deleteEntity:
                try await world.useCases.deleteEntity(entities[0].id, by: ada).commit()
            case .removeUser:
                let admin = Caller(userId: owner.userId, isAdmin: true)
                try await world.useCases.onUserDeleted(ada.userId, by: admin, eventId: "evt_1")
            case .offboardUser:
                let admin = Caller(userId: owner.userId, isAdmin: true)
                try await world.useCases.onUserOffboarded(ada, by: admin)
            case .releaseEntities:
                let fact = OrganizationDeleted(
                    organizationId: JobTests.acme, actor: EventActor(owner))
                _ = try await world.useCases.onOrganizationDeleted(fact, eventId: "evt_1")
            case .removeMember:
                let fact = MemberRemoved(
                    organizationId: JobTests.acme, userId: ada.userId,
                    membershipId: "mem_\(JobTests.acme)_\(ada.userId)",
                    successorId: owner.userId, successorMembershipId: nil,
                    actor: EventActor(owner))
                _ = try await world.useCases.onMemberRemoved(fact, at: world.now, eventId: "evt_1")
            }
        }

        /// What all users see: lists with totals, single entities and access checks.
        func seen() async throws -> [String] {
            var seen: [String] = []
            for user in [ada, owner] + others {
                let uses = world.useCases
                let page = PageRequest(size: 5)
                let reached = try await uses.listEntities(EntityFilter(), page, by: user)
                let got = try await uses.listSharesReceived(type: nil, page, by: user)
                let given = try await uses.listSharesGiven(type: nil, page, by: user)
                let installed = try await uses.listInstallations(page, by: user)
                seen.append(
                    "\(user.userId) reaches \(reached.items.map(\.entity.name)) \(reached.total)")
                seen.append("got \(got.items.map(\.share.id)) \(got.total)")
                seen.append("gave \(given.items.map(\.share.id)) \(given.total)")
                seen.append("uses \(installed.items.map(\.entity.name)) \(installed.total)")
                let steps = try await uses.checkAccess(
                    entities.map { AccessQuery(entityId: $0.id, userId: user.userId) }, by: user)
                seen.append("may \(steps.map(\.via))")
                for entity in entities {
                    let found = await fault { try await uses.getEntity(entity.id, by: user) }
                    let publishes = try uses.isPublisher(user.userId, of: entity.id)
                    seen.append("\(entity.name) \(found?.code ?? "found") \(publishes)")
                    for share in got.items.map(\.share.id) {
                        let other = entities[0].id
                        let removal = await fault {
                            try await uses.removeShare(share, of: other, by: user).commit {
                                _, _ in throw Fault.notFound
                            }
                        }
                        seen.append("takes back \(removal?.code ?? "")")
                    }
                }
            }
            return seen
        }
    }

    @Test(arguments: Deed.allCases, [1, 2, 3])
    func `working in small slices has the same result as one transaction`(
        _ deed: Deed, _ rows: Int
    ) async throws {
        try await expectSlices(Crowd.self, deed, rows: rows)
    }

    @Test(arguments: [1, 3, 7])
    func `a deleted entity disappears for everybody at once, before its rows are deleted`(
        _ rows: Int
    ) async throws {
        let crowd = try await expectGoneAtOnce(Crowd.self, .deleteEntity, rows: rows)
        // The slug is available too.
        _ = try await crowd.world.entity("Other", by: crowd.owner, slug: crowd.entities[0].slug)
    }

    @Test func `the slug of an entity that is being deleted is available at once`() async throws {
        let crowd = try await Crowd(jobRows: 1)
        try await crowd.act(.deleteEntity)
        let other = try await crowd.world.entity(
            "Other", by: crowd.owner, slug: crowd.entities[0].slug)
        try await crowd.world.finishJobs()
        #expect(try await crowd.world.useCases.getEntity(other.id, by: crowd.owner).entity == other)
    }

    @Test func `a deleted user loses access at once`() async throws {
        let crowd = try await Crowd(jobRows: 1)
        try await crowd.act(.removeUser)
        let queries = crowd.entities.map {
            AccessQuery(entityId: $0.id, userId: crowd.ada.userId)
        }
        repeat {
            let steps = try await crowd.world.useCases.checkAccess(queries, by: crowd.others[0])
                .map(\.via)
            #expect(steps == [nil, nil, nil, nil])
        } while try await crowd.world.advanceJob()
    }

    /// The admin who deleted a user is deleted too: their new entities go to the next admin.
    @Test func `the job of a later event waits for an earlier job`() async throws {
        let crowd = try await Crowd(jobRows: 2)
        let world = crowd.world
        let first = Caller(userId: world.user("first").userId, isAdmin: true)
        let second = Caller(userId: world.user("second").userId, isAdmin: true)
        let alone = try await world.entity("Alone", by: crowd.ada)
        _ = try await world.useCases.onUserDeleted(crowd.ada.userId, by: first, eventId: "evt_1")
        _ = try await world.useCases.onUserDeleted(first.userId, by: second, eventId: "evt_2")
        #expect(try crowd.jobs() == 2)
        try await world.finishJobs()
        let owner = try world.database.read { try EntityStore.find(alone.id, in: $0)?.ownerId }
        #expect(owner == second.userId)
        #expect(try world.publisherIds(of: alone) == [second.userId])
    }

    @Test func `a repeated event starts no second job`() async throws {
        let crowd = try await Crowd(jobRows: 1)
        try await crowd.act(.removeUser)
        try await crowd.act(.removeUser)
        #expect(try crowd.jobs() == 1)
    }
}
