import Contract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Every change is audited and emits its event; a refusal does neither.
@Suite struct ProofTests {
    @Test func `the audit shows every step from invitation to removal`() async throws {
        let world = try World()
        let (ada, bob, carol) = (world.user("ada"), world.user("bob"), world.user("carol"))
        let crm = world.entity(by: ada)
        let first = try await world.invite("bob@example.com", to: crm, by: ada, days: 1)
        world.days(2)
        _ = try await world.useCases.expireSome()
        let again = try await world.resend(first, by: ada)
        try await world.accept(again, by: bob)
        let second = try await world.invite("carol@example.com", to: crm, by: ada)
        try await world.decline(.token(world.token(second)), by: carol)
        let third = try await world.invite("carol@example.com", to: crm, by: ada)
        try await world.revoke(third, by: ada)
        try await world.useCases.removeCollaborator(bob.userId, from: crm, by: bob).commit()
        let actors = try world.audit(crm).map { "\($0.action) \($0.actorId ?? "-")" }
        #expect(
            actors == [
                "invitation.created usr_ada", "invitation.expired -", "invitation.resent usr_ada",
                "invitation.accepted usr_bob", "collaborator.added usr_bob",
                "invitation.created usr_ada", "invitation.revoked usr_carol",
                "invitation.created usr_ada", "invitation.revoked usr_ada",
                "collaborator.removed usr_bob",
            ])
        #expect(try world.eventTypes().contains("invitation.resent"))
        #expect(
            try world.events() == [
                "invitation.sent > usr_ada", "invitation.expired > usr_ada",
                "invitation.accepted > usr_ada", "collaborator.added > usr_ada",
                "invitation.sent > usr_ada", "invitation.revoked > usr_ada",
                "invitation.sent > usr_ada", "invitation.revoked > usr_ada",
                "collaborator.removed > usr_ada",
            ])
    }

    @Test func `each audit entry's before equals the previous entry's after`() async throws {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        let crm = world.entity(by: ada)
        let made = try await world.invite("bob@example.com", to: crm, by: ada)
        let again = try await world.resend(made, by: ada)
        try await world.accept(again, by: bob)
        let entries = try world.audit(crm).filter { $0.subject.id == made.id }
        #expect(entries.count == 3)
        for (former, later) in zip(entries, entries.dropFirst()) {
            #expect(later.before == former.after && later.after != later.before)
        }
    }

    @Test func `a failed transaction leaves no audit entry`() async throws {
        struct Broken: Error {}
        let world = try World()
        let ada = world.user("ada")
        let crm = world.entity(by: ada)
        let before = try world.database.dump()
        let change = try await world.useCases.createInvitation(
            to: crm, try InvitationDraft(email: "bob@example.com"), by: ada)
        await #expect(throws: Broken.self) {
            try await change.commit { _, _ in throw Broken() }
        }
        #expect(try world.database.dump() == before)
    }
}
