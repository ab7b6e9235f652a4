import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Transferring integrations.
@Suite struct OwnershipTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller
    let crm: Integration
    let team: Team

    /// Ada owns the integration and is admin of the team; root is its data wizard.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
        crm = try await world.integration(by: ada)
        team = try await world.team("A Team", by: ada)
        try await world.join(root, team, as: .dataWizard, by: ada)
    }

    @Test func `a transfer gives the new owner full access and ends the former owner's`()
        async throws
    {
        let moved = try await world.transfer(crm, userId: "bob", by: root)
        #expect(moved.owner == .user(bob.userId))
        #expect(moved.updatedAt == world.clock.now() && moved.createdAt == crm.createdAt)
        #expect(try world.find(crm.id) == moved)
        #expect(try await world.access(to: crm, by: bob) == "2147483647 owner")
        #expect(try await world.access(to: crm, by: ada) == nil)
        let name = try await world.useCases.getOwner(of: "crm", by: bob)
        #expect(name.name == .user("bob") && name.displayName == "Bob")
    }

    @Test func `a former owner keeps a share of their own`() async throws {
        try await world.share(crm, with: "user:ada", 4, by: ada)
        try await world.transfer(crm, userId: "bob", by: root)
        #expect(try await world.access(to: crm, by: ada) == "4 user:ada")
        let change = await fault { try await world.share(crm, with: "user:ada", 5, by: ada) }
        #expect(change?.code == "not_an_integration_manager")
    }

    @Test func `the members of an owning team have full access`() async throws {
        try await world.join(bob, team, by: ada)
        let moved = try await world.transfer(crm, teamId: team.id, by: root)
        #expect(moved.owner == .team("a-team"))
        for caller in [ada, bob, root] {
            #expect(try await world.access(to: crm, by: caller) == "2147483647 owner")
        }
        #expect(
            try await world.useCases.getOwner(of: crm.id, by: bob).name == .team("a-team"))
        // Ada has access only through the team now.
        try await world.leave(ada, team, by: ada)
        #expect(try await world.access(to: crm, by: ada) == nil)
    }

    @Test func `a transfer away from a team ends its members' access`() async throws {
        try await world.join(bob, team, as: .admin, by: ada)
        try await world.transfer(crm, teamId: team.id, by: root)
        try await world.transfer(crm, userId: "ada", by: root)
        #expect(try await world.access(to: crm, by: bob) == nil)
        #expect(try await world.access(to: crm, by: ada) == "2147483647 owner")
        try await world.useCases.deleteTeam(team.id, by: ada).commit()
    }

    @Test func `transferring to the current owner changes nothing`() async throws {
        let before = try world.database.dump()
        #expect(try await world.transfer(crm, userId: "ada", by: root) == crm)
        #expect(try world.database.dump() == before)
    }

    @Test func `transferring there and back changes updatedAt`() async throws {
        let there = try await world.useCases.changeOwner(
            of: crm.id, to: try NewOwner(userId: "bob", teamId: nil), by: root
        ).commit()
        let back = try await world.useCases.changeOwner(
            of: crm.id, to: try NewOwner(userId: "ada", teamId: nil), by: root
        ).commit()
        #expect(back.integration.owner == crm.owner)
        #expect(there.integration.updatedAt > crm.updatedAt)
        #expect(back.integration.updatedAt > there.integration.updatedAt)
    }

    // MARK: Permissions

    @Test func `only platform admins transfer, not even the owner`() async throws {
        try await world.share(crm, with: "user:bob", by: ada)
        for (caller, code) in [
            (ada, "admin_required"), (bob, "admin_required"), (world.user("eve"), "not_found"),
        ] {
            // Others don't learn whether the new owner exists.
            for name in ["bob", "nobody"] {
                let user = try await world.refusal {
                    try await world.transfer(crm, userId: name, by: caller)
                }
                #expect(user?.code == code)
            }
            for name in ["a-team", "none"] {
                let team = try await world.refusal {
                    try await world.transfer(crm, teamId: name, by: caller)
                }
                #expect(team?.code == code)
            }
        }
    }

    @Test func `a platform admin transfers only to teams in which they are data wizard or admin`()
        async throws
    {
        let other = try await world.team("Other", by: bob)
        let outside = try await world.refusal {
            try await world.transfer(crm, teamId: other.id, by: root)
        }
        #expect(outside?.code == "insufficient_team_role")
        try await world.join(root, other, by: bob)
        let member = try await world.refusal {
            try await world.transfer(crm, teamId: other.id, by: root)
        }
        #expect(member?.code == "insufficient_team_role")
        for role in [TeamRole.dataWizard, .admin] {
            try await world.join(root, other, as: role, by: bob)
            try await world.transfer(crm, teamId: other.id, by: root)
            try await world.transfer(crm, userId: "ada", by: root)
        }
    }

    @Test func `transferring to a team requires one more scope than to a user`() async throws {
        let narrow = Caller(
            userId: root.userId, isAdmin: true, scopes: ["integration:changeOwner"])
        let fault = try await world.refusal {
            try await world.transfer(crm, teamId: team.id, by: narrow)
        }
        #expect(fault?.code == "insufficient_scope")
        #expect(fault?.missingScopes == ["integration:changeOwnerToTeam"])
        try await world.transfer(crm, userId: "bob", by: narrow)
        let wide = Caller(
            userId: root.userId, isAdmin: true,
            scopes: ["integration:changeOwner", "integration:changeOwnerToTeam"])
        try await world.transfer(crm, teamId: team.id, by: wide)
    }

    @Test func `a new owner must exist`() async throws {
        for name in ["nobody", "usr_bob", "BOB", "", "a-team", "user:bob"] {
            let fault = try await world.refusal {
                try await world.transfer(crm, userId: name, by: root)
            }
            #expect(fault?.fields.map(\.pointer) == ["/userId"], "\(name)")
        }
        for name in ["none", "A-Team", "bob", "", "team:a-team"] {
            let fault = try await world.refusal {
                try await world.transfer(crm, teamId: name, by: root)
            }
            #expect(fault?.fields.map(\.pointer) == ["/teamId"], "\(name)")
        }
    }

    // MARK: Changes during the request

    @Test func `a user who is deleted during the lookup doesn't become the owner`() async throws {
        let useCases = world.slow { [world, bob, root] in
            _ = try await world.useCases.onUserDeleted(bob.userId, by: root, eventId: "evt_1")
        }
        let fault = await fault {
            try await useCases.changeOwner(
                of: crm.id, to: try NewOwner(userId: "bob", teamId: nil), by: root
            ).commit()
        }
        #expect(fault?.fields.map(\.pointer) == ["/userId"])
        #expect(try world.find(crm.id)?.owner == crm.owner)
    }

    @Test func `conditions are checked against the current owner's name`()
        async throws
    {
        let done = Flag()
        let useCases = world.slow { [world, crm, root] in
            if done.set() { try await world.transfer(crm, userId: "bob", by: root) }
        }
        // The new owner is a team, which needs no lookup: the lookup is the former owner's.
        let newOwner = try NewOwner(userId: nil, teamId: team.id)
        _ = try await useCases.changeOwner(of: crm.id, to: newOwner, by: root).commit {
            guard $0.owner.name == .user("bob") else { throw Fault.notFound }
        }
        #expect(try world.find(crm.id)?.owner == .team(team.id))
    }

    @Test func `a caller who leaves the team during the request can't transfer to it`()
        async throws
    {
        let useCases = world.slow { [world, root, team, ada] in
            if try world.roles(in: team)[root.userId] != nil {
                try await world.leave(root, team, by: ada)
            }
        }
        let fault = await fault {
            try await useCases.changeOwner(
                of: crm.id, to: try NewOwner(userId: nil, teamId: "a-team"), by: root
            ).commit { _ in }
        }
        #expect(fault?.code == "insufficient_team_role")
        #expect(try world.find(crm.id)?.owner == crm.owner)
    }
}
