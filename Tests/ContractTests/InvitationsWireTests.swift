import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// What invitations says to others and hears from them: what the types write is what was agreed,
/// and what was agreed is what they read.
@Suite struct InvitationsWireTests {
    @Test func `who collaborates on what`() throws {
        let subject = CollaborationsQuery.Subject(
            userId: Cast.bob.userId, entityIds: [Cast.entity, Cast.otherEntity])
        try same(CollaborationsQuery(subjects: [subject]), "collaborations-query")
        try same(CollaborationsReply(subjects: [[0]]), "collaborations-answer")
        try same(CollaborationsReply(subjects: [[]]), "collaborations-answer-none")
        try same(
            CollaboratorEntitiesQuery(userId: Cast.bob.userId), "collaborator-entities-query")
        try same(
            CollaboratorEntitiesReply(entityIds: [Cast.entity]), "collaborator-entities-answer")
        try same(CollaboratorEntitiesReply(entityIds: []), "collaborator-entities-answer-none")
        try same(
            CollaboratorGrantsQuery(entityId: Cast.entity, userIds: [Cast.bob.userId]),
            "collaborator-grants-query")
        let time = try #require(Timestamp(rfc3339: "2026-01-15T09:00:00.000Z"))
        let collaborator = CollaboratorGrantsReply.Collaborator(
            userId: Cast.bob.userId, addedBy: Cast.ada.userId, addedAt: time)
        try same(
            CollaboratorGrantsReply(collaborators: [collaborator]), "collaborator-grants-answer")
        try same(CollaboratorGrantsReply(collaborators: []), "collaborator-grants-answer-none")
        try same(
            CollaboratorPeopleQuery(entityId: Cast.entity, after: "", limit: 21),
            "collaborator-people-query")
        try same(
            CollaboratorPeopleReply(userIds: [Cast.bob.userId]), "collaborator-people-answer")
        try same(CollaboratorPeopleReply(userIds: []), "collaborator-people-answer-none")
    }

    @Test func `the end of a collaboration`() throws {
        let grace = EventActor(Cast.grace.asking(in: "request-1"))
        try same(
            EndCollaborationCommand(
                entityId: Cast.entity, userId: Cast.ada.userId, email: "ada@example.com",
                actor: grace),
            "end-collaboration-command")
        let time = try #require(Timestamp(rfc3339: "2026-01-15T09:00:00.000Z"))
        let ada = CollaboratorGrantsReply.Collaborator(
            userId: Cast.ada.userId, addedBy: Cast.bob.userId, addedAt: time)
        try same(EndCollaborationReply(collaborator: ada), "end-collaboration-answer")
        try same(EndCollaborationReply(collaborator: nil), "end-collaboration-answer-none")
    }

    @Test func `the audit of one entity`() throws {
        try same(
            AuditTailQuery(filter: AuditFilter(about: Cast.entity), limit: 20),
            "audit-tail-entity-query")
        let answer = try Golden.value("audit-tail-entity-answer", as: AuditTail.self)
        #expect(JSON.text(answer) == (try Golden.text("audit-tail-entity-answer")))
    }

    @Test func `what the page behind a link shows`() throws {
        try same(
            InvitationViewQuery(token: "\(Cast.invitation).LinkTag"), "invitation-view-query")
        try same(
            InvitationViewQuery(claim: "\(Cast.invitation).MailTag"), "invitation-view-query-claim")
        try same(
            InvitationViewQuery(token: "\(Cast.workspaceInvitation).LinkTag"),
            "invitation-view-query-workspace")
        for golden in [
            "invitation-view-answer", "invitation-view-answer-accepted",
            "invitation-view-answer-refused", "invitation-view-answer-workspace",
            "invitation-view-answer-workspace-declined",
        ] {
            let answer = try Golden.value(golden, as: InvitationViewReply.self)
            #expect((answer.view == nil) != (answer.refusal == nil), "\(golden)")
            #expect(JSON.text(answer) == (try Golden.text(golden)), "\(golden)")
        }
    }

    @Test func `what an invitee answers`() throws {
        let ada = Caller(
            userId: Cast.ada.userId, tokenId: Cast.grace.tokenId, requestId: "request-1")
        let command = InvitationResponseCommand(
            claim: "\(Cast.invitation).MailTag", accepts: true, userId: Cast.ada.userId,
            email: "ada@example.com", actor: EventActor(ada))
        try same(command, "invitation-answer-command")
        let declining = InvitationResponseCommand(
            token: "\(Cast.workspaceInvitation).LinkTag", accepts: false,
            userId: Cast.ada.userId, email: "ada@example.com", actor: EventActor(ada))
        try same(declining, "invitation-answer-command-workspace")
        try same(
            InvitationRequestCommand(
                claim: "\(Cast.invitation).MailTag", requestId: "request-1"),
            "invitation-request-command")
    }

    @Test func `who owns an entity from now on`() throws {
        let time = try #require(Timestamp(rfc3339: "2026-01-15T09:00:00.000Z"))
        let fact = EntityOwnerChanged(
            entityId: Cast.entity, ownerId: Cast.ada.userId, updatedAt: time)
        let event = try Golden.value("entity-owner-changed-event", as: InternalEvent.self)
        #expect(event.type == EntityOwnerChanged.type)
        #expect(JSON.text(event) == (try Golden.text("entity-owner-changed-event")))
        #expect(JSON.text(fact) == event.data)
        #expect(try event.fact(EntityOwnerChanged.self) == fact)
    }

    private func same<Value: Codable>(
        _ value: Value, _ golden: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        let text = try Golden.text(golden)
        #expect(JSON.text(value) == text, sourceLocation: location)
        let read = try Golden.value(golden, as: Value.self)
        #expect(JSON.text(read) == text, sourceLocation: location)
    }
}
