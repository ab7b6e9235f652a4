import Contract
import FoundationEssentials
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// Offboarding ends all memberships of a user, whose account stays.
@Suite struct UserOffboardedTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let cyd: Caller
    let root: Caller

    init() throws {
        world = try World(jobRows: 1)
        ada = world.user("ada")
        bob = world.user("bob")
        cyd = world.user("cyd")
        root = world.admin()
    }

    private func counts() throws -> OffboardingCounts {
        try world.useCases.offboardingState("opr_1").counts
    }

    private func mine(_ user: Caller) throws -> [String] {
        try world.useCases.listOrganizations(search: nil, PageRequest(), by: user).items.map {
            $0.organization.name
        }
    }

    private func events() throws -> [MemberRemoved] {
        try world.database.outbox().filter { $0.type == MemberRemoved.type }.map {
            try JSONDecoder().decode(MemberRemoved.self, from: Data($0.data.utf8))
        }
    }

    @Test func `an organization goes to a suspended member only if there is no other`()
        async throws
    {
        let acme = try await world.organization("Acme", by: ada)
        try await world.join(bob, acme, as: "admin", by: ada)
        try await world.join(cyd, acme, by: ada)
        let bolt = try await world.organization("Bolt", by: ada)
        try await world.join(bob, bolt, by: ada)
        try await world.database.write {
            try SuspendedUsers.set("usr_bob", isSuspended: true, in: $0)
        }
        try await world.useCases.onUserOffboarded(ada, by: root)
        try await world.finishJobs()
        #expect(try world.roles(of: acme) == ["usr_bob": "admin", "usr_cyd": "owner"])
        #expect(try world.roles(of: bolt) == ["usr_bob": "owner"])
    }

    @Test func `memberships end, and the last owner's organizations get another owner`()
        async throws
    {
        let acme = try await world.organization("Acme", by: ada)
        try await world.join(bob, acme, by: ada)
        try await world.join(cyd, acme, as: "admin", by: ada)
        let bolt = try await world.organization("Bolt", by: bob)
        let former = try await world.join(ada, bolt, by: bob)
        _ = try await world.organization("Alone", by: ada)
        try await world.useCases.onUserOffboarded(ada, by: root)
        try await world.finishJobs()
        #expect(try world.roles(of: acme) == ["usr_bob": "member", "usr_cyd": "owner"])
        #expect(try world.roles(of: bolt) == ["usr_bob": "owner"])
        #expect(try mine(ada).isEmpty)
        let counts = try counts()
        #expect(counts.count(removed: .memberships) == 3)
        #expect(counts.count(removed: .organizations) == 1)
        #expect(counts.count(passedOn: .organizations) == 1)
        #expect(try world.useCases.offboardingState("opr_1").finishedAt != nil)

        // The entities context ends what depends on them.
        let removed = try events()
        #expect(removed.map(\.operationId) == ["opr_1", "opr_1"])
        #expect(removed.contains { $0.membershipId == former.id && $0.successorId == bob.userId })

        try await world.join(ada, bolt, by: bob)
        _ = try await world.organization("Anew", by: ada)
        #expect(try mine(ada) == ["Anew", "Bolt"])
    }

    @Test func `members lose everything at once, and what they join meanwhile stays`() async throws
    {
        let entity = world.entities.add("Bot", by: bob)
        var organizations: [Organization] = []
        for number in 0..<4 {
            let made = try await world.organization("Acme \(number)", by: bob)
            try await world.join(ada, made, as: "owner", by: bob)
            organizations.append(made)
        }
        try await world.publish(entity, to: organizations[3], by: bob)
        try await world.useCases.onUserOffboarded(ada, by: root)
        let rejoined = try await world.join(ada, organizations[2], by: bob)
        let own = try await world.organization("Own", by: ada)
        // The other owner is no owner any more.
        let leaving = await fault {
            try await world.useCases.removeMember(
                bob.userId, of: organizations[3].id, by: bob
            ).commit()
        }
        #expect(leaving == Fault(OrganizationProblems.lastOwner))
        repeat {
            #expect(try mine(ada) == ["Own", "Acme 2"])
            let query = StoreAccessQuery(subjects: [
                .init(userId: ada.userId, entityIds: [entity]),
                .init(userId: ada.userId, entityIds: [entity, entity]),
            ])
            let access = try world.useCases.storeAccess(query)
            #expect(access.subjects.flatMap(\.organizationStore) == [])
            let stores = try await world.opened(to: ada.userId)
            #expect(stores.organizationStores.isEmpty)
            for organization in organizations {
                let membership = try world.useCases.membership(
                    .init(userId: ada.userId, organizationId: organization.id))
                let isIn = organization == organizations[2]
                #expect(membership.membershipId == (isIn ? rejoined.id : nil))
                let seen = await fault {
                    try await world.useCases.getOrganization(organization.id, by: ada)
                }
                #expect((seen == nil) == isIn)
            }
            let colleagues = try world.useCases.colleagues(
                .init(userId: ada.userId, among: [bob.userId]))
            #expect(colleagues.colleagues == [bob.userId])
        } while try await world.advanceJob()
        #expect(try world.roles(of: organizations[2])[ada.userId] == "member")
        #expect(try world.roles(of: own) == [ada.userId: "owner"])
        #expect(try counts().count(removed: .memberships) == 4)
    }

    @Test func `two owners who are offboarded at once leave their organization to a member`()
        async throws
    {
        let acme = try await world.organization("Acme", by: ada)
        try await world.join(bob, acme, as: "owner", by: ada)
        try await world.join(cyd, acme, by: ada)
        _ = try await world.organization("Other", by: ada)
        try await world.useCases.onUserOffboarded(ada, by: root)
        try await world.useCases.onUserOffboarded(bob, by: root, "opr_2")
        try await world.finishJobs()
        #expect(try world.roles(of: acme) == [cyd.userId: "owner"])
    }
}
