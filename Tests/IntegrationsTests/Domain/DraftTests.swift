import Contract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Validation of input for integrations and teams.
@Suite struct DraftTests {
    private func pointers<T>(_ body: () throws -> T) -> [String]? {
        fault { try body() }.map { $0.fields.map(\.pointer) }
    }

    private static let longest = String(repeating: "\u{E9}", count: 200)
    private static let badNames = [
        "", " ", "\u{200B}", longest + "e", "a\nb", "a\u{0}", "a\u{202E}b", "\t",
    ]
    private static let longestSlug = String(repeating: "a", count: 60)
    /// With an underscore it could be mistaken for an id.
    private static let badSlugs = [
        "", "A", "-a", "a-", "a b", "int_1", "\u{E9}", longestSlug + "a", "a:b", "a/b", "..", "%41",
    ]

    // MARK: Names

    @Test func `a name is trimmed and has 1 to 200 characters`() throws {
        #expect(try IntegrationDraft(name: "  CRM ").name == "CRM")
        #expect(try IntegrationDraft(name: Self.longest).name == Self.longest)
        #expect(try TeamDraft(name: " A Team\n").name == "A Team")
        #expect(try TeamDraft(name: Self.longest).name == Self.longest)
    }

    @Test(arguments: badNames)
    func `an invalid name is refused everywhere`(_ name: String) {
        #expect(pointers { try IntegrationDraft(name: name) } == ["/name"])
        #expect(pointers { try IntegrationUpdate(name: .value(name)) } == ["/name"])
        #expect(pointers { try TeamDraft(name: name) } == ["/name"])
    }

    @Test func `name and slug can't be cleared`() {
        #expect(pointers { try IntegrationUpdate(name: .null) } == ["/name"])
        #expect(pointers { try IntegrationUpdate(slug: .null) } == ["/slug"])
    }

    // MARK: Slugs

    @Test func `a slug is optional and must be valid`() throws {
        #expect(try IntegrationDraft(name: "A").slug == nil)
        #expect(try IntegrationDraft(name: "A", slug: "a-1").slug == "a-1")
        #expect(try IntegrationUpdate(slug: .value(Self.longestSlug)).slug == Self.longestSlug)
        #expect(try TeamDraft(name: "A").id == nil)
        #expect(try TeamDraft(name: "A", id: Self.longestSlug).id == Self.longestSlug)
    }

    @Test(arguments: badSlugs)
    func `an invalid slug is refused everywhere`(_ slug: String) {
        #expect(pointers { try IntegrationDraft(name: "A", slug: slug) } == ["/slug"])
        #expect(pointers { try IntegrationUpdate(slug: .value(slug)) } == ["/slug"])
        #expect(pointers { try TeamDraft(name: "A", id: slug) } == ["/id"])
    }

    // MARK: Descriptions

    @Test func `a description can have several lines, and an empty one is none`() throws {
        #expect(try IntegrationDraft(name: "A", description: " a\r\nb ").description == "a\nb")
        for empty in ["", " \n "] {
            #expect(try IntegrationDraft(name: "A", description: empty).description == nil)
        }
        let longest = String(repeating: "a", count: 2_000)
        #expect(try IntegrationDraft(name: "A", description: longest).description == longest)
        for text in [longest + "a", "a\u{0}", "a\u{202E}"] {
            #expect(
                pointers { try IntegrationDraft(name: "A", description: text) } == ["/description"])
            #expect(
                pointers { try IntegrationUpdate(description: .value(text)) } == ["/description"])
        }
    }

    // MARK: All at once

    @Test func `all errors are reported together`() {
        let all = ["/name", "/slug", "/description"]
        #expect(
            pointers { try IntegrationDraft(name: "", slug: "A", description: "\u{0}a") } == all)
        let change = pointers {
            try IntegrationUpdate(name: .null, slug: .value("A"), description: .value("\u{0}a"))
        }
        #expect(change == all)
        #expect(pointers { try TeamDraft(name: " ", id: "A") } == ["/name", "/id"])
    }

    // MARK: Changes

    private let crm = Integration(
        id: "int_1", slug: "crm", name: "CRM", description: "Contacts", owner: .user("usr_1"),
        createdAt: Timestamp(milliseconds: 1_000), updatedAt: Timestamp(milliseconds: 2_000),
        shareCount: 3)
    private let now = Timestamp(milliseconds: 9_000)

    @Test func `an update leaves absent members unchanged`() throws {
        func applied(_ change: IntegrationUpdate) -> Integration {
            change.applied(to: crm, at: now)
        }
        var other = crm
        other.updatedAt = now
        other.name = "ERP"
        #expect(applied(try IntegrationUpdate(name: .value(" ERP "))) == other)
        other.slug = "erp"
        let both = try IntegrationUpdate(name: .value("ERP"), slug: .value("erp"))
        #expect(applied(both) == other)
        other = crm
        other.updatedAt = now
        other.description = nil
        #expect(applied(try IntegrationUpdate(description: .null)) == other)
        #expect(applied(try IntegrationUpdate(description: .value(""))) == other)
    }

    @Test func `updatedAt changes only with the integration, and always grows`() throws {
        #expect(try IntegrationUpdate().applied(to: crm, at: now) == crm)
        let same = try IntegrationUpdate(
            name: .value("CRM"), slug: .value("crm"), description: .value("Contacts"))
        #expect(same.applied(to: crm, at: now) == crm)
        let renamed = try IntegrationUpdate(name: .value("ERP"))
        for now in [crm.updatedAt, crm.createdAt] {
            #expect(renamed.applied(to: crm, at: now).updatedAt.milliseconds == 2_001)
        }
    }

    // MARK: Others

    @Test func `a new owner is either a user or a team`() throws {
        #expect(try NewOwner(userId: "ada", teamId: nil).name == .user("ada"))
        #expect(try NewOwner(userId: nil, teamId: "a").name == .team("a"))
        #expect(pointers { try NewOwner(userId: nil, teamId: nil) } == [""])
        #expect(pointers { try NewOwner(userId: "ada", teamId: "a") } == [""])
        #expect(try NewOwner(userId: "x", teamId: nil).unknown.fields.map(\.pointer) == ["/userId"])
        #expect(try NewOwner(userId: nil, teamId: "x").unknown.fields.map(\.pointer) == ["/teamId"])
    }

    @Test func `a search doesn't match across two members`() {
        #expect(crm.searchText == "crm\ncrm")
        let team = Team(id: "a-team", name: "\u{C9}quipe A", createdAt: now, memberCount: 0)
        #expect(team.searchText.hasSuffix("\na-team") && !team.searchText.contains("\u{C9}"))
    }
}
