import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// What the schema itself guarantees, whatever the code above it does.
@Suite struct SchemaTests {
    let world: World
    let ada: Caller
    let crm: String
    let invitation: Invitation

    init() async throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity(by: ada)
        invitation = try await world.invite("bob@example.com", to: crm, by: ada)
    }

    @Test func `every table checks the types of its columns`() throws {
        #expect(try world.laxTables() == [])
    }

    @Test func `an address can have only one pending invitation to an entity`() async throws {
        let second = try await world.violation { [world, invitation] tx in
            let copy = Invitation(
                id: world.useCases.ids.make("inv_"), entityId: invitation.entityId,
                email: invitation.email, role: .viewer, status: .pending,
                invitedBy: "usr_eve", message: nil, days: 7, expiresAt: tx.now,
                createdAt: tx.now)
            try InvitationStore.insert(copy, in: tx)
        }
        #expect(second == .uniqueViolation)
    }

    @Test func `a user can collaborate on an entity only once`() async throws {
        try await world.take(.token(world.token(invitation)), by: world.user("bob"))
        let second = try await world.violation { [crm] tx in
            try CollaboratorStore.insert(
                Collaborator(
                    entityId: crm, userId: "usr_bob", role: .viewer, addedBy: "usr_ada",
                    addedAt: tx.now), in: tx)
        }
        #expect(second == .uniqueViolation)
    }

    @Test func `unknown statuses and roles can't be stored`() async throws {
        let id = invitation.id
        let kinds = [
            try await world.violation {
                try $0.execute("UPDATE invitations SET status = 'x' WHERE id = ?1", .text(id))
            },
            try await world.violation {
                try $0.execute("UPDATE invitations SET role = 'owner' WHERE id = ?1", .text(id))
            },
            try await world.violation {
                try $0.execute(
                    "UPDATE invitations SET email_status = 'x' WHERE id = ?1", .text(id))
            },
        ]
        #expect(kinds.allSatisfy { $0 != nil && $0 != .uniqueViolation })
    }

    @Test func `audit entries can't be changed or deleted`() async throws {
        let changed = try await world.violation { tx in
            try tx.execute("UPDATE audit SET actor_id = 'usr_x' WHERE id > ''")
        }
        let deleted = try await world.violation { tx in
            try tx.execute("DELETE FROM audit WHERE id > ''")
        }
        #expect(changed != nil && deleted != nil)
    }

    @Test func `rows are read back as they were written`() async throws {
        let long = try await world.invite(
            "carol@example.com", to: crm, by: ada, role: "viewer", days: 90, message: "a\nb 'ü'")
        #expect(try world.find(long) == long)
        var changed = long
        changed.status = .accepted
        changed.invitedBy = "usr_x"
        changed.expiresAt = Timestamp(milliseconds: 5)
        changed.acceptedAt = Timestamp(milliseconds: 6)
        changed.acceptedBy = "usr_y"
        changed.isDeclined = true
        changed.generation = 6
        changed.claimDigest = nil
        changed.mailId = "mai_1"
        changed.delivery = .failed(reason: "no")
        try await world.database.write { [changed] in try InvitationStore.update(changed, in: $0) }
        #expect(try world.find(long) == changed)
    }
}
