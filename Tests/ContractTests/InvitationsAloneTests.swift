import Contract
import EntitiesContract
import InvitationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The invitations service alone: what it asks, what it hears, and what it answers to other
/// services.
@Suite struct InvitationsAloneTests {
    private let ada = InvitationsAlone.identity(Cast.ada)
    private let bob = InvitationsAlone.identity(Cast.bob)
    private let entities = Cast.identity(of: "entities", for: "invitations")

    @Test func `queries the entity's owner and the invitee as agreed`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            #expect(asked.bodies.first == (try Golden.text("entity-standing-query")))
            #expect(asked.bodies.last == (try Golden.text("directory-query-email")))
            #expect(asked.bodies.count == 3)
        }
    }

    @Test(arguments: [
        ("entity-standing-answer", 201), ("entity-standing-answer-hidden", 403),
        ("entity-standing-answer-none", 404),
    ])
    func `queries the stores if nothing else gives access, even for a missing entity`(
        standing: String, status: Int
    ) async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked, standing: standing) { alone, _ in
            let answer = try await alone.api.call(
                "POST", InvitationsAlone.entity + "/invitations",
                body: #"{"email":"ada@example.com"}"#, fields: bob)
            #expect(answer.status == status, "\(answer.text)")
            // The query is about one entity, not two.
            let stores = try Golden.text("store-access-query")
                .replacing(",\"\(Cast.otherEntity)\"", with: "")
            #expect(asked.bodies.contains(stores) == (status != 201))
        }
    }

    @Test func `answers collaboration queries`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await alone.accept()
            // Ada collaborates here, Bob in the goldens.
            func answer(_ endpoint: Endpoint, _ golden: String) async throws -> String {
                let query = try Golden.text(golden)
                    .replacing(Cast.bob.userId, with: Cast.ada.userId)
                return try await alone.api.call(
                    "POST", endpoint.path, body: query, fields: [entities]
                ).text
            }
            let pairs = try await answer(InvitationQueries.collaborations, "collaborations-query")
            #expect(try unmarked(pairs) == (try Golden.text("collaborations-answer")))
            let all = try await answer(
                InvitationQueries.entities, "collaborator-entities-query")
            #expect(all == (try Golden.text("collaborator-entities-answer")))
            let grants = try await answer(InvitationQueries.grants, "collaborator-grants-query")
            // In the golden it is Ada who invited Bob.
            let golden = try Golden.text("collaborator-grants-answer")
                .replacing(Cast.bob.userId, with: "B").replacing(Cast.ada.userId, with: "A")
                .replacing("\"B\"", with: "\"\(Cast.ada.userId)\"")
                .replacing("\"A\"", with: "\"\(Cast.bob.userId)\"")
            #expect(grants == golden)
            let noGrants = try await alone.query(
                InvitationQueries.grants, "collaborator-grants-query", as: "entities")
            #expect(noGrants == (try Golden.text("collaborator-grants-answer-none")))
            let people = try await answer(
                InvitationQueries.people, "collaborator-people-query")
            let listed = try Golden.text("collaborator-people-answer")
            #expect(people == listed.replacing(Cast.bob.userId, with: Cast.ada.userId))
            // Bob owns it.
            let none = try await alone.query(
                InvitationQueries.collaborations, "collaborations-query", as: "entities")
            #expect(try unmarked(none) == (try Golden.text("collaborations-answer-none")))
            let nothing = try await alone.query(
                InvitationQueries.entities, "collaborator-entities-query", as: "entities")
            #expect(nothing == (try Golden.text("collaborator-entities-answer-none")))
        }
    }

    @Test func `ends a collaboration once`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await alone.accept()
            for golden in ["end-collaboration-answer", "end-collaboration-answer-none"] {
                let answer = try await alone.query(
                    InvitationQueries.endCollaboration, "end-collaboration-command",
                    as: "entities")
                #expect(answer == (try Golden.text(golden)))
            }
        }
    }

    @Test func `answers view queries by token and claim`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await alone.readMail()
            for query in ["invitation-view-query", "invitation-view-query-claim"] {
                let view = try await alone.query(InvitationQueries.view, query)
                #expect(view == (try Golden.text("invitation-view-answer")))
            }
            // A pending invitation needs no new one.
            let unchanged = try await alone.query(
                InvitationQueries.ask, "invitation-request-command")
            #expect(unchanged == (try Golden.text("invitation-view-answer")))
            try await alone.accept()
        }
    }

    @Test func `an invitation whose inviter lost the right is a refusal in the reply`()
        async throws
    {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            try await alone.readMail()
            // From now on entities returns another owner.
            asked.call(Cast.grace.userId, Cast.bob.userId)
            let answer = try await alone.api.call(
                "POST", InvitationQueries.answer.path,
                body: asked.real(try Golden.text("invitation-answer-command")),
                fields: [Cast.identity(of: "gateway", for: "invitations")])
            #expect(answer.status == 200)
            #expect(answer.text == (try Golden.text("invitation-view-answer-refused")))
        }
    }

    @Test func `answers audit tail queries for all and for one entity`()
        async throws
    {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, _ in
            try await alone.invite()
            let one = try await alone.query(
                AuditRoutes.tail, "audit-tail-entity-query", as: "entities")
            let entry = try #require(
                JSONValue(Array(one.utf8))?["entries"]?[0]?["id"]?.string, "\(one)")
            // Bob came without a token of a name.
            #expect(
                one.replacing(entry, with: "aud_01KF000000000000000000000K")
                    == (try Golden.text("audit-tail-entity-answer")))
            let all = try await alone.query(AuditRoutes.tail, "audit-tail-query")
            let golden = JSONValue(try Golden.bytes("audit-tail-answer"))
            #expect(JSONValue(Array(all.utf8))?.names == golden?.names)
        }
    }

    @Test func `while entities is unavailable nothing is guessed`() async throws {
        let asked = Asked()
        try await InvitationsAlone.run(asked) { alone, entities in
            let path = try await alone.invite()
            await entities.drain(milliseconds: 100)
            for (method, target, body) in [
                ("GET", path, nil), ("DELETE", path, nil), ("POST", path + "/resend", nil),
                ("GET", InvitationsAlone.entity + "/collaborators", nil),
                (
                    "POST", InvitationsAlone.entity + "/invitations",
                    #"{"email":"x@example.com"}"#
                ),
            ] {
                let answer = try await alone.api.call(method, target, body: body, fields: bob)
                #expect(answer.status == 503, "\(method) \(target): \(answer.text)")
                #expect(answer.code == "entities_unavailable" && answer.field("retry-after") != nil)
            }
            // Requests that need no other service work.
            let mine = try await alone.api.call("GET", "/api/v1/invitations", fields: ada)
            #expect(mine.status == 200 && mine.json?["total"]?.int == 1, "\(mine.text)")
        }
    }

    @Test(
        arguments: InvitationQueries.all + [InternalEvent.deliver, AuditRoutes.tail])
    func `a user's identity can't call internal routes`(endpoint: Endpoint) async throws {
        try await InvitationsAlone.run(Asked()) { alone, _ in
            let body = try Golden.text("collaborations-query")
            for fields in [bob, [Cast.identity(of: "gateway", for: "entities")], []] {
                let refused = try await alone.api.call(
                    "POST", endpoint.path, body: body, fields: fields)
                #expect(refused.status == 401, "\(endpoint.id): \(refused.text)")
            }
        }
    }

    /// The answer without its mark: the process counts by an epoch of its own.
    private func unmarked(_ text: String) throws -> String {
        let reply = try JSON.decode(CollaborationsReply.self, Array(text.utf8))
        #expect(reply.mark != nil)
        return JSON.text(CollaborationsReply(subjects: reply.subjects))
    }
}
