import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Offboarding takes back what a user was given and passes on what they own; the account stays.
@Suite struct UserOffboardedTests {
    private static let acme = "org_01KF0000000000000000000001"

    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller

    init() throws {
        world = try World(jobRows: 1)
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
    }

    private func reach(_ user: Caller) async throws -> [String] {
        try await world.useCases.listEntities(EntityFilter(), PageRequest(), by: user).items.map {
            "\($0.entity.name) \($0.via.rawValue)"
        }
    }

    private func counts(_ operation: String = "opr_1") throws -> OffboardingCounts {
        try world.useCases.offboardingState(operation).counts
    }

    @Test func `an offboarded user loses everything and can begin anew`() async throws {
        let mine = try await world.entity("Mine", by: ada)
        let theirs = try await world.entity("Theirs", by: bob)
        let third = try await world.entity("Third", by: bob)
        try await world.share(mine, with: "bob", by: ada)
        try await world.share(theirs, with: "ada", by: bob)
        try await world.addPublisher(ada, to: third, by: bob)
        _ = try await world.useCases.install(theirs.id, version: nil, by: ada).commit()
        world.later()
        #expect(try await world.useCases.onUserOffboarded(ada, by: root))
        #expect(try world.useCases.offboardingState("opr_1").finishedAt == nil)
        try await world.finishJobs()

        for entity in [mine, theirs, third] {
            #expect(try world.step(of: ada, to: entity) == nil)
        }
        #expect(try await reach(root) == ["Mine publisher"])
        #expect(
            try await reach(bob) == ["Third publisher", "Theirs publisher", "Mine direct_share"])
        let given = try await world.useCases.listSharesGiven(type: nil, PageRequest(), by: root)
        #expect(given.items.map(\.share.entityId) == [mine.id])

        let counts = try counts()
        #expect(counts.count(removed: .shares) == 1 && counts.count(removed: .installations) == 1)
        #expect(counts.count(removed: .publishers) == 2)
        #expect(counts.count(passedOn: .entities) == 1 && counts.count(passedOn: .shares) == 1)
        #expect(try world.useCases.offboardingState("opr_1").finishedAt == world.now)

        let fresh = try await world.entity("Fresh", by: ada)
        try await world.share(theirs, with: "ada", by: bob)
        #expect(try await reach(ada) == ["Fresh publisher", "Theirs direct_share"])
        #expect(try world.step(of: ada, to: fresh) == .publisher)
    }

    @Test func `access is gone as soon as the event is applied, before the job has taken it back`()
        async throws
    {
        let mine = try await world.entity("Mine", by: ada)
        let theirs = try await world.entity("Theirs", by: bob)
        try await world.share(theirs, with: "ada", by: bob)
        _ = try await world.useCases.install(theirs.id, version: nil, by: ada).commit()
        try await world.useCases.onUserOffboarded(ada, by: root)
        var slices = 0
        repeat {
            for entity in [mine, theirs] {
                #expect(try world.step(of: ada, to: entity) == nil)
                #expect(try !world.useCases.isPublisher(ada.userId, of: entity.id))
                let query = EntityStandingQuery(entityId: entity.id, userId: ada.userId)
                let standing = try world.useCases.getStanding(query)
                #expect(standing.step == nil)
                #expect(standing.entity?.ownerId == (entity == mine ? root : bob).userId)
            }
            let uses = world.useCases
            #expect(try await reach(ada).isEmpty)
            let received = try await uses.listSharesReceived(type: nil, PageRequest(), by: ada)
            #expect(received.items.isEmpty && received.total == 0)
            #expect(try await uses.listInstallations(PageRequest(), by: ada).total == 0)
            slices += 1
        } while try await world.advanceJob()
        #expect(slices > 3)
    }

    @Test func `what a user gets while the job runs stays, and what they had of it does not`()
        async throws
    {
        let old = try await world.entity("Old", by: ada)
        let theirs = try await world.entity("Theirs", by: bob)
        let other = try await world.entity("Other", by: bob)
        try await world.share(theirs, with: "ada", by: bob)
        try await world.addPublisher(ada, to: theirs, by: bob)
        try await world.share(other, with: "ada", by: bob)
        try await world.useCases.onUserOffboarded(ada, by: root)

        let outcome = try await world.share(theirs, with: "ada", by: bob)
        #expect(outcome.created.count == 1 && outcome.alreadyHadAccess.isEmpty)
        let fresh = try await world.entity("Fresh", by: ada)
        try await world.share(fresh, with: "bob", by: ada)
        _ = try await world.useCases.install(theirs.id, version: nil, by: ada).commit()
        repeat {
            #expect(try world.step(of: ada, to: theirs) == .directShare)
            #expect(try world.step(of: ada, to: fresh) == .publisher)
            #expect(try world.step(of: ada, to: other) == nil)
            #expect(try await reach(ada) == ["Fresh publisher", "Theirs direct_share"])
        } while try await world.advanceJob()
        #expect(try world.step(of: ada, to: old) == nil)
        let given = try await world.useCases.listSharesGiven(type: nil, PageRequest(), by: ada)
        #expect(given.items.map(\.share.entityId) == [fresh.id])
        let installed = try await world.useCases.listInstallations(PageRequest(), by: ada)
        #expect(installed.items.map(\.isUsable) == [true])
        #expect(try counts().count(removed: .shares) == 2)
        #expect(try counts().count(removed: .publishers) == 2)
    }

    @Test func `a second offboarding takes back what came after the first`() async throws {
        let theirs = try await world.entity("Theirs", by: bob)
        let other = try await world.entity("Other", by: bob)
        for entity in [theirs, other] { try await world.share(entity, with: "ada", by: bob) }
        try await world.useCases.onUserOffboarded(ada, by: root)
        try await world.share(theirs, with: "ada", by: bob)
        try await world.useCases.onUserOffboarded(ada, by: root, "opr_2")
        #expect(try world.step(of: ada, to: theirs) == nil)
        #expect(try await !world.useCases.onUserOffboarded(ada, by: root, "opr_2"))
        try await world.finishJobs()
        #expect(try await reach(ada).isEmpty)
        let removed = try counts().count(removed: .shares)
        #expect(try removed + counts("opr_2").count(removed: .shares) == 3)
        for operation in ["opr_1", "opr_2"] {
            #expect(try world.useCases.offboardingState(operation).finishedAt != nil)
        }
    }

    @Test func `the admin can be deleted or offboarded before the job is done`() async throws {
        let next = world.admin("next")
        let mine = try await world.entity("Mine", by: ada)
        try await world.share(try await world.entity("Theirs", by: bob), with: "ada", by: bob)
        try await world.useCases.onUserOffboarded(ada, by: root)
        try await world.useCases.onUserOffboarded(root, by: next, "opr_2")
        try await world.useCases.onUserDeleted(next.userId, by: bob, eventId: "evt_3")
        try await world.finishJobs()
        #expect(try world.publisherIds(of: mine) == [bob.userId])
        #expect(try await world.useCases.getEntity(mine.id, by: bob).entity.ownerId == bob.userId)
    }

    @Test func `a deletion after an offboarding takes the rest`() async throws {
        let theirs = try await world.entity("Theirs", by: bob)
        try await world.share(theirs, with: "ada", by: bob)
        try await world.share(try await world.entity("Other", by: bob), with: "ada", by: bob)
        try await world.useCases.onUserOffboarded(ada, by: root)
        try await world.share(theirs, with: "ada", by: bob)
        try await world.useCases.onUserDeleted(ada.userId, by: root, eventId: "evt_2")
        #expect(try world.step(of: ada, to: theirs) == nil)
        try await world.finishJobs()
        #expect(try world.step(of: ada, to: theirs) == nil)
        #expect(try await world.share(theirs, with: "ada", by: bob).notFound.count == 1)
    }

    // MARK: Memberships

    /// What an organization's own event does is the same, whichever arrives first.
    @Test(arguments: [false, true])
    func `an entity of an organization goes to its oldest other publisher or to the admin`(
        _ isMembershipFirst: Bool
    ) async throws {
        let members: Set = [ada.userId, bob.userId]
        world.organizations.set { $0.members[Self.acme] = members }
        let draft = try EntityDraft(name: "Bot", type: "app", organizationId: Self.acme)
        let bot = try await world.useCases.createEntity(draft, by: ada).commit()
        let late = try await world.useCases.createEntity(
            try EntityDraft(name: "Late", type: "app", organizationId: Self.acme), by: ada)
        try await world.addPublisher(world.user("cyd"), to: bot, by: ada)
        let membership = "mem_\(Self.acme)_\(ada.userId)"
        let fact = MemberRemoved(
            organizationId: Self.acme, userId: ada.userId, membershipId: membership,
            successorId: bob.userId, successorMembershipId: nil, actor: EventActor(root),
            operationId: "opr_1")
        func removeMember() async throws {
            _ = try await world.useCases.onMemberRemoved(fact, at: world.now, eventId: "evt_m")
        }
        if isMembershipFirst { try await removeMember() }
        world.later()
        try await world.useCases.onUserOffboarded(ada, by: root)
        try await world.finishJobs()
        // It asked about the membership before.
        let made = try? await late.commit()
        #expect((made == nil) == isMembershipFirst)
        try await world.addPublisher(ada, to: bot, by: world.user("cyd"))
        if !isMembershipFirst { try await removeMember() }
        try await world.finishJobs()
        let owner = try await world.useCases.getEntity(bot.id, by: world.user("cyd")).entity.ownerId
        #expect(owner == "usr_cyd")
        #expect(try world.step(of: ada, to: bot) == .publisher, "it was given since")
        if let made {
            #expect(try world.publisherIds(of: made) == [root.userId])
            #expect(try counts().count(passedOn: .entities) == 2)
        }
    }
}
