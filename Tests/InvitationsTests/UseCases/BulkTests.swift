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

/// Bulk invitations.
@Suite struct BulkTests {
    let world: World
    let ada: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity(by: ada)
    }

    private func invite(_ emails: [String]) async throws -> [String] {
        world.later()
        let drafts = emails.map { email in
            Result { () throws(Fault) in try InvitationDraft(email: email, message: "Hi") }
        }
        let results = try await world.useCases.createInvitations(to: crm, drafts, by: ada)
            .commit()
        return results.map { result in
            switch result {
            case .success(let made): made.email
            case .failure(let fault): fault.code
            }
        }
    }

    @Test func `one invalid address does not stop the others from being invited`() async throws {
        let bob = world.user("bob")
        try await world.collaborator(bob, on: crm, by: ada)
        try await world.invite("carol@example.com", to: crm, by: ada)
        let results = try await invite([
            "x@example.com", "no address", "bob@example.com", "carol@example.com",
            "ada@example.com", " Y@EXAMPLE.com ", "x@example.com",
        ])
        #expect(
            results == [
                "x@example.com", "validation_failed", "already_collaborator", "already_invited",
                "validation_failed", "y@example.com", "already_invited",
            ])
        #expect(try world.actions(crm).filter { $0 == "invitation.created" }.count == 4)
        #expect(try world.events().filter { $0.hasPrefix("invitation.sent") }.count == 4)
    }

    @Test func `a hundred bulk invitations each have their own secret`() async throws {
        let results = try await invite((1...100).map { "u\($0)@example.com" })
        #expect(results == (1...100).map { "u\($0)@example.com" })
        let page = try await world.useCases.listInvitations(
            to: crm, nil, PageRequest(size: 100), by: ada)
        #expect(page.total == 100)
        #expect(Set(page.items.map { $0.claimDigest ?? [] }).count == 100)
        #expect(Set(page.items.map { world.token($0) }).count == 100)
    }

    @Test func `the quota holds within one request`() async throws {
        for index in 1...95 {
            try await world.invite("u\(index)@example.com", to: crm, by: ada)
        }
        let results = try await invite((1...10).map { "v\($0)@example.com" })
        #expect(
            results == (1...5).map { "v\($0)@example.com" }
                + Array(repeating: "invitation_quota_exceeded", count: 5))
    }

    @Test func `if all addresses are refused nothing is written`() async throws {
        try await world.invite("x@example.com", to: crm, by: ada)
        let before = try world.database.dump()
        #expect(try await invite(["x@example.com", "nobody"]).count == 2)
        #expect(try world.database.dump() == before)
    }

    @Test func `a user who can't invite can't invite in bulk either`() async throws {
        let eve = world.user("eve")
        let before = try world.database.dump()
        let drafts = [Result { () throws(Fault) in try InvitationDraft(email: "x@example.com") }]
        let hidden = await fault {
            try await world.useCases.createInvitations(to: crm, drafts, by: eve).commit()
        }
        #expect(hidden == .notFound)
        world.entities.share(crm, with: eve.userId)
        let refused = await fault {
            try await world.useCases.createInvitations(to: crm, drafts, by: eve).commit()
        }
        #expect(refused?.code == "entity_owner_required")
        #expect(try world.database.dump() == before)
    }
}
