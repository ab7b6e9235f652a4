import Contract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// The entities service revokes a user's access: the part of this context.
@Suite struct EndCollaborationTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let carol: Caller
    let crm: String

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        carol = world.user("carol")
        crm = world.entity(by: ada)
        try await world.collaborator(bob, on: crm, by: ada)
    }

    @discardableResult
    private func end(_ name: String, isKnown: Bool = true) async throws -> EndCollaborationReply {
        world.later()
        return try await world.useCases.endCollaboration(
            EndCollaborationCommand(
                entityId: crm, userId: "usr_\(name)",
                email: isKnown ? "\(name)@example.com" : nil, actor: EventActor(carol)))
    }

    private func collaborators() throws -> [String] {
        try world.useCases.collaboratorPeople(
            CollaboratorPeopleQuery(entityId: crm, after: "", limit: 10)
        ).userIds
    }

    @Test func `a repetition is answered when the first one has settled`() async throws {
        #expect(try await end("bob", isKnown: false).collaborator != nil)
        #expect(world.changes.settledAll == 0)
        #expect(try await end("bob", isKnown: false).collaborator == nil)
        #expect(world.changes.settledAll > 0)
    }

    @Test func `a collaboration ends once, with audit entry and event`() async throws {
        let reply = try await end("bob")
        #expect(reply.collaborator?.userId == bob.userId)
        #expect(reply.collaborator?.addedBy == ada.userId)
        #expect(try collaborators() == [])
        let entry = try #require(try world.audit(crm).last)
        #expect(entry.action == "collaborator.removed" && entry.actorId == carol.userId)
        #expect(try world.events().last == "\(InvitationEvents.collaboratorRemoved) > usr_ada")
        let before = try world.database.dump()
        #expect(try await end("bob") == EndCollaborationReply(collaborator: nil))
        #expect(try world.database.dump() == before)
    }

    @Test func `a pending invitation to the address is revoked, others are not`() async throws {
        let carols = try await world.invite("carol@example.com", to: crm, by: ada)
        let dans = try await world.invite("dan@example.com", to: crm, by: ada)
        #expect(try await end("carol") == EndCollaborationReply(collaborator: nil))
        #expect(try world.status(carols) == .revoked)
        #expect(try world.status(dans) == .pending)
        try await end("dan", isKnown: false)
        #expect(try world.status(dans) == .pending)
    }

    @Test func `an invitation is accepted before the end, which removes it, or not at all`()
        async throws
    {
        for index in 0..<30 {
            let name = "guest\(index)"
            let guest = world.user(name)
            let invitation = try await world.invite("\(name)@example.com", to: crm, by: ada)
            let result = await race(2) { index in
                if index == 0 {
                    try await end(name)
                } else {
                    _ = try await world.accept(invitation, by: guest)
                }
            }
            #expect(Set(result.codes).isSubset(of: ["invitation_revoked"]))
            #expect(try !collaborators().contains(guest.userId))
            #expect(try world.status(invitation) != .pending)
        }
    }

    @Test func `collaborators are listed in parts by id`() async throws {
        for name in ["dan", "carol"] {
            world.user(name)
            try await world.collaborator(world.user(name), on: crm, by: ada)
        }
        func part(after userId: String) throws -> [String] {
            try world.useCases.collaboratorPeople(
                CollaboratorPeopleQuery(entityId: crm, after: userId, limit: 2)
            ).userIds
        }
        #expect(try part(after: "") == [bob.userId, carol.userId])
        #expect(try part(after: carol.userId) == ["usr_dan"])
        let fault = fault {
            try world.useCases.collaboratorPeople(
                CollaboratorPeopleQuery(entityId: crm, after: "", limit: 1_001))
        }
        #expect(fault?.fields.map(\.pointer) == ["/limit"])
    }
}
