import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing

@testable import Invitations
@testable import Workspaces

@Suite struct DecisionTests {
    @Test func `searches find exactly what is allowed`() async throws {
        let world = try World()
        let owner = world.user("owner")
        let one = try await world.workspace("One", by: owner)
        let two = try await world.workspace("Two", by: world.user("other"))
        for name in ["reader", "writer"] {
            try await world.member(
                world.user(name), of: one, by: owner, name == "writer" ? "write" : "read")
        }
        let users = ["owner", "other", "reader", "writer", "stranger"].map {
            DecisionSubject(userId: world.user($0).userId, isAdmin: $0 == "stranger")
        }
        let found = try await differences(
            of: world.workspaces, among: users, and: [one.id, two.id, "none"],
            actions: WorkspaceDecisions.actions)
        #expect(found == [])
    }

    @Test func `decisions are by permission`() async throws {
        let world = try World()
        let owner = world.user("owner")
        let reader = world.user("reader")
        let lab = try await world.workspace(by: owner)
        try await world.member(reader, of: lab, by: owner)
        func decide(_ caller: Caller, _ action: String, _ id: String) async throws -> Decision? {
            try await world.workspaces.decide([
                DecisionQuery.Item(
                    subject: DecisionSubject(userId: caller.userId, isAdmin: false),
                    action: action, resourceId: id)
            ]).first
        }
        #expect(try await decide(owner, "own", lab.id) == .allowed("owner"))
        #expect(try await decide(reader, "read", lab.id) == .allowed("member"))
        #expect(try await decide(reader, "write", lab.id) == .denied)
        #expect(try await decide(reader, "fly", lab.id) == .unknownAction)
        #expect(try await decide(owner, "read", "none") == .unknownResource)
        #expect(try await decide(world.user("stranger"), "read", lab.id) == .denied)
        try await world.set(.write, of: reader, in: lab, by: owner)
        #expect(try await decide(reader, "write", lab.id) == .allowed("member"))
    }
}
