import Contract
import EntitiesContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

/// What entities and organizations say to each other: what the types write is what was agreed, and
/// what was agreed is what they read.
@Suite struct OrganizationsWireTests {
    private let actor = EventActor(Cast.grace.asking(in: "request-1"))

    @Test func `store access types match the goldens`() throws {
        let subject = StoreAccessQuery.Subject(
            userId: Cast.bob.userId, entityIds: [Cast.entity, Cast.otherEntity])
        try same(StoreAccessQuery(subjects: [subject]), "store-access-query") {
            $0.subjects.map(\.userId) == [subject.userId]
                && $0.subjects.map(\.entityIds) == [subject.entityIds]
        }
        let access = StoreAccessReply.Grants(organizationStore: [0], publicStore: [0, 1])
        try same(StoreAccessReply(subjects: [access]), "store-access-answer") {
            $0.subjects.map(\.organizationStore) == [[0]]
                && $0.subjects.map(\.publicStore) == [[0, 1]]
        }
        let mark = LeaseMark(epoch: "e1", version: 2)
        let kept = StoreAccessReply(subjects: [access], mark: mark)
        try same(kept, "store-access-answer-kept") { $0.mark == mark && $0.subjects.count == 1 }
        let renewal = LeaseRenewal(holder: "h1", through: mark)
        try same(renewal, "lease-renewal") { $0 == renewal }
        let reply = LeaseReply(
            mark: mark, life: 1_000, startsOver: false, changed: [Cast.bob.userId])
        try same(reply, "lease-reply") { $0 == reply }
        let grants = StoreGrantsQuery(entityId: Cast.entity, userIds: [Cast.bob.userId])
        try same(grants, "store-grants-query") {
            $0.entityId == grants.entityId && $0.userIds == grants.userIds
        }
        let publication = StoreGrantsReply.Publication(
            id: Cast.publication, organizationId: Cast.organization,
            publishedBy: Cast.bob.userId, publishedAt: try time())
        let found = StoreGrantsReply(users: [[publication]], publicOnes: [publication])
        try same(found, "store-grants-answer") { $0 == found }
        let range = StorePeopleQuery(entityId: Cast.entity, after: "", limit: 21)
        try same(range, "store-people-query") {
            $0.entityId == range.entityId && $0.after == range.after && $0.limit == range.limit
        }
        let members = StorePeopleReply(userIds: [Cast.bob.userId])
        try same(members, "store-people-answer") { $0 == members }
        try same(StoreEntitiesQuery(userId: Cast.bob.userId), "store-entities-query") {
            $0.userId == Cast.bob.userId
        }
        let since = StoreEntitiesQuery(
            userId: Cast.bob.userId, since: StoreMark(epoch: "e1", version: 2))
        try same(since, "store-entities-since-query") { $0.since == since.since }
        let entities = StoreEntitiesReply(
            organizationIds: [Cast.organization], startsOver: true,
            changes: [
                .init(organizationId: Cast.organization, entityId: Cast.entity, isPublic: true),
                .init(
                    organizationId: Cast.otherOrganization, entityId: Cast.otherEntity,
                    isPublic: true),
            ],
            mark: StoreMark(epoch: "e1", version: 2), isComplete: true, closing: [])
        try same(entities, "store-entities-answer") { $0 == entities }
        // In a store no longer.
        let gone = StoreEntitiesReply.Change(
            organizationId: Cast.organization, entityId: Cast.entity, isPublic: nil)
        let text = #"{"entityId":"\#(Cast.entity)","organizationId":"\#(Cast.organization)"}"#
        #expect(JSON.text(gone) == text)
        #expect(try JSON.decode(StoreEntitiesReply.Change.self, Array(text.utf8)) == gone)
    }

    @Test func `colleague and membership types match the goldens`() throws {
        let query = ColleaguesQuery(userId: Cast.bob.userId, among: [Cast.ada.userId])
        try same(query, "colleagues-query") {
            $0.userId == query.userId && $0.among == query.among
        }
        try same(ColleaguesReply(colleagues: [Cast.ada.userId]), "colleagues-answer") {
            $0.colleagues == [Cast.ada.userId]
        }
        let membership = MembershipQuery(
            userId: Cast.bob.userId, organizationId: Cast.organization)
        try same(membership, "membership-query") {
            $0.userId == membership.userId && $0.organizationId == membership.organizationId
        }
        let reply = MembershipReply(membershipId: Cast.membership, isAdmin: true)
        try same(reply, "membership-answer") {
            $0.membershipId == Cast.membership && $0.isAdmin == true
        }
        try same(MembershipReply(membershipId: nil), "membership-answer-none") {
            $0.membershipId == nil
        }
    }

    @Test func `entity standing types match the goldens`() throws {
        let query = EntityStandingQuery(entityId: Cast.entity, userId: Cast.bob.userId)
        try same(query, "entity-standing-query") {
            $0.entityId == query.entityId && $0.userId == query.userId
        }
        let time = try time()
        func entity(of owner: Caller) -> EntityStandingReply.Entity {
            EntityStandingReply.Entity(
                id: Cast.entity, name: "Notes", type: "app", ownerId: owner.userId,
                organizationId: Cast.organization, updatedAt: time)
        }
        let (bobs, graces) = (entity(of: Cast.bob), entity(of: Cast.grace))
        for (answer, golden) in [
            (EntityStandingReply(entity: bobs, step: "publisher"), "entity-standing-answer"),
            (EntityStandingReply(entity: graces, step: nil), "entity-standing-answer-hidden"),
            (EntityStandingReply(entity: nil, step: nil), "entity-standing-answer-none"),
        ] {
            try same(answer, golden) { $0 == answer }
        }
    }

    @Test func `entity event types match the goldens`() throws {
        try same(
            EntityDeleted(entityId: Cast.entity, actor: actor), EntityDeleted.type,
            in: "entity-deleted-event")
        try same(
            EntityRenamed(entityId: Cast.entity, name: "Minutes", updatedAt: try time()),
            EntityRenamed.type, in: "entity-renamed-event")
    }

    @Test func `organization event types match the goldens`() throws {
        try same(
            OrganizationDeleted(organizationId: Cast.organization, actor: actor),
            OrganizationDeleted.type, in: "organization-deleted-event")
        try same(
            MemberRemoved(
                organizationId: Cast.organization, userId: Cast.ada.userId,
                membershipId: Cast.membership, successorId: Cast.grace.userId,
                successorMembershipId: Cast.successorMembership, actor: actor),
            MemberRemoved.type, in: "member-removed-event")
    }

    @Test func `an event's actor has no permissions`() {
        let caller = actor.caller
        #expect(caller.userId == Cast.grace.userId && caller.tokenId == Cast.grace.tokenId)
        #expect(caller.requestId == "request-1" && caller.scopes.isEmpty && !caller.isAdmin)
    }

    /// Whoever is deployed first says more than the other has heard of, and perhaps in another
    /// order.
    @Test func `unknown fields and other orders are accepted`() throws {
        func read<Value: Codable>(_ type: Value.Type, _ text: String) throws -> String {
            JSON.text(try JSON.decode(type, Array(text.utf8)))
        }
        let query = try read(
            StoreAccessQuery.self,
            """
            { "later": [1, {"a": null}], "subjects": [ {"userId": "\(Cast.bob.userId)", "x": "\\"",
              "entityIds": ["\(Cast.entity)", "\(Cast.otherEntity)"]} ] }
            """)
        #expect(query == (try Golden.text("store-access-query")))
        let answer = try read(
            StoreAccessReply.self,
            """
            {"subjects":[{"publicStore":[0, 1],"later":false,"organizationStore":[ 0 ]}],"z":{}}
            """)
        #expect(answer == (try Golden.text("store-access-answer")))
        let escaped = try read(
            MembershipReply.self,
            #"{"isAdmin":true,"\u006dembershipId":"\u006dem_01KF0000000000000000000008"}"#)
        #expect(escaped == (try Golden.text("membership-answer")))
        #expect(try read(MembershipReply.self, "{}") == Golden.text("membership-answer-none"))
    }

    @Test(arguments: [
        #"{}"#, #"{"subjects":[{"organizationStore":[0]}]}"#,
        #"{"subjects":[{"organizationStore":["0"],"publicStore":[]}]}"#,
        #"{"subjects":[{"organizationStore":[0.5],"publicStore":[]}]}"#,
        #"{"subjects":null}"#, #"{"subjects":[]"#, #"{"subjects":[]}}"#, "[]", "",
    ])
    func `invalid replies are refused`(_ text: String) {
        #expect(throws: Fault.self) {
            try JSON.decode(StoreAccessReply.self, Array(text.utf8))
        }
    }

    private func time() throws -> Timestamp {
        try #require(Timestamp(rfc3339: "2026-01-15T09:00:00.000Z"))
    }

    /// - Parameter isRead: whether the decoded golden equals `value`.
    private func same<Value: Codable>(
        _ value: Value, _ golden: String, _ isRead: (Value) -> Bool,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let text = try Golden.text(golden)
        #expect(JSON.text(value) == text, sourceLocation: location)
        let read = try Golden.value(golden, as: Value.self)
        #expect(isRead(read), sourceLocation: location)
    }

    private func same<Fact: Codable & Equatable>(
        _ fact: Fact, _ type: String, in golden: String,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let event = try Golden.value(golden, as: InternalEvent.self)
        #expect(event.type == type, sourceLocation: location)
        let text = try Golden.text(golden)
        #expect(JSON.text(event) == text, sourceLocation: location)
        #expect(JSON.text(fact) == event.data, sourceLocation: location)
        #expect(try event.fact(Fact.self) == fact, sourceLocation: location)
    }
}
