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

/// What is told to the owner of a workspace, and proved, of each change.
@Suite struct WorkspaceEventTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let lab: Workspace

    init() async throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
        lab = try await world.workspace(by: ada)
    }

    private func data(
        _ invitation: WorkspaceInvitation, _ status: String, by userId: String? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "invitation_id": .string(invitation.id), "workspace_id": .string(lab.id),
            "workspace_name": .string("Lab"), "invited_email": .string(invitation.email),
            "permissions": .string(invitation.permissions.rawValue), "status": .string(status),
            "invited_by": .string(ada.userId),
            "expiration_date": .string(invitation.expiresAt.rfc3339),
        ]
        if let userId { members["user_id"] = .string(userId) }
        return .object(members)
    }

    private func proof(
        _ invitation: WorkspaceInvitation, _ status: String, by userId: String? = nil
    ) -> AuditSnapshot {
        [
            "email": .text(invitation.email),
            "permissions": .text(invitation.permissions.rawValue), "status": .text(status),
            "invitedBy": .text(ada.userId),
            "expirationDate": .text(invitation.expiresAt.rfc3339),
            "sentAt": .text(invitation.sentAt.rfc3339), "answeredBy": .text(userId),
        ]
    }

    @Test func `invitation events have all documented fields`()
        async throws
    {
        let made = try await world.invite("bob@example.com", into: lab, by: ada, "write")
        #expect(try world.eventData() == [data(made, "pending")])
        try await world.accept(made, by: bob)
        #expect(try world.eventData().last == data(made, "accepted", by: bob.userId))
        let dan = world.user("dan")
        let rejected = try await world.invite("dan@example.com", into: lab, by: ada)
        try await world.answer(rejected, "rejected", by: dan)
        #expect(try world.eventData().last == data(rejected, "rejected", by: dan.userId))
        let revoked = try await world.invite("dan@example.com", into: lab, by: ada)
        try await world.withdraw(revoked, by: ada)
        #expect(try world.eventData().last == data(revoked, "revoked"))
        let expired = try await world.invite("dan@example.com", into: lab, by: ada)
        world.days(7)
        #expect(try await world.workspaces.expireSome() == 1)
        #expect(try world.eventData().last == data(expired, "expired"))
        #expect(
            try world.events()
                == [
                    "workspace.invitation_sent", "workspace.invitation_accepted",
                    "workspace.invitation_sent", "workspace.invitation_rejected",
                    "workspace.invitation_sent", "workspace.invitation_revoked",
                    "workspace.invitation_sent", "workspace.invitation_expired",
                ].map { "\($0) > usr_ada" })
        // All belong to the workspace, and so are sent in order.
        let subjects = try world.database.read { db in
            try db.rows("SELECT coalesce(parent_id, subject_id) FROM events WHERE number > 0") {
                $0.text(0)
            }
        }
        #expect(Set(subjects) == [lab.id])
    }

    @Test func `member events have all documented fields`() async throws {
        try await world.member(bob, of: lab, by: ada)
        var members: [String: JSONValue] = [
            "workspace_id": .string(lab.id), "workspace_name": .string("Lab"),
            "user_id": .string(bob.userId), "former_permissions": .string("read"),
            "permissions": .string("write"),
        ]
        try await world.set(.write, of: bob, in: lab, by: ada)
        #expect(try world.eventData().last == .object(members))
        #expect(try world.events().last == "workspace.permissions_changed > usr_ada")
        members["former_permissions"] = .string("write")
        members["permissions"] = nil
        try await world.remove(bob, from: lab, by: bob)
        #expect(try world.eventData().last == .object(members))
        #expect(try world.events().last == "workspace.member_removed > usr_ada")
    }

    @Test func `every change of an invitation is audited with its former state`() async throws {
        let made = try await world.invite("bob@example.com", into: lab, by: ada, "write")
        var entry = try #require(try world.audit(lab.id).last)
        #expect(entry.action == "workspace_invitation.created" && entry.at == made.createdAt)
        #expect(entry.subject.type == "workspace_invitation" && entry.subject.id == made.id)
        #expect(entry.actorId == ada.userId && entry.tokenId == "tok_ada")
        #expect(entry.requestId == "r-ada")
        #expect(entry.before == nil && entry.after == proof(made, "pending"))
        try await world.accept(made, by: bob)
        let entries = try world.audit(lab.id).suffix(2)
        entry = try #require(entries.first)
        #expect(entry.action == "workspace_invitation.accepted" && entry.actorId == bob.userId)
        #expect(entry.before == proof(made, "pending"))
        #expect(entry.after == proof(made, "accepted", by: bob.userId))
        entry = try #require(entries.last)
        #expect(entry.action == "workspace_member.added" && entry.subject.id == bob.userId)
        #expect(entry.subject.type == "workspace_member" && entry.before == nil)
        #expect(
            entry.after == ["userId": .text(bob.userId), "permissions": .text("write")])
        let other = try await world.invite("dan@example.com", into: lab, by: ada)
        world.days(7)
        #expect(try await world.workspaces.expireSome() == 1)
        entry = try #require(try world.audit(lab.id).last)
        // No user is the actor.
        #expect(entry.action == "workspace_invitation.expired" && entry.actorId == nil)
        #expect(entry.before == proof(other, "pending"))
        #expect(entry.after == proof(other, "expired"))
    }

    @Test func `creating and deleting a workspace is audited, with events`() async throws {
        let proof: AuditSnapshot = [
            "name": .text("Lab"), "ownerId": .text(ada.userId), "externalId": .null,
        ]
        let made = try #require(try world.audit(lab.id).last)
        #expect(made.action == "workspace.created" && made.before == nil && made.after == proof)
        #expect(made.subject.type == "workspace" && made.subject.id == lab.id)
        try await world.delete(lab, by: ada)
        let gone = try #require(try world.audit(lab.id).last)
        #expect(gone.action == "workspace.deleted" && gone.before == proof && gone.after == nil)
        #expect(gone.actorId == ada.userId && gone.requestId == "r-ada")
        #expect(try world.eventTypes() == ["workspace.created", "workspace.deleted"])
    }

    @Test func `a webhook receives the types that it names, in order`() async throws {
        let all = try await world.webhook(by: ada)
        let some = try await world.webhook(
            "https://hooks.example/some",
            events: [WorkspaceEvents.revoked, WorkspaceEvents.memberRemoved], by: ada)
        let bobs = try await world.webhook(by: bob)
        try await world.member(bob, of: lab, by: ada)
        let made = try await world.invite("dan@example.com", into: lab, by: ada)
        try await world.withdraw(made, by: ada)
        try await world.remove(bob, from: lab, by: ada)
        #expect(
            try await world.deliver(all).map(\.type) == [
                "workspace.invitation_sent", "workspace.invitation_accepted",
                "workspace.invitation_sent", "workspace.invitation_revoked",
                "workspace.member_removed",
            ])
        #expect(
            try await world.deliver(some).map(\.type) == [
                "workspace.invitation_revoked", "workspace.member_removed",
            ])
        #expect(try await world.deliver(bobs).isEmpty)
    }

    @Test func `every event type can be subscribed to`() throws {
        let draft = try WebhookDraft(
            in: .platform, url: "https://hooks.example/in", events: WorkspaceEvents.all,
            isEnabled: nil)
        #expect(Set(draft.events) == Set(WorkspaceEvents.all))
    }
}
