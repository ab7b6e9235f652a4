import Contract
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

/// Revoking and resending.
@Suite struct ResendTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let crm: String
    let invitation: Invitation

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        crm = world.entity(by: ada)
        invitation = try await world.invite("bob@example.com", to: crm, by: ada, days: 10)
    }

    @Test func `after resending only the new links work`() async throws {
        let (oldToken, oldClaim) = (world.token(invitation), try world.claim(invitation))
        world.days(1)
        let again = try await world.resend(invitation, by: ada)
        #expect(again.generation == 2 && again.status == .pending && again.id == invitation.id)
        #expect(again.mailId != invitation.mailId && again.delivery == .pending)
        let (token, claim) = (world.token(again), try world.claim(again))
        #expect(token != oldToken && claim != oldClaim)
        let replaced = await fault { try await world.take(.token(oldToken), by: bob) }
        #expect(replaced == Fault(InvitationProblems.linkReplaced) && replaced?.kind == .gone)
        #expect(await fault { try await world.take(.claim(oldClaim), by: bob) } == .notFound)
        try await world.take(.claim(claim), by: bob)
        #expect(try world.collaborators(of: crm).keys.sorted() == [bob.userId])
        #expect(try world.actions(crm)[1] == "invitation.resent")
    }

    @Test func `resending restarts the duration and never shortens it`()
        async throws
    {
        world.days(1)
        let later = try await world.resend(invitation, by: ada)
        #expect(later.expiresAt == world.clock.now().adding(seconds: 10 * 86_400))
        // The clock was set back.
        world.days(-5)
        let back = try await world.resend(invitation, by: ada)
        #expect(back.expiresAt == later.expiresAt)
    }

    @Test func `an invitation can be resent five times`() async throws {
        for generation in 2...6 {
            #expect(try await world.resend(invitation, by: ada).generation == generation)
        }
        let before = try world.database.dump()
        let refused = await fault { try await world.resend(invitation, by: ada) }
        #expect(refused?.code == "too_many_resends" && refused?.kind == .conflict)
        #expect(try world.database.dump() == before)
    }

    @Test func `resending an expired invitation makes it pending`() async throws {
        world.days(11)
        _ = try await world.useCases.expireSome()
        #expect(try world.status(invitation) == .expired)
        let again = try await world.resend(invitation, by: ada)
        #expect(again.status == .pending)
        try await world.accept(again, by: bob)
        // Whether the sweep stored its expiry doesn't matter.
        let other = try await world.invite("carol@example.com", to: crm, by: ada, days: 1)
        world.days(2)
        #expect(try await world.resend(other, by: ada).status == .pending)
        #expect(try world.events().filter { $0.contains("expired") }.count == 1)
    }

    @Test func `an expired invitation can't be resent beside a newer one`() async throws {
        world.days(11)
        let second = try await world.invite("bob@example.com", to: crm, by: ada)
        let invited = await fault { try await world.resend(invitation, by: ada) }
        #expect(invited?.code == "already_invited")
        #expect(invited?.members == ["invitation_id": second.id])
        try await world.accept(second, by: bob)
        let inside = await fault { try await world.resend(invitation, by: ada) }
        #expect(inside?.code == "already_collaborator")
    }

    @Test func `resending an invitation that was never e-mailed sends it`() async throws {
        let silent = try await world.invite(
            "carol@example.com", to: crm, by: ada, mails: false)
        let again = try await world.resend(silent, by: ada)
        #expect(again.delivery == .pending && again.generation == 2)
        try await world.take(.claim(try world.claim(again)), by: world.user("carol"))
    }

    @Test func `an accepted or revoked invitation can't be resent or revoked`() async throws {
        let revoked = try await world.revoke(invitation, by: ada)
        #expect(revoked.status == .revoked && !revoked.isDeclined)
        #expect(try world.events().last == "invitation.revoked > usr_ada")
        let accepted = try await world.invite("bob@example.com", to: crm, by: ada)
        try await world.accept(accepted, by: bob)
        world.later()
        let before = try world.database.dump()
        for over in [revoked, accepted] {
            for again in [
                await fault { try await world.resend(over, by: ada) },
                await fault { try await world.revoke(over, by: ada) },
            ] {
                #expect(again?.code == "invitation_not_pending" && again?.kind == .conflict)
            }
        }
        #expect(try world.database.dump() == before)
    }

    @Test func `an expired invitation can't be revoked`() async throws {
        world.days(11)
        #expect(
            await fault { try await world.revoke(invitation, by: ada) }?.code
                == "invitation_not_pending")
    }

    @Test func `an invitation is found only under its own entity`() async throws {
        let other = world.entity("Other", by: ada)
        let strayed: [() async throws -> Void] = [
            { _ = try await world.useCases.getInvitation(invitation.id, to: other, by: ada) },
            {
                try await world.useCases.revokeInvitation(invitation.id, to: other, by: ada)
                    .commit()
            },
            {
                try await world.useCases.resendInvitation(invitation.id, to: other, by: ada)
                    .commit()
            },
        ]
        for stray in strayed { #expect(await fault(stray) == .notFound) }
        #expect(try world.status(invitation) == .pending)
    }
}
