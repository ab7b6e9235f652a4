import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// Sharing with addresses that belong to no user: the owner invites them in the same request.
@Suite struct InviteUnknownTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let cyd: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        cyd = world.user("cyd")
    }

    private func share(
        _ entity: Entity, with names: String..., by caller: Caller,
        _ useCases: EntitiesUseCases? = nil
    ) async throws -> ShareOutcome {
        try await (useCases ?? world.useCases).shareEntity(
            entity.id, with: try Addressees(names.map(world.email)),
            ShareOptions(invitesUnknown: true), by: caller
        ).commit()
    }

    private func expectNothing(
        _ entity: Entity, by caller: Caller, code: String,
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try world.database.dump()
        let fault = await fault { _ = try await share(entity, with: "cyd", "hedy", by: caller) }
        #expect(fault?.code == code, sourceLocation: location)
        #expect(try world.database.dump() == before, sourceLocation: location)
        #expect(world.collaborators.invites.isEmpty, sourceLocation: location)
    }

    @Test func `unknown addresses are invited, the others get shares`() async throws {
        let entity = try await world.entity("Deploy Bot", by: ada)
        let outcome = try await share(entity, with: "hedy", "bob", "ada", "ivan", by: ada)
        #expect(outcome.created.map(\.user.id) == [bob.userId])
        #expect(outcome.alreadyHadAccess.map(\.userId) == [ada.userId])
        #expect(outcome.notFound.isEmpty)
        let emails = ["hedy", "ivan"].map(world.email)
        #expect(outcome.invited.map(\.email) == emails)
        #expect(outcome.invited.map(\.invitationId) == emails.map { "inv_\($0)" })
        #expect(
            world.collaborators.invites == [
                InviteCommand(
                    entityId: entity.id, name: "Deploy Bot", organizationId: nil,
                    updatedAt: entity.updatedAt, emails: emails, actor: EventActor(ada))
            ])
    }

    @Test func `without unknown addresses, or without being asked, nobody is invited`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        world.collaborators.set { $0.isDown = true }
        #expect(try await share(entity, with: "bob", by: ada).created.count == 1)
        world.collaborators.set { $0.isDown = false }
        let outcome = try await world.share(entity, with: "hedy", by: ada)
        #expect(outcome.invited.isEmpty && outcome.notFound == [world.email("hedy")])
        #expect(world.collaborators.invites.isEmpty)
    }

    @Test func `only the owner can invite, with the scope that invitations need`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.addPublisher(bob, to: entity, by: ada)
        try await expectNothing(entity, by: bob, code: "not_the_owner")
        try await expectNothing(entity, by: world.user("eve"), code: "not_found")
        var poor = world.user("ada", scopes: ["entities:share", "entities:share_external"])
        #expect(poor.userId == ada.userId)
        try await expectNothing(entity, by: poor, code: "insufficient_scope")
        // An address that is refused is refused before anyone is invited.
        poor = world.user("ada", scopes: ["entities:share", "invitations:write"])
        try await expectNothing(entity, by: poor, code: "external_share_not_allowed")
    }

    @Test func `while invitations are away or refused, nothing is shared`() async throws {
        let entity = try await world.entity(by: ada)
        let before = try world.database.dump()
        world.collaborators.set { $0.isDown = true }
        await #expect(throws: NeighbourIsDown.self) {
            _ = try await share(entity, with: "bob", "hedy", by: ada)
        }
        world.collaborators.set {
            $0.isDown = false
            $0.refusal = Fault(EntityProblems.invitationQuotaExceeded, retryAfter: 7)
        }
        let refused = await fault { _ = try await share(entity, with: "bob", "hedy", by: ada) }
        #expect(refused?.code == "invitation_quota_exceeded" && refused?.retryAfter == 7)
        #expect(try world.database.dump() == before)
        // Later it goes through.
        world.collaborators.set { $0.refusal = nil }
        let outcome = try await share(entity, with: "bob", "hedy", by: ada)
        #expect(outcome.created.count == 1 && outcome.invited.count == 1)
    }

    @Test func `a used-up quota of shares is noticed before anyone is invited`() async throws {
        let entity = try await world.entity(by: ada)
        var useCases = world.useCases
        useCases.quotas.shares.limit = 1
        let full = await fault { [useCases] in
            _ = try await share(entity, with: "bob", "cyd", "hedy", by: ada, useCases)
        }
        #expect(full?.code == "quota_exceeded")
        #expect(world.collaborators.invites.isEmpty)
        let outcome = try await share(entity, with: "bob", "hedy", by: ada, useCases)
        #expect(outcome.created.count == 1 && outcome.invited.count == 1)
    }

    @Test func `who stops being the owner meanwhile shares nothing, and a repetition finishes`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        let update: @Sendable (String) async -> Void = { [world] owner in
            try? await world.setOwner(owner, of: entity.id)
        }
        world.collaborators.set { [bob] in $0.meanwhile = { await update(bob.userId) } }
        let refused = await fault { _ = try await share(entity, with: "cyd", "hedy", by: ada) }
        #expect(refused?.code == "not_the_owner")
        #expect(try world.step(of: cyd, to: entity) == nil)
        #expect(world.collaborators.invites.count == 1)
        // The address that is invited stays so: the invitations context says which it was.
        world.collaborators.set { $0.meanwhile = {} }
        await update(ada.userId)
        let outcome = try await share(entity, with: "cyd", "hedy", by: ada)
        #expect(outcome.created.map(\.user.id) == [cyd.userId] && outcome.invited.count == 1)
    }
}

extension World {
    fileprivate func setOwner(_ userId: String, of entityId: String) async throws {
        _ = try await database.write { tx in
            try tx.execute(
                "UPDATE entities SET owner_id = ?2 WHERE id = ?1", .text(entityId), .text(userId))
        }
    }
}
