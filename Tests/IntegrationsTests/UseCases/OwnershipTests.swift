import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Handing integrations over.
@Suite struct OwnershipTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller
    let crm: Integration
    let team: Team

    /// Ada owns the integration and is admin of the team, root its data wizard.
    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
        crm = try await world.integration(by: ada)
        team = try await world.team("A Team", by: ada)
        try await world.join(root, team, as: .dataWizard, by: ada)
    }

    /// The fault with which `body` is refused; it must have changed nothing.
    private func refusal<T>(_ body: () async throws -> T) async throws -> Fault? {
        let before = try world.database.everything()
        let fault = await fault(body)
        #expect(try world.database.everything() == before)
        return fault
    }

    @Test func `the new owner has all, the former nothing`() async throws {
        let moved = try await world.handOver(crm, userId: "bob", by: root)
        #expect(moved.owner == .user(bob.userId))
        #expect(moved.updatedAt == world.clock.now() && moved.createdAt == crm.createdAt)
        #expect(try world.find(crm.id) == moved)
        #expect(try await world.access(to: crm, by: bob) == "2147483647 owner")
        #expect(try await world.access(to: crm, by: ada) == nil)
        let name = try await world.useCases.getOwner(of: "crm", by: bob)
        #expect(name.name == .user("bob") && name.displayName == "Bob")
    }

    @Test func `a former owner keeps what was shared with him`() async throws {
        try await world.share(crm, with: "user:ada", 4, by: ada)
        try await world.handOver(crm, userId: "bob", by: root)
        #expect(try await world.access(to: crm, by: ada) == "4 user:ada")
        let change = await fault { try await world.share(crm, with: "user:ada", 5, by: ada) }
        #expect(change?.code == "not_an_integration_manager")
    }

    @Test func `what a team owns is its members', each by his role`() async throws {
        try await world.join(bob, team, by: ada)
        let moved = try await world.handOver(crm, teamId: team.id, by: root)
        #expect(moved.owner == .team("a-team"))
        for caller in [ada, bob, root] {
            #expect(try await world.access(to: crm, by: caller) == "2147483647 owner")
        }
        #expect(
            try await world.useCases.getOwner(of: crm.id, by: bob).name == .team("a-team"))
        // Ada has it by the team alone now.
        try await world.leave(ada, team, by: ada)
        #expect(try await world.access(to: crm, by: ada) == nil)
    }

    @Test func `a team that hands it on keeps nothing`() async throws {
        try await world.join(bob, team, as: .admin, by: ada)
        try await world.handOver(crm, teamId: team.id, by: root)
        try await world.handOver(crm, userId: "ada", by: root)
        #expect(try await world.access(to: crm, by: bob) == nil)
        #expect(try await world.access(to: crm, by: ada) == "2147483647 owner")
        try await world.useCases.deleteTeam(team.id, by: ada).commit()
    }

    @Test func `who has it already stays, and nothing is changed`() async throws {
        let before = try world.database.everything()
        #expect(try await world.handOver(crm, userId: "ada", by: root) == crm)
        #expect(try world.database.everything() == before)
    }

    @Test func `a hand-over there and back leaves another time`() async throws {
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

    // MARK: Who may

    @Test func `not even its owner hands it over, unless he is a platform admin`() async throws {
        try await world.share(crm, with: "user:bob", by: ada)
        for (caller, code) in [
            (ada, "admin_required"), (bob, "admin_required"), (world.user("eve"), "not_found"),
        ] {
            // Whether the new owner exists is nobody else's business.
            for name in ["bob", "nobody"] {
                let user = try await refusal {
                    try await world.handOver(crm, userId: name, by: caller)
                }
                #expect(user?.code == code)
            }
            for name in ["a-team", "none"] {
                let team = try await refusal {
                    try await world.handOver(crm, teamId: name, by: caller)
                }
                #expect(team?.code == code)
            }
        }
    }

    @Test func `a platform admin hands over to a team of his own, as its data wizard or admin`()
        async throws
    {
        let other = try await world.team("Other", by: bob)
        let outside = try await refusal {
            try await world.handOver(crm, teamId: other.id, by: root)
        }
        #expect(outside?.code == "insufficient_team_role")
        try await world.join(root, other, by: bob)
        let member = try await refusal {
            try await world.handOver(crm, teamId: other.id, by: root)
        }
        #expect(member?.code == "insufficient_team_role")
        for role in [TeamRole.dataWizard, .admin] {
            try await world.join(root, other, as: role, by: bob)
            try await world.handOver(crm, teamId: other.id, by: root)
            try await world.handOver(crm, userId: "ada", by: root)
        }
    }

    @Test func `for a team the token needs one scope more, for a user it does not`() async throws {
        let narrow = Caller(
            userId: root.userId, isAdmin: true, scopes: ["integration:changeOwner"])
        let fault = try await refusal {
            try await world.handOver(crm, teamId: team.id, by: narrow)
        }
        #expect(fault?.code == "insufficient_scope")
        #expect(fault?.missingScopes == ["integration:changeOwnerToTeam"])
        try await world.handOver(crm, userId: "bob", by: narrow)
        let wide = Caller(
            userId: root.userId, isAdmin: true,
            scopes: ["integration:changeOwner", "integration:changeOwnerToTeam"])
        try await world.handOver(crm, teamId: team.id, by: wide)
    }

    @Test func `a new owner must exist`() async throws {
        for name in ["nobody", "usr_bob", "BOB", "", "a-team", "user:bob"] {
            let fault = try await refusal {
                try await world.handOver(crm, userId: name, by: root)
            }
            #expect(fault?.fields.map(\.pointer) == ["/userId"], "\(name)")
        }
        for name in ["none", "A-Team", "bob", "", "team:a-team"] {
            let fault = try await refusal {
                try await world.handOver(crm, teamId: name, by: root)
            }
            #expect(fault?.fields.map(\.pointer) == ["/teamId"], "\(name)")
        }
    }

    // MARK: What happens meanwhile

    @Test func `a user who is deleted while he is looked up becomes no owner`() async throws {
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

    @Test func `what is demanded is held against the owner of the moment, by his name`()
        async throws
    {
        let done = Once()
        let useCases = world.slow { [world, crm, root] in
            if done.isFirst { try await world.handOver(crm, userId: "bob", by: root) }
        }
        // A team is not looked up, so that the former owner is.
        let newOwner = try NewOwner(userId: nil, teamId: team.id)
        _ = try await useCases.changeOwner(of: crm.id, to: newOwner, by: root).commit {
            guard $0.owner.name == .user("bob") else { throw Fault.notFound }
        }
        #expect(try world.find(crm.id)?.owner == .team(team.id))
    }

    @Test func `who leaves the team meanwhile hands nothing over to it`() async throws {
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
