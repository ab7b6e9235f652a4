import Contract
import EntitiesContract
import GatewayContract
import Kernel
import ServiceKit
import TestSupport
import Testing

/// What the types write is what was agreed, and what was agreed is what they read.
@Suite struct WireTests {
    @Test func `a directory's query and answer`() throws {
        let query = DirectoryQuery(emails: ["ada@example.com", "nobody@example.com"])
        #expect(JSON.text(query) == (try Golden.text("directory-query")))
        let read = try Golden.value("directory-query", as: DirectoryQuery.self)
        #expect(read.emails == query.emails && read.ids == nil && read.usernames == nil)
        let answer = try Golden.value("directory-answer", as: DirectoryAnswer.self)
        #expect(answer.users.map(\.email) == ["ada@example.com"])
        #expect(JSON.text(answer) == (try Golden.text("directory-answer")))
    }

    @Test func `the event of a deleted user, and its receipt`() throws {
        let event = try Golden.value("user-deleted-event", as: InternalEvent.self)
        #expect(event.type == UserDeleted.type)
        #expect(JSON.text(event) == (try Golden.text("user-deleted-event")))
        let fact = try JSON.decode(UserDeleted.self, Array(event.data.utf8))
        #expect(fact.userId == "usr_01KF0000000000000000000001")
        #expect(JSON.text(fact) == event.data)
        let receipt = InternalEvent.Receipt(applied: true)
        #expect(JSON.text(receipt) == (try Golden.text("event-receipt")))
    }

    @Test func `members of public answers: a new one is a decision, not an accident`() throws {
        let time = Timestamp(milliseconds: 0)
        let user = UserBody(
            id: "", email: "", username: "", displayName: "", role: .member, createdAt: time)
        #expect(
            names(user) == ["createdAt", "displayName", "email", "id", "role", "username"])
        #expect(
            names(MeBody(user: user, scopes: [], readOnly: false, tokenId: ""))
                == [
                    "createdAt", "displayName", "email", "id", "readOnly", "role", "scopes",
                    "tokenId", "username",
                ])
        let token = TokenBody(
            id: "", userId: "", name: "", prefix: "", scopes: [], readOnly: false, createdAt: time,
            lastUsedAt: nil, expiresAt: nil)
        #expect(
            names(token) == [
                "createdAt", "expiresAt", "id", "lastUsedAt", "name", "prefix", "readOnly",
                "scopes", "userId",
            ])
        let person = Person(id: "", email: "", username: "", displayName: "")
        #expect(names(person) == ["displayName", "email", "id", "username"])
    }

    private func names(_ value: some Encodable) -> [String] {
        JSONValue(JSON.encode(value))?.names ?? []
    }
}
