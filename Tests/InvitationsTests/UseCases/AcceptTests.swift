import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Accepting and declining, also by the wrong user.
@Suite struct AcceptTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let eve: Caller
    let crm: String
    let invitation: Invitation

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        eve = world.user("eve")
        crm = world.entity(by: ada)
        invitation = try await world.invite("bob@example.com", to: crm, by: ada, role: "viewer")
        world.later()
    }

    /// Refused with this code by token and claim, and nothing changes.
    /// - Parameter claim: if its e-mail is no longer pending.
    private func expectRefusal(
        _ code: String, by caller: Caller, claim: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try world.database.dump()
        for link in [
            InvitationLink.token(world.token(invitation)),
            .claim(try claim ?? world.claim(invitation)),
        ] {
            let refused = await fault { try await world.take(link, by: caller) }
            #expect(refused?.code == code, "\(link)", sourceLocation: sourceLocation)
        }
        #expect(try world.database.dump() == before, sourceLocation: sourceLocation)
    }

    @Test func `accepting makes the invitee a collaborator with the invitation's role`()
        async throws
    {
        let accepted = try await world.accept(invitation, by: bob)
        #expect(accepted.status == .accepted && accepted.acceptedBy == bob.userId)
        #expect(accepted.acceptedAt == world.clock.now())
        #expect(try world.find(invitation) == accepted)
        #expect(try world.collaborators(of: crm) == [bob.userId: .viewer])
        #expect(
            try world.actions(crm) == [
                "invitation.created", "invitation.accepted", "collaborator.added",
            ])
        #expect(try world.audit(crm).dropFirst().allSatisfy { $0.actorId == bob.userId })
        #expect(
            try world.events() == [
                "invitation.sent > usr_ada", "invitation.accepted > usr_ada",
                "collaborator.added > usr_ada",
            ])
        let data = try world.eventData()
        #expect(data[1]["user_id"]?.string == bob.userId)
        #expect(data[1]["status"]?.string == "accepted")
        #expect(data[2]["user_id"]?.string == bob.userId && data[2]["role"]?.string == "viewer")
    }

    @Test func `the claim in the e-mail alone makes the invitee a collaborator`() async throws {
        let accepted = try await world.take(.claim(try world.claim(invitation)), by: bob)
        #expect(accepted.status == .accepted && accepted.acceptedBy == bob.userId)
        #expect(try world.collaborators(of: crm) == [bob.userId: .viewer])
    }

    @Test func `accepting by token is idempotent, a claim works once`() async throws {
        let claim = try world.claim(invitation)
        let first = try await world.accept(invitation, by: bob)
        world.later(100)
        let before = try world.database.dump()
        #expect(try await world.accept(invitation, by: bob) == first)
        let session = Caller(userId: bob.userId, tokenId: "tok_other")
        let used = await fault { try await world.take(.claim(claim), by: session) }
        #expect(used == Fault(InvitationProblems.used) && used?.kind == .gone)
        #expect(try world.database.dump() == before)
    }

    @Test func `a lost response to a claim can be repeated in the same session only`()
        async throws
    {
        let claim = try world.claim(invitation)
        let session = Caller(userId: bob.userId, tokenId: "tok_session")
        let first = try await world.take(.claim(claim), by: session)
        let before = try world.database.dump()
        #expect(try await world.take(.claim(claim), by: session) == first)
        for other in ["tok_other", ""] {
            let caller = Caller(userId: bob.userId, tokenId: other)
            #expect(
                await fault { try await world.take(.claim(claim), by: caller) }
                    == Fault(InvitationProblems.used))
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `neither link gives access to another user`() async throws {
        try await expectRefusal("email_mismatch", by: eve)
        // Neither can the inviter, who knows the accept_url.
        try await expectRefusal("email_mismatch", by: ada)
        #expect(
            await fault { try await world.accept(invitation, by: ada) }?.kind == .forbidden)
        try await world.accept(invitation, by: bob)
        // Others don't learn that it was accepted.
        let after = await fault { try await world.accept(invitation, by: eve) }
        #expect(after == Fault(InvitationProblems.emailMismatch))
    }

    @Test func `a user who took over the address can't repeat the response`() async throws {
        try await world.accept(invitation, by: bob)
        let other = Invitee(userId: "usr_other", email: "bob@example.com")
        let caller = Caller(userId: "usr_other")
        let refused = await fault {
            try await world.useCases.accept(
                .token(world.token(invitation)), as: other, by: caller
            ).commit()
        }
        #expect(refused == Fault(InvitationProblems.used))
    }

    @Test func `an expired invitation can't be accepted, even before the sweep stores it`()
        async throws
    {
        world.days(7)
        try await expectRefusal("invitation_expired", by: bob)
        _ = try await world.useCases.expireSome()
        try await expectRefusal("invitation_expired", by: bob)
    }

    @Test func `an invitation can be accepted until the last millisecond`() async throws {
        world.later(7 * 86_400 - 2)
        try await world.accept(invitation, by: bob)
    }

    @Test func `a revoked invitation can't be accepted`() async throws {
        let claim = try world.claim(invitation)
        try await world.revoke(invitation, by: ada)
        try await expectRefusal("invitation_revoked", by: bob, claim: claim)
    }

    @Test func `invitations of an inviter who no longer owns the entity can't be accepted`()
        async throws
    {
        world.entities.handOver(crm, to: eve.userId, at: world.clock.now())
        try await expectRefusal("inviter_gone", by: bob)
        // Even to the invitee.
        world.entities.handOver(crm, to: bob.userId, at: world.clock.now())
        try await expectRefusal("inviter_gone", by: bob)
        // The inviter owns it again.
        world.entities.handOver(crm, to: ada.userId, at: world.clock.now())
        try await world.accept(invitation, by: bob)
    }

    @Test func `the new owner can resend an invitation and becomes its inviter`() async throws {
        world.entities.handOver(crm, to: eve.userId, at: world.clock.now())
        let again = try await world.resend(invitation, by: eve)
        #expect(again.invitedBy == eve.userId)
        try await world.accept(again, by: bob)
        #expect(try world.events().last == "collaborator.added > usr_eve")
        let collaborator = try await world.useCases.listCollaborators(
            of: crm, PageRequest(), by: eve
        ).items.first
        #expect(collaborator?.collaborator.addedBy == eve.userId)
    }

    @Test
    func `an invitation to a deleted entity can't be accepted, even before its event arrives`()
        async throws
    {
        world.entities.remove(crm)
        try await expectRefusal("inviter_gone", by: bob)
        world.entities.isDown = true
        try await expectRefusal("entities_unavailable", by: bob)
        world.entities.isDown = false
        _ = try await world.context.onEntityDeleted(
            EntityDeleted(entityId: crm, actor: EventActor(ada)), eventId: "evt_1")
        let missing = await fault { try await world.accept(invitation, by: bob) }
        #expect(missing == .notFound)
    }

    @Test func `a deleted user can't accept an invitation`() async throws {
        let root = world.user("root")
        world.directory.remove(bob.userId)
        #expect(await fault { try await world.accept(invitation, by: bob) } == .notFound)
        world.user("bob")
        _ = try await world.context.onUserDeleted(bob.userId, by: root, eventId: "evt_1")
        let refused = await fault { try await world.accept(invitation, by: bob) }
        #expect(refused?.code == "user_deleted")
        #expect(try world.collaborators(of: crm).isEmpty)
    }

    @Test func `the current owner can accept without becoming a collaborator`() async throws {
        // The inviter is still the owner, and the invited address is now theirs.
        let own = Invitee(userId: ada.userId, email: "bob@example.com")
        let accepted = try await world.useCases.accept(
            .token(world.token(invitation)), as: own, by: ada
        ).commit()
        #expect(accepted.status == .accepted)
        #expect(try world.collaborators(of: crm).isEmpty)
        #expect(try world.actions(crm).last == "invitation.accepted")
    }

    // MARK: Declining

    @Test func `declining adds no collaborator, and the inviter sees the invitation as revoked`()
        async throws
    {
        let claim = try world.claim(invitation)
        let declined = try await world.decline(.token(world.token(invitation)), by: bob)
        #expect(declined.status == .revoked && declined.isDeclined)
        #expect(try world.collaborators(of: crm).isEmpty)
        #expect(try world.events().last == "invitation.revoked > usr_ada")
        let entry = try #require(try world.audit(crm).last)
        #expect(entry.action == "invitation.revoked" && entry.actorId == bob.userId)
        let before = try world.database.dump()
        #expect(try await world.decline(.token(world.token(invitation)), by: bob) == declined)
        #expect(try world.database.dump() == before)
        try await expectRefusal("invitation_revoked", by: bob, claim: claim)
        // The address can be invited again.
        try await world.invite("bob@example.com", to: crm, by: ada)
    }

    @Test func `only the invitee can decline, and only a pending invitation`() async throws {
        let link = InvitationLink.token(world.token(invitation))
        #expect(
            await fault { try await world.decline(link, by: eve) }
                == Fault(InvitationProblems.emailMismatch))
        try await world.accept(invitation, by: bob)
        #expect(
            await fault { try await world.decline(link, by: bob) } == Fault(InvitationProblems.used)
        )
        #expect(try world.collaborators(of: crm) == [bob.userId: .viewer])
    }

    @Test func `unknown links are 404`() async throws {
        let token = world.token(invitation)
        for text in [
            "", ".", token + "x", String(token.dropLast()), invitation.id,
            token.replacing(invitation.id, with: "inv_01JHMZ0000000000000000000A"),
        ] {
            for link in [InvitationLink.token(text), .claim(text)] {
                #expect(await fault { try await world.take(link, by: bob) } == .notFound)
                #expect(fault { _ = try world.useCases.view(link) } == .notFound)
            }
        }
    }
}
