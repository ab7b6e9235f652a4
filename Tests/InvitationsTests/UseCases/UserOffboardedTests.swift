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

/// Offboarding ends a user's collaborations and memberships, and revokes the invitations to their
/// address and those that they sent; the account, its webhooks and events stay.
@Suite struct UserOffboardedTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller

    init() throws {
        world = try World(jobRows: 1)
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
    }

    private func state(_ operation: String = "opr_1") throws -> OffboardingReply {
        try world.context.offboardingState(operation)
    }

    private func workspaces(of user: Caller) throws -> [String] {
        let page = try world.workspaces.listWorkspaces(PageRequest(), by: user)
        #expect(page.total == page.items.count)
        return page.items.map { "\($0.workspace.name) \($0.permissions.rawValue)" }
    }

    private func entities(of user: Caller) throws -> [String] {
        try world.useCases.collaboratorEntities(.init(userId: user.userId)).entityIds
    }

    @Test func `everything is taken back, passed on or revoked, and counted`() async throws {
        let crm = world.entity(by: bob)
        try await world.collaborator(ada, on: crm, by: bob)
        let toAda = try await world.invite("ada@example.com", to: world.entity(by: bob), by: bob)
        let fromAda = try await world.invite("dan@example.com", to: world.entity(by: ada), by: ada)
        let lab = try await world.workspace("Lab", by: ada)
        try await world.member(bob, of: lab, by: ada)
        let sent = try await world.invite("dan@example.com", into: lab, by: ada)
        _ = try await world.workspace("Alone", by: ada)
        let shop = try await world.workspace("Shop", by: bob)
        try await world.member(ada, of: shop, by: bob, "write")
        let other = try await world.workspace("Other", by: bob)
        let open = try await world.invite("ada@example.com", into: other, by: bob)
        let before = try world.events().filter { $0.hasSuffix("> usr_ada") }.count

        world.later()
        try await world.context.onUserOffboarded(ada, by: root)
        #expect(try state().finishedAt == nil)
        #expect(try world.status(fromAda) == .revoked)
        try await world.finishJobs()

        #expect(try world.collaborators(of: crm).isEmpty)
        #expect(try world.status(toAda) == .revoked)
        #expect(try world.find(lab)?.ownerId == bob.userId)
        #expect(try world.members(of: lab) == [bob.userId: .owner])
        #expect(try world.members(of: shop) == [bob.userId: .owner])
        #expect(try world.find(open)?.status == .revoked)
        #expect(try world.find(sent)?.status == .revoked)
        #expect(try workspaces(of: ada).isEmpty)
        let counts = try state().counts
        #expect(counts.count(removed: .collaborations) == 1)
        #expect(counts.count(removed: .invitations) == 3)
        #expect(counts.count(removed: .workspaceMemberships) == 3)
        #expect(counts.count(removed: .workspaces) == 1)
        #expect(counts.count(passedOn: .workspaces) == 1)
        #expect(try state().finishedAt != nil)
        // Their events stay, and none was added.
        #expect(try world.events().filter { $0.hasSuffix("> usr_ada") }.count == before)
        #expect(try world.events().contains("collaborator.removed > usr_bob"))

        try await world.collaborator(ada, on: crm, by: bob)
        try await world.member(ada, of: lab, by: bob)
        #expect(try workspaces(of: ada) == ["Lab read"])
    }

    @Test func `an old invitation is worth nothing from the event on, a new one is`() async throws {
        let (crm, erp) = (world.entity(by: bob), world.entity("ERP", by: bob))
        let lab = try await world.workspace("Lab", by: bob)
        for _ in 0..<3 {
            try await world.collaborator(ada, on: world.entity(by: bob), by: bob)
        }
        let old = try await world.invite("ada@example.com", to: crm, by: bob)
        let oldERP = try await world.invite("ada@example.com", to: erp, by: bob)
        let oldLab = try await world.invite("ada@example.com", into: lab, by: bob)
        try await world.context.onUserOffboarded(ada, by: root)
        let accepting = try await world.refusal { try await world.accept(old, by: ada) }
        #expect(accepting == Fault(InvitationProblems.revoked))
        let joining = try await world.refusal {
            try await world.answerNow(oldLab, "accepted", by: ada)
        }
        #expect(joining == Fault(InvitationProblems.revoked))
        let new = try await world.invite("ada@example.com", to: crm, by: bob)
        try await world.accept(new, by: ada)
        let newLab = try await world.invite("ada@example.com", into: lab, by: bob)
        try await world.accept(newLab, by: ada)
        repeat {
            #expect(try entities(of: ada) == [crm])
            let query = CollaborationsQuery(
                subjects: [.init(userId: ada.userId, entityIds: [crm, erp])])
            let found = try world.useCases.collaborations(query)
            #expect(found.subjects == [[0]])
            #expect(try workspaces(of: ada) == ["Lab read"])
        } while try await world.advanceJob()
        #expect(try world.status(old) == .revoked && world.status(oldERP) == .revoked)
        #expect(try state().counts.count(removed: .invitations) == 3)
        #expect(try state().counts.count(removed: .collaborations) == 3)
    }

    @Test func `workspaces are gone at once, and what a user creates meanwhile stays`() async throws
    {
        var labs: [Workspace] = []
        for number in 0..<4 {
            let owner = number < 2 ? ada : bob
            let lab = try await world.workspace("Lab \(number)", by: owner)
            try await world.member(owner == ada ? bob : ada, of: lab, by: owner, "write")
            labs.append(lab)
        }
        try await world.context.onUserOffboarded(ada, by: root)
        _ = try await world.workspace("Own", by: ada)
        repeat {
            #expect(try workspaces(of: ada) == ["Own owner"])
            for lab in labs {
                let refused = try await world.refusal {
                    try await world.invite("dan@example.com", into: lab, by: ada)
                }
                #expect(refused == .notFound)
            }
        } while try await world.advanceJob()
        for lab in labs { #expect(try world.members(of: lab) == [bob.userId: .owner]) }
    }

    @Test func `an offboarded user's quota of invitations is not restored`() async throws {
        let crm = world.entity(by: ada)
        for number in 0..<3 {
            try await world.invite("user\(number)@example.com", to: crm, by: ada)
        }
        func sendings() throws -> Int {
            try world.database.read { db in
                try db.row(
                    "SELECT count(*) FROM sendings WHERE inviter = ?1", .text(ada.userId)
                ) { Int($0.int(0)) } ?? 0
            }
        }
        try await world.context.onUserOffboarded(ada, by: root)
        try await world.finishJobs()
        #expect(try sendings() == 3)
    }
}
