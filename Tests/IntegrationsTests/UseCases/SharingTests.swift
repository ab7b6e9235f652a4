import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Creating, changing and revoking shares.
@Suite struct SharingTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let eve: Caller
    let crm: Integration
    let team: Team

    /// Ada owns the integration and the team and shares the integration with Bob.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        eve = world.user("eve")
        crm = try await world.integration(by: ada)
        team = try await world.team("A Team", by: ada)
    }

    @Test func `a new share gives access at once`() async throws {
        #expect(try await world.access(to: crm, by: bob) == nil)
        let share = try await world.share(crm, with: "user:bob", 3, by: ada)
        #expect(share.principal == .user(bob.userId) && share.integrationId == crm.id)
        #expect(share.createdAt == world.clock.now() && share.updatedAt == share.createdAt)
        #expect(IDMinter.isWellFormed(share.id, prefix: "shr_"))
        #expect(try await world.access(to: crm, by: bob) == "3 user:bob")
        #expect(try await world.access(to: crm, by: eve) == nil)
        #expect(try world.find(crm.id)?.shareCount == 1)
    }

    @Test func `another level changes the share and its updatedAt`() async throws {
        let made = try await world.share(crm, with: "user:bob", 3, by: ada)
        let changed = try await world.share(crm, with: "user:bob", 1, by: ada)
        #expect(changed.id == made.id && changed.createdAt == made.createdAt)
        #expect(changed.updatedAt == world.clock.now() && changed.updatedAt > made.updatedAt)
        #expect(try await world.access(to: crm, by: bob) == "1 user:bob")
        #expect(try world.find(crm.id)?.shareCount == 1)
    }

    @Test func `sharing with the same level changes nothing and records nothing`() async throws {
        let made = try await world.share(crm, with: "team:a-team", 3, by: ada)
        let before = try world.database.dump()
        #expect(try await world.share(crm, with: "team:a-team", 3, by: ada) == made)
        #expect(try world.database.dump() == before)
    }

    @Test func `sharing doesn't change the integration's updatedAt`() async throws {
        try await world.share(crm, with: "user:bob", by: ada)
        #expect(try world.find(crm.id)?.updatedAt == crm.updatedAt)
    }

    @Test func `revoking a share ends access at once`() async throws {
        try await world.share(crm, with: "user:bob", by: ada)
        try await world.share(crm, with: "team:a-team", by: ada)
        try await world.unshare(crm, with: "user:bob", by: ada)
        #expect(try await world.access(to: crm, by: bob) == nil)
        #expect(try world.shares(of: crm) == ["team:a-team": 1])
        for name in ["user:bob", "user:nobody", "team:none", "nobody"] {
            let again = try await world.refusal {
                try await world.unshare(crm, with: name, by: ada)
            }
            #expect(again == .notFound, "\(name)")
        }
    }

    @Test func `sharing again after revoking creates a new share`() async throws {
        let first = try await world.share(crm, with: "user:bob", by: ada)
        try await world.unshare(crm, with: "user:bob", by: ada)
        let second = try await world.share(crm, with: "user:bob", by: ada)
        #expect(second.id != first.id && second.createdAt > first.createdAt)
    }

    @Test(arguments: [
        "user:nobody", "team:none", "user:a-team", "team:bob", "user:usr_bob", "user:BOB",
        "team:A-Team", "bob", "", "user:",
    ])
    func `sharing with a missing principal is refused`(_ name: String) async throws {
        let fault = try await world.refusal { try await world.share(crm, with: name, by: ada) }
        #expect(fault?.kind == .invalid && fault?.fields.map(\.pointer) == ["/principalId"])
    }

    @Test func `callers who can't share don't learn which principals exist`() async throws {
        try await world.share(crm, with: "user:bob", by: ada)
        for name in ["user:eve", "user:nobody", "team:none", "nonsense"] {
            for (caller, code) in [(bob, "not_an_integration_manager"), (eve, "not_found")] {
                let given = try await world.refusal {
                    try await world.share(crm, with: name, by: caller)
                }
                let taken = try await world.refusal {
                    try await world.unshare(crm, with: name, by: caller)
                }
                #expect(given?.code == code && taken?.code == code, "\(name)")
            }
        }
    }

    @Test func `a share doesn't allow to share further or to raise one's own level`() async throws {
        try await world.share(crm, with: "user:bob", 5, by: ada)
        for name in ["user:bob", "user:eve", "team:a-team"] {
            let fault = try await world.refusal {
                try await world.share(crm, with: name, 9, by: bob)
            }
            #expect(fault?.code == "not_an_integration_manager")
        }
    }

    @Test func `data wizards and admins share what their team owns, plain members can't`()
        async throws
    {
        let root = world.admin()
        try await world.join(root, team, as: .dataWizard, by: ada)
        try await world.transfer(crm, teamId: team.id, by: root)
        for (role, code) in [
            (TeamRole.member, "not_an_integration_manager"), (.dataWizard, nil), (.admin, nil),
        ] as [(TeamRole, String?)] {
            try await world.join(bob, team, as: role, by: ada)
            let given = await fault { try await world.share(crm, with: "user:eve", by: bob) }
            #expect(given?.code == code, "\(role)")
            let taken = await fault { try await world.unshare(crm, with: "user:eve", by: bob) }
            #expect(taken?.code == code, "\(role)")
        }
    }

    // MARK: Reading

    @Test func `everyone who sees the integration sees its shares with names`() async throws {
        try await world.share(crm, with: "user:bob", 2, by: ada)
        try await world.share(crm, with: "team:a-team", 3, by: ada)
        for caller in [ada, bob, world.admin()] {
            let page = try await world.useCases.listShares(of: crm.id, PageRequest(), by: caller)
            #expect(page.total == 2)
            #expect(page.items.map(\.principal.name.text) == ["team:a-team", "user:bob"])
            #expect(page.items.map(\.principal.displayName) == ["A Team", "Bob"])
            let share = try await world.useCases.getShare(
                of: crm.id, with: .team("a-team"), by: caller)
            #expect(share.share.level.value == 3)
        }
        #expect(
            await fault {
                try await world.useCases.listShares(of: crm.id, PageRequest(), by: eve)
            } == .notFound)
    }

    @Test(arguments: ["user:eve", "user:nobody", "team:none", "nonsense"])
    func `a share that does not exist is 404`(_ name: String) async throws {
        let fault = await fault {
            try await world.useCases.getShare(of: crm.id, with: PrincipalName(name), by: ada)
        }
        #expect(fault == .notFound)
    }

    // MARK: Changes during the request

    @Test func `permission to share is checked in the transaction`() async throws {
        let root = world.admin()
        try await world.join(root, team, as: .admin, by: ada)
        try await world.transfer(crm, teamId: team.id, by: root)
        let change = world.useCases.shareIntegration(
            crm.id, with: .user("bob"), .default, by: ada)
        try await world.join(ada, team, as: .member, by: root)
        #expect(await fault { try await change.commit() }?.code == "not_an_integration_manager")
        try await world.leave(ada, team, by: root)
        #expect(await fault { try await change.commit() } == .notFound)
        #expect(try world.shares(of: crm).isEmpty)
    }

    @Test func `a user who is deleted during the lookup gets no share`() async throws {
        let root = world.admin()
        let useCases = world.slow { [world, bob] in
            _ = try await world.useCases.onUserDeleted(bob.userId, by: root, eventId: "evt_1")
        }
        let fault = await fault {
            try await useCases.shareIntegration(crm.id, with: .user("bob"), .default, by: ada)
                .commit()
        }
        #expect(fault?.fields.map(\.pointer) == ["/principalId"])
        #expect(try world.shares(of: crm).isEmpty)
    }

    @Test func `a team that is deleted during the lookup of names still appears as a team`()
        async throws
    {
        try await world.share(crm, with: "team:a-team", by: ada)
        try await world.share(crm, with: "user:bob", by: ada)
        let useCases = world.slow { [world, ada] in
            if try world.find(team: "a-team") != nil {
                try await world.useCases.deleteTeam("a-team", by: ada).commit()
            }
        }
        let page = try await useCases.listShares(of: crm.id, PageRequest(), by: ada)
        #expect(page.items.map(\.principal.name.text) == ["user:bob", "team:a-team"])
    }
}
