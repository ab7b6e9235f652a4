import Contract
import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct EntityDraftTests {
    @Test func `trims and keeps what is valid`() throws {
        let draft = try EntityDraft(
            name: "  Deploy Bot ", type: "chat_extension", slug: "bot", description: " \n ")
        #expect(draft.name == "Deploy Bot")
        #expect(draft.type == .chatExtension)
        #expect(draft.slug == "bot")
        #expect(draft.description == nil)
    }

    @Test func `names every field that is wrong at once`() {
        let fault = fault {
            try EntityDraft(
                name: " ", type: "robot", slug: "Not A Slug",
                description: String(repeating: "x", count: 2001))
        }
        #expect(fault?.kind == .invalid)
        #expect(fault?.fields.map(\.pointer) == ["/name", "/type", "/slug", "/description"])
    }

    @Test(arguments: ["", "-a", "a-", "A", "a_b", "ä", String(repeating: "a", count: 61)])
    func `refuses as slug`(slug: String) {
        let fault = fault { try EntityDraft(name: "Bot", type: "app", slug: slug) }
        #expect(fault?.fields.map(\.pointer) == ["/slug"])
    }

    // MARK: Changes

    static let entity = Entity(
        id: "ent_1", name: "Bot", slug: "bot", type: .app, description: "Old",
        organizationId: nil, ownerId: "usr_1", createdAt: Timestamp(milliseconds: 0),
        updatedAt: Timestamp(milliseconds: 0))
    static let now = Timestamp(milliseconds: 5)

    @Test func `a change touches what it mentions and no more`() throws {
        let changed = try EntityUpdate(name: .value("Robot")).applied(
            to: Self.entity, at: Self.now)
        #expect(changed.name == "Robot")
        #expect(changed.description == "Old")
        #expect(changed.updatedAt == Self.now)
    }

    @Test func `null clears a description and nothing else`() throws {
        let changed = try EntityUpdate(description: .null).applied(to: Self.entity, at: Self.now)
        #expect(changed.description == nil)
        let fault = fault { try EntityUpdate(name: .null, slug: .null) }
        #expect(fault?.fields.map(\.pointer) == ["/name", "/slug"])
    }

    @Test func `a change to the same is no change`() throws {
        let changed = try EntityUpdate(name: .value(" Bot "), description: .value("Old"))
        #expect(changed.applied(to: Self.entity, at: Self.now) == Self.entity)
    }
}
