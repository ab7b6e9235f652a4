import Contract
import EntitiesContract
import GatewayContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// The types write and read exactly the agreed bytes.
@Suite struct WireTests {
    @Test func `the directory's query and reply`() throws {
        let query = DirectoryQuery(emails: ["ada@example.com", "nobody@example.com"])
        #expect(JSON.text(query) == (try Golden.text("directory-query")))
        let read = try Golden.value("directory-query", as: DirectoryQuery.self)
        #expect(read.emails == query.emails && read.ids == nil && read.usernames == nil)
        let ids = DirectoryQuery(ids: ["usr_01KF0000000000000000000001"])
        #expect(JSON.text(ids) == (try Golden.text("directory-query-ids")))
        let email = DirectoryQuery(emails: ["ada@example.com"])
        #expect(JSON.text(email) == (try Golden.text("directory-query-email")))
        let usernames = DirectoryQuery(usernames: ["ada"])
        #expect(JSON.text(usernames) == (try Golden.text("directory-query-usernames")))
        let match = MatchUsersQuery(ids: ["usr_01KF0000000000000000000001"], search: "ada")
        #expect(JSON.text(match) == (try Golden.text("match-users-query")))
        let answer = try Golden.value("directory-answer", as: DirectoryReply.self)
        #expect(answer.users.map(\.email) == ["ada@example.com"])
        #expect(JSON.text(answer) == (try Golden.text("directory-answer")))
    }

    @Test func `names that a caller chose, and their users`() throws {
        let bob = Cast.bob.userId
        for (golden, names) in [
            ("", DirectoryQuery(emails: ["ada@example.com", "nobody@example.com"])),
            ("-email", DirectoryQuery(emails: ["ada@example.com"])),
            ("-usernames", DirectoryQuery(usernames: ["ada"])),
        ] {
            let query = FindUsersQuery(callerId: bob, names: names)
            let text = try Golden.text("find-users-query\(golden)")
            #expect(JSON.text(query) == text)
            let read = try JSON.decode(FindUsersQuery.self, Array(text.utf8))
            #expect(JSON.text(read) == text)
        }
        for golden in ["find-users-answer", "find-users-answer-refused"] {
            let answer = try Golden.value(golden, as: FindUsersReply.self)
            #expect(JSON.text(answer) == (try Golden.text(golden)))
            #expect((answer.retryAfter == nil) == (answer.users.count == 1))
        }
    }

    @Test func `the audit's tail`() throws {
        let query = try Golden.value("audit-tail-query", as: AuditTailQuery.self)
        #expect(JSON.text(query) == (try Golden.text("audit-tail-query")))
        #expect(query.filter.about == nil && query.limit == 20)
        let next = try Golden.value("audit-tail-next-query", as: AuditTailQuery.self)
        #expect(JSON.text(next) == (try Golden.text("audit-tail-next-query")))
        #expect(next.before?.id == "aud_01KF0000000000000000000003")
        let answer = try Golden.value("audit-tail-answer", as: AuditTail.self)
        #expect(JSON.text(answer) == (try Golden.text("audit-tail-answer")))
        // For a page far back: first the places, then what comes after one.
        let deep = try Golden.value("audit-tail-places-query", as: AuditTailQuery.self)
        #expect(JSON.text(deep) == (try Golden.text("audit-tail-places-query")))
        #expect(deep.depth == 120)
        let places = try Golden.value("audit-tail-places-answer", as: AuditTail.self)
        #expect(JSON.text(places) == (try Golden.text("audit-tail-places-answer")))
        #expect(places.places?.map(\.id) == ["aud_01KF0000000000000000000003"])
    }

    @Test func `the state of an offboarding`() throws {
        let query = try Golden.value("offboarding-query", as: OffboardingQuery.self)
        #expect(JSON.text(query) == (try Golden.text("offboarding-query")))
        let reply = try Golden.value("offboarding-answer", as: OffboardingReply.self)
        #expect(JSON.text(reply) == (try Golden.text("offboarding-answer")))
        #expect(reply.counts.count(removed: .shares) == 2)
        #expect(reply.counts.count(passedOn: .entities) == 1)
    }

    @Test func `the event of a deleted user, of an offboarded one, and its receipt`() throws {
        let event = try Golden.value("user-deleted-event", as: InternalEvent.self)
        #expect(event.type == UserDeleted.type)
        #expect(JSON.text(event) == (try Golden.text("user-deleted-event")))
        let fact = try JSON.decode(UserDeleted.self, Array(event.data.utf8))
        #expect(fact.userId == "usr_01KF0000000000000000000001")
        #expect(JSON.text(fact) == event.data)
        let offboarded = try Golden.value("user-offboarded-event", as: InternalEvent.self)
        #expect(offboarded.type == UserOffboarded.type)
        let other = try JSON.decode(UserOffboarded.self, Array(offboarded.data.utf8))
        #expect(other.userId == fact.userId && other.email == "ada@example.com")
        #expect(JSON.text(other) == offboarded.data)
        let receipt = InternalEvent.Receipt(applied: true)
        #expect(JSON.text(receipt) == (try Golden.text("event-receipt")))
    }
}
