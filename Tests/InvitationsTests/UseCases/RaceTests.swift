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

/// Concurrent requests.
@Suite struct RaceTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        crm = world.entity(by: ada)
    }

    private func count(_ event: String) throws -> Int {
        try world.events().filter { $0.hasPrefix(event) }.count
    }

    @Test func `twenty concurrent accepts by one token add one collaborator`() async throws {
        let invitation = try await world.invite("bob@example.com", to: crm, by: ada)
        let result = await race(20) { _ in try await world.accept(invitation, by: bob) }
        #expect(result.succeeded == 20)
        #expect(try count("invitation.accepted") == 1 && count("collaborator.added") == 1)
        #expect(try world.actions(crm).filter { $0 == "invitation.accepted" }.count == 1)
    }

    @Test func `of twenty concurrent claims one succeeds, the others fail as used`() async throws {
        let invitation = try await world.invite("bob@example.com", to: crm, by: ada)
        let claim = try world.claim(invitation)
        // Each begins a session of its own.
        let result = await race(20) { number in
            let session = Caller(userId: bob.userId, tokenId: "tok_\(number)")
            try await world.take(.claim(claim), by: session)
        }
        #expect(result.succeeded == 1)
        #expect(result.codes == Array(repeating: "invitation_used", count: 19))
        #expect(try count("invitation.accepted") == 1 && count("collaborator.added") == 1)
    }

    @Test func `of twenty concurrent invitations of an address one is created`() async throws {
        let result = await race(20) { _ in
            _ = try await world.useCases.createInvitation(
                to: crm, try InvitationDraft(email: "bob@example.com"), by: ada
            ).commit()
        }
        #expect(result.succeeded == 1)
        #expect(result.codes == Array(repeating: "already_invited", count: 19))
        #expect(try count("invitation.sent") == 1)
    }

    @Test(arguments: 0..<20)
    func `accepted or revoked, never both`(_ round: Int) async throws {
        let invitation = try await world.invite("bob@example.com", to: crm, by: ada)
        let result = await race(2) { index in
            if (index + round) % 2 == 0 {
                try await world.accept(invitation, by: bob)
            } else {
                try await world.useCases.revokeInvitation(invitation.id, to: crm, by: ada)
                    .commit()
            }
        }
        #expect(result.succeeded == 1)
        let isIn = try world.collaborators(of: crm)[bob.userId] != nil
        #expect(try world.status(invitation) == (isIn ? .accepted : .revoked))
        #expect(result.codes == [isIn ? "invitation_not_pending" : "invitation_revoked"])
        #expect(try count("invitation.accepted") + count("invitation.revoked") == 1)
    }

    @Test(arguments: 0..<20)
    func `accepted or expired, never both`(_ round: Int) async throws {
        let invitation = try await world.invite("bob@example.com", to: crm, by: ada, days: 1)
        world.later(86_399)
        let result = await race(3) { index in
            switch (index + round) % 3 {
            case 0: try await world.accept(invitation, by: bob)
            case 1: _ = try await world.useCases.expireSome()
            default: world.later()
            }
        }
        _ = try await world.useCases.expireSome()
        let isIn = try world.collaborators(of: crm)[bob.userId] != nil
        #expect(try world.status(invitation) == (isIn ? .accepted : .expired))
        #expect(result.codes == (isIn ? [] : ["invitation_expired"]))
        #expect(try count("invitation.accepted") + count("invitation.expired") == 1)
    }

    @Test(arguments: 0..<20)
    func
        `accepting while the invitation is resent succeeds by one of the links or leaves the other`(
            _ round: Int
        ) async throws
    {
        let invitation = try await world.invite("bob@example.com", to: crm, by: ada)
        let result = await race(2) { index in
            if (index + round) % 2 == 0 {
                try await world.accept(invitation, by: bob)
            } else {
                try await world.useCases.resendInvitation(invitation.id, to: crm, by: ada)
                    .commit()
            }
        }
        #expect(result.succeeded == 1)
        let found = try #require(try world.find(invitation))
        if found.status == .accepted {
            #expect(result.codes == ["invitation_not_pending"] && found.generation == 1)
        } else {
            #expect(result.codes == ["invitation_link_replaced"] && found.generation == 2)
            try await world.accept(found, by: bob)
        }
        #expect(try world.collaborators(of: crm).keys.sorted() == [bob.userId])
    }

    @Test func `leaving and being removed concurrently takes effect once`() async throws {
        try await world.collaborator(bob, on: crm, by: ada)
        let result = await race(10) { index in
            try await world.useCases.removeCollaborator(
                bob.userId, from: crm, by: index % 2 == 0 ? ada : bob
            ).commit()
        }
        #expect(result.succeeded == 1 && Set(result.codes) == ["not_found"])
        #expect(try count("collaborator.removed") == 1)
    }

    @Test func `accepting while the inviter is deleted ends consistently in either order`()
        async throws
    {
        for round in 0..<10 {
            let (name, owner) = ("n\(round)", world.user("o\(round)"))
            let entity = world.entity(name, by: owner)
            let invitee = world.user(name)
            let invitation = try await world.invite(
                "\(name)@example.com", to: entity, by: owner)
            _ = await race(2) { index in
                if index == 0 {
                    try await world.accept(invitation, by: invitee)
                } else {
                    _ = try await world.context.onUserDeleted(
                        owner.userId, by: ada, eventId: "evt_\(round)")
                }
            }
            let isIn = try !world.collaborators(of: entity).isEmpty
            #expect(try world.status(invitation) == (isIn ? .accepted : .pending))
        }
    }
}
