import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct EntityDraftTests {
    @Test func `valid members are trimmed and kept`() throws {
        let draft = try EntityDraft(
            name: "  Deploy Bot ", type: "chat_extension", slug: "bot", description: " \n ")
        #expect(draft.name == "Deploy Bot")
        #expect(draft.type == .chatExtension)
        #expect(draft.slug == "bot")
        #expect(draft.description == nil)
    }

    @Test func `all invalid members are reported at once`() {
        let fault = fault {
            try EntityDraft(
                name: " ", type: "robot", slug: "Not A Slug",
                description: String(repeating: "x", count: 2001))
        }
        #expect(fault?.kind == .invalid)
        #expect(fault?.fields.map(\.pointer) == ["/name", "/type", "/slug", "/description"])
    }

    @Test(arguments: ["", "-a", "a-", "A", "a_b", "ä", String(repeating: "a", count: 61)])
    func `invalid slugs are refused`(slug: String) {
        let fault = fault { try EntityDraft(name: "Bot", type: "app", slug: slug) }
        #expect(fault?.fields.map(\.pointer) == ["/slug"])
    }

    // MARK: Changes

    static let entity = Entity(
        id: "ent_1", name: "Bot", slug: "bot", type: .app, description: "Old",
        organizationId: nil, ownerId: "usr_1", createdAt: Timestamp(milliseconds: 0),
        updatedAt: Timestamp(milliseconds: 0))
    static let now = Timestamp(milliseconds: 5)

    @Test func `an update changes only the members it contains`() throws {
        let changed = try EntityUpdate(name: .value("Robot")).applied(
            to: Self.entity, at: Self.now)
        #expect(changed.name == "Robot")
        #expect(changed.description == "Old")
        #expect(changed.updatedAt == Self.now)
    }

    @Test func `null clears a description and is refused elsewhere`() throws {
        let changed = try EntityUpdate(description: .null).applied(to: Self.entity, at: Self.now)
        #expect(changed.description == nil)
        let fault = fault { try EntityUpdate(name: .null, slug: .null) }
        #expect(fault?.fields.map(\.pointer) == ["/name", "/slug"])
    }

    @Test(arguments: ["everybody", "Anyone", ""])
    func `resharing is one of two words`(word: String) throws {
        let created = fault { try EntityDraft(name: "Bot", type: "app", resharing: word) }
        let updated = fault { try EntityUpdate(resharing: .value(word)) }
        #expect(created?.fields.map(\.pointer) == ["/resharing"])
        #expect(updated?.fields.map(\.pointer) == ["/resharing"])
        #expect(fault { try EntityUpdate(resharing: .null) }?.fields.count == 1)
        #expect(try EntityDraft(name: "Bot", type: "app").resharing == .anyone)
        let off = try EntityDraft(name: "Bot", type: "app", resharing: "publishers")
        #expect(off.resharing == .publishers)
    }

    @Test func `an update to equal values changes nothing`() throws {
        let changed = try EntityUpdate(name: .value(" Bot "), description: .value("Old"))
        #expect(changed.applied(to: Self.entity, at: Self.now) == Self.entity)
    }
}
