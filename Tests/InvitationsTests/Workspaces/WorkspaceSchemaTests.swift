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

/// The constraints of the workspaces' tables.
@Suite struct WorkspaceSchemaTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let lab: Workspace
    let invitation: WorkspaceInvitation

    init() async throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
        lab = try await world.workspace(by: ada)
        try await world.member(bob, of: lab, by: ada)
        invitation = try await world.invite("carol@example.com", into: lab, by: ada)
    }

    private func copy(_ email: String, to workspaceId: String? = nil) -> WorkspaceInvitation {
        WorkspaceInvitation(
            id: world.useCases.ids.makeUUID(), workspaceId: workspaceId ?? lab.id, email: email,
            permissions: .write, status: .pending, invitedBy: "usr_x",
            expiresAt: invitation.expiresAt, createdAt: invitation.createdAt,
            sentAt: invitation.sentAt)
    }

    @Test func `a workspace has one owner at a time`() async throws {
        let second = try await world.violation { [lab, bob] tx in
            try tx.execute(
                """
                UPDATE workspace_members SET permissions = 'owner'
                WHERE user_id = ?1 AND workspace_id = ?2
                """, .text(bob.userId), .text(lab.id))
        }
        #expect(second == .uniqueViolation)
        let third = try await world.violation { [lab] tx in
            try WorkspaceMemberStore.insert(
                WorkspaceMember(
                    workspaceId: lab.id, userId: "usr_x", permissions: .owner, sharedAt: tx.now),
                in: tx)
        }
        #expect(third == .uniqueViolation)
    }

    @Test func `a user can be a member of a workspace only once`() async throws {
        let second = try await world.violation { [lab, bob] tx in
            try WorkspaceMemberStore.insert(
                WorkspaceMember(
                    workspaceId: lab.id, userId: bob.userId, permissions: .write,
                    sharedAt: tx.now), in: tx)
        }
        #expect(second == .uniqueViolation)
    }

    @Test func `an address can have only one pending invitation to a workspace`() async throws {
        let second = copy("carol@example.com")
        let kind = try await world.violation { try WorkspaceInvitationStore.insert(second, in: $0) }
        #expect(kind == .uniqueViolation)
        // Another workspace can have one too, and this one after the first has ended.
        let other = try await world.workspace("Other", by: ada)
        let elsewhere = copy("carol@example.com", to: other.id)
        try await world.database.write { try WorkspaceInvitationStore.insert(elsewhere, in: $0) }
        try await world.withdraw(invitation, by: ada)
        try await world.database.write { try WorkspaceInvitationStore.insert(second, in: $0) }
    }

    @Test func `unknown statuses and roles can't be stored`() async throws {
        let id = invitation.id
        let kinds = [
            try await world.violation {
                try $0.execute(
                    "UPDATE workspace_invitations SET status = 'x' WHERE id = ?1", .text(id))
            },
            try await world.violation {
                try $0.execute(
                    "UPDATE workspace_invitations SET permissions = 'owner' WHERE id = ?1",
                    .text(id))
            },
            try await world.violation {
                try $0.execute(
                    "UPDATE workspace_invitations SET email_status = 'x' WHERE id = ?1", .text(id))
            },
            // An ended one has the name of that moment.
            try await world.violation {
                try $0.execute(
                    "UPDATE workspace_invitations SET status = 'expired' WHERE id = ?1", .text(id))
            },
            try await world.violation { [lab] in
                try $0.execute(
                    """
                    UPDATE workspace_members SET permissions = 'admin'
                    WHERE user_id = 'usr_bob' AND workspace_id = ?1
                    """, .text(lab.id))
            },
        ]
        #expect(kinds.allSatisfy { $0 != nil && $0 != .uniqueViolation }, "\(kinds)")
    }

    @Test func `an invitation is read back as it was written`() async throws {
        #expect(try world.find(invitation) == invitation)
        var changed = invitation
        changed.status = .rejected
        changed.expiresAt = Timestamp(milliseconds: 5)
        changed.sentAt = Timestamp(milliseconds: 6)
        changed.answeredBy = "usr_y"
        changed.answeredAt = Timestamp(milliseconds: 7)
        changed.nameAtEnd = "Lab 'ü'"
        changed.mailId = "mai_1"
        changed.delivery = .failed(reason: "no 'ü'")
        try await world.database.write { [changed] in
            try WorkspaceInvitationStore.update(changed, in: $0)
        }
        #expect(try world.find(invitation) == changed)
        // No mail.
        changed.mailId = nil
        changed.delivery = .none
        try await world.database.write { [changed] in
            try WorkspaceInvitationStore.update(changed, in: $0)
        }
        #expect(try world.find(invitation) == changed)
    }

    @Test func `workspaces and members are read back as they were written`() async throws {
        let time = Timestamp(milliseconds: 12_345)
        let shop = Workspace(
            id: world.useCases.ids.makeUUID(), name: "Shop 'ü' 🧪", ownerId: "usr_o",
            createdAt: time)
        let members = [
            WorkspaceMember(
                workspaceId: shop.id, userId: "usr_o", permissions: .owner, sharedAt: time),
            WorkspaceMember(
                workspaceId: shop.id, userId: "usr_w", permissions: .write,
                sharedAt: time.adding(seconds: 1)),
            WorkspaceMember(
                workspaceId: shop.id, userId: "usr_r", permissions: .read,
                sharedAt: time.adding(seconds: 2)),
        ]
        try await world.database.write { tx in
            try WorkspaceStore.insert(shop, in: tx)
            for member in members { try WorkspaceMemberStore.insert(member, in: tx) }
        }
        try world.database.read { db in
            #expect(try WorkspaceStore.find(shop.id, in: db) == shop)
            #expect(try WorkspaceMemberStore.all(of: shop.id, in: db) == members)
            let page = try WorkspaceMemberStore.page(of: shop.id, PageRequest(), in: db)
            #expect(page.items == members.reversed() && page.total == 3)
            for member in members {
                #expect(
                    try WorkspaceMemberStore.find(member.userId, of: shop.id, in: db) == member)
                let seen = WorkspaceAccess(workspace: shop, permissions: member.permissions)
                #expect(try WorkspaceStore.find(shop.id, of: member.userId, in: db) == seen)
            }
            #expect(try WorkspaceStore.find(shop.id, of: "usr_x", in: db) == nil)
        }
    }

    @Test func `the result of a replaced e-mail is ignored`() async throws {
        world.later(60)
        let again = try await world.resend(invitation, by: ada)
        try await world.database.write { [invitation] tx in
            let old = invitation.mailId ?? ""
            try WorkspaceInvitationStore.settle(old, as: .failed(reason: "old"), in: tx)
        }
        #expect(try world.find(invitation)?.delivery == .pending)
        try await world.database.write { tx in
            try WorkspaceInvitationStore.settle(again.mailId ?? "", as: .sent, in: tx)
        }
        #expect(try world.find(invitation)?.delivery == .sent)
        #expect(try world.status(invitation) == .pending)
    }
}
