import EntitiesContract
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// Input for organizations, roles and members.
@Suite struct DraftTests {
    private func pointers<T>(_ body: () throws -> T) -> [String]? {
        fault { try body() }.map { $0.fields.map(\.pointer) }
    }

    // MARK: Organizations

    @Test func `a name is trimmed and has 1 to 200 characters`() throws {
        #expect(try OrganizationDraft(name: "  Acme ").name == "Acme")
        let longest = String(repeating: "\u{E9}", count: 200)
        #expect(try OrganizationDraft(name: longest).name == longest)
        for name in ["", " ", "\u{200B}", longest + "e", "a\nb", "a\u{0}", "a\u{202E}b"] {
            #expect(pointers { try OrganizationDraft(name: name) } == ["/name"], "\(name)")
            #expect(pointers { try OrganizationUpdate(name: name) } == ["/name"], "\(name)")
        }
    }

    @Test func `a slug must be in canonical form or absent`() throws {
        #expect(try OrganizationDraft(name: "A").slug == nil)
        #expect(try OrganizationDraft(name: "A", slug: "a-1").slug == "a-1")
        let longest = String(repeating: "a", count: 60)
        #expect(try OrganizationUpdate(slug: longest).slug == longest)
        // With an underscore it could look like an id.
        for slug in ["", "A", "-a", "a-", "a b", "org_1", "\u{E9}", longest + "a"] {
            #expect(pointers { try OrganizationDraft(name: "A", slug: slug) } == ["/slug"])
            #expect(pointers { try OrganizationUpdate(slug: slug) } == ["/slug"])
        }
    }

    @Test func `all errors are reported at once`() {
        #expect(pointers { try OrganizationDraft(name: "", slug: "A") } == ["/name", "/slug"])
        #expect(pointers { try OrganizationUpdate(name: "", slug: "A") } == ["/name", "/slug"])
        #expect(pointers { try RoleDraft(name: "", scopes: ["x"]) } == ["/name", "/scopes/0"])
    }

    @Test func `an update keeps fields that it doesn't mention`() throws {
        let acme = Organization(
            id: "org_1", name: "Acme", slug: "acme", createdAt: Timestamp(milliseconds: 0),
            memberCount: 3, publicCount: 2)
        #expect(try OrganizationUpdate().applied(to: acme) == acme)
        var renamed = acme
        renamed.name = "Bolt"
        #expect(try OrganizationUpdate(name: "Bolt").applied(to: acme) == renamed)
        renamed.slug = "bolt"
        #expect(try OrganizationUpdate(name: "Bolt", slug: "bolt").applied(to: acme) == renamed)
    }

    // MARK: Roles

    @Test func `a role's name has 1 to 60 characters and does not look like an id`() throws {
        #expect(try RoleUpdate(name: " Release manager ").name == "Release manager")
        let longest = String(repeating: "a", count: 60)
        #expect(try RoleUpdate(name: longest).name == longest)
        for name in ["", " ", longest + "a", "rol_1", " rol_", "a\u{7}"] {
            #expect(pointers { try RoleUpdate(name: name) } == ["/name"], "\(name)")
        }
        #expect(try RoleUpdate().name == nil)
    }

    @Test func `a role has known scopes, each once and in order`() throws {
        let all = RoleScope.allCases.map(\.rawValue)
        #expect(try RoleUpdate(scopes: all.reversed()).scopes == RoleScope.allCases)
        let some = try RoleDraft(name: "A", scopes: ["org:write", "entities:share", "org:write"])
        #expect(some.scopes == [.entitiesShare, .orgWrite])
        #expect(pointers { try RoleUpdate(scopes: all + all) } == ["/scopes"])
        #expect(try RoleUpdate(scopes: []).scopes == [])
        #expect(try RoleUpdate().scopes == nil)
        // `*` is for owners; the others have no meaning in an organization.
        for scope in ["*", "org:*", "users:admin", "ORG:WRITE", "", "integration:share"] {
            #expect(pointers { try RoleUpdate(scopes: ["org:write", scope]) } == ["/scopes/1"])
        }
        #expect(pointers { try RoleUpdate(scopes: ["a", "b"]) } == ["/scopes/0", "/scopes/1"])
    }

    // MARK: Members and publications

    @Test func `a new member needs exactly one of user id and address`() throws {
        #expect(try NewMember(userId: "usr_1", email: nil) == .userId("usr_1"))
        let byAddress = try NewMember(userId: nil, email: " Bob@Example.COM ")
        #expect(byAddress == .email("bob@example.com"))
        #expect(pointers { try NewMember(userId: nil, email: nil) } == [""])
        #expect(pointers { try NewMember(userId: "usr_1", email: "b@example.com") } == [""])
        #expect(pointers { try NewMember(userId: nil, email: "bob") } == ["/email"])
    }

    @Test func `the last owner can't end their ownership`() throws {
        func member(_ builtIn: BuiltInRole?) -> Membership {
            let role = Role(
                id: "rol_1", organizationId: "org_1", name: "r", builtIn: builtIn, scopes: [])
            return Membership(
                id: "mem_1", organizationId: "org_1", userId: "usr_1", role: role,
                joinedAt: Timestamp(milliseconds: 0))
        }
        let fault = fault { try member(.owner).checkLeavesAnOwner { false } }
        #expect(fault?.kind == .conflict && fault?.code == "last_owner")
        try member(.owner).checkLeavesAnOwner { true }
        for role in [BuiltInRole.admin, .member, nil] {
            try member(role).checkLeavesAnOwner { false }
        }
    }

    @Test func `updatedAt changes only if isPublic does`() {
        let then = Timestamp(milliseconds: 1)
        let now = Timestamp(milliseconds: 2)
        let hidden = Publication(
            id: "pub_1", organizationId: "org_1",
            entity: PublishedEntity(id: "ent_1", name: "Bot", type: "app"), isPublic: false,
            publishedBy: "usr_1", publishedAt: then, updatedAt: then)
        #expect(hidden.updated(isPublic: nil, at: now) == hidden)
        #expect(hidden.updated(isPublic: false, at: now) == hidden)
        let shown = hidden.updated(isPublic: true, at: now)
        #expect(shown.isPublic && shown.updatedAt == now && shown.publishedAt == then)
    }
}
