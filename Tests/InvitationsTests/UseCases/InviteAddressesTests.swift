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

/// The entities service shares with addresses that belong to no user: the part of this context.
@Suite struct InviteAddressesTests {
    let world: World
    let ada: Caller
    let crm: String
    /// The entity's own.
    let updatedAt: Timestamp

    init() async throws {
        world = try World()
        updatedAt = world.clock.now()
        ada = world.user("ada")
        crm = world.entity(by: ada)
    }

    private func command(_ names: [String], by caller: Caller? = nil) -> InviteCommand {
        InviteCommand(
            entityId: crm, name: "CRM", organizationId: nil, updatedAt: updatedAt,
            emails: names.map { "\($0)@example.com" }, actor: EventActor(caller ?? ada))
    }

    private func invite(_ names: String...) async throws -> InviteReply {
        world.later()
        return try await world.useCases.invite(command(names))
    }

    private func mails() throws -> Int {
        try world.database.read { reader in
            try reader.row("SELECT count(*) FROM mails WHERE id > ''") { Int($0.int(0)) } ?? 0
        }
    }

    private func found(_ reply: InviteReply) throws -> [Invitation] {
        try world.database.read { reader in
            try reply.invited.compactMap { invited in
                try InvitationStore.pending(of: invited.email, to: crm, in: reader)
            }
        }
    }

    @Test func `addresses are invited as viewers, with mail, audit entry and event`()
        async throws
    {
        // The entities service waits for this: it is not asked.
        world.entities.isDown = true
        let reply = try await invite("hedy", "ivan")
        #expect(reply.refusal == nil)
        let invitations = try found(reply)
        #expect(invitations.map(\.id) == reply.invited.map(\.invitationId))
        #expect(invitations.map(\.expiresAt) == reply.invited.map(\.expiresAt))
        #expect(invitations.map(\.role) == [.viewer, .viewer])
        #expect(invitations.map(\.invitedBy) == [ada.userId, ada.userId])
        #expect(try mails() == 2)
        let entries = try world.audit(crm)
        #expect(entries.map(\.action) == ["invitation.created", "invitation.created"])
        #expect(entries.map(\.actorId) == [ada.userId, ada.userId])
    }

    @Test func `who is invited already stays so, without another mail`() async throws {
        let invitation = try await world.invite("hedy@example.com", to: crm, by: ada)
        #expect(try mails() == 1)
        let reply = try await invite("hedy", "ivan")
        #expect(reply.invited.first?.invitationId == invitation.id)
        #expect(reply.invited.count == 2)
        #expect(try mails() == 2)
        let rows = try world.database.dump()
        #expect(try await invite("hedy", "ivan") == reply)
        #expect(try world.database.dump() == rows)
        // An expired one is replaced.
        world.days(8)
        let later = try await invite("hedy")
        #expect(later.invited.first?.invitationId != invitation.id)
    }

    @Test func `beyond the inviter's quota nobody is invited`() async throws {
        let full = InvitationLimits.hourly
        let names = (1..<full).map { "u\($0)" }
        #expect(try await world.useCases.invite(command(names)).invited.count == full - 1)
        let rows = try world.database.dump()
        let reply = try await world.useCases.invite(command(["hedy", "ivan"]))
        #expect(reply.invited.isEmpty)
        #expect(reply.refusal?.status == 429)
        #expect(reply.refusal?.code == "invitation_quota_exceeded")
        #expect(reply.refusal?.retryAfter == 3_600)
        #expect(try world.database.dump() == rows)
        #expect(try await world.useCases.invite(command(["hedy"])).invited.count == 1)
    }

    @Test func `an entity that was deleted, or has another owner by now, is refused`()
        async throws
    {
        let former = command(["hedy"])
        let bob = world.user("bob")
        world.later()
        try await world.database.write { [crm, world] tx in
            try KnownEntityStore.changeOwner(
                of: crm, to: bob.userId, at: world.clock.now(), in: tx)
        }
        let refused = try await world.useCases.invite(former)
        #expect(refused.refusal?.status == 403 && refused.invited.isEmpty)
        try await world.database.write { [crm] tx in try Tombstone.entity.insert(crm, in: tx) }
        world.later()
        let deleted = try await world.useCases.invite(command(["hedy"], by: bob))
        #expect(deleted.refusal?.status == 404)
        #expect(try mails() == 0)
    }

    @Test func `parallel commands invite an address once`() async throws {
        let command = command(["hedy"])
        let replies = Log<[InviteReply]>([])
        let result = await race(8) { [world] _ in
            let reply = try await world.useCases.invite(command)
            replies.change { $0.append(reply) }
        }
        #expect(result.succeeded == 8)
        #expect(Set(replies.value.flatMap { $0.invited.map(\.invitationId) }).count == 1)
        #expect(try mails() == 1)
    }
}
