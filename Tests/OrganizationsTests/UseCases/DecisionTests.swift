import Contract
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

@Suite struct DecisionTests {
    @Test func `searches find exactly what is allowed`() async throws {
        let world = try World()
        let owner = world.user("owner")
        let members = ["admin", "member", "custom", "stranger"].map { world.user($0) }
        let root = Caller(userId: world.user("root").userId, isAdmin: true)
        let acme = try await world.organization("Acme", by: owner)
        let other = try await world.organization("Other", by: members[0])
        try await world.role("settings", ["org:settings"], in: acme, by: owner)
        try await world.join(members[0], acme, as: "admin", by: owner)
        try await world.join(members[1], acme, by: owner)
        try await world.join(members[2], acme, as: "settings", by: owner)
        let users = ([owner, root] + members).map {
            DecisionSubject(userId: $0.userId, isAdmin: $0.isAdmin)
        }
        let found = try await differences(
            of: world.useCases, among: users, and: [acme.id, other.id, "org_x"],
            actions: OrganizationDecisions.actions)
        #expect(found == [])
    }

    @Test func `decisions are the role's`() async throws {
        let world = try World()
        let owner = world.user("owner")
        let member = world.user("member")
        let acme = try await world.organization("Acme", by: owner)
        try await world.role("settings", ["org:settings"], in: acme, by: owner)
        try await world.join(member, acme, as: "settings", by: owner)
        func decide(_ caller: Caller, _ action: String, _ id: String) async throws -> Decision? {
            try await world.useCases.decide([
                DecisionQuery.Item(
                    subject: DecisionSubject(userId: caller.userId, isAdmin: caller.isAdmin),
                    action: action, resourceId: id)
            ]).first
        }
        #expect(try await decide(owner, "org:write", acme.id) == .allowed("owner"))
        #expect(try await decide(member, "org:settings", acme.slug) == .allowed("settings"))
        #expect(try await decide(member, "org:write", acme.id) == .denied)
        #expect(try await decide(member, "read", acme.id) == .allowed("member"))
        #expect(try await decide(world.user("stranger"), "read", acme.id) == .denied)
        let root = Caller(userId: "usr_root", isAdmin: true)
        #expect(try await decide(root, "read", acme.id) == .allowed("platform_admin"))
        #expect(try await decide(root, "org:write", acme.id) == .denied)
        #expect(try await decide(owner, "delete", acme.id) == .unknownAction)
        #expect(try await decide(owner, "read", "org_x") == .unknownResource)
        try await world.give("member", to: member, in: acme, by: owner)
        #expect(try await decide(member, "org:settings", acme.id) == .denied)
    }
}
