import Contract
import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import PublicEvents
@testable import Workspaces

/// What the document says of an invitation's values, and what its domain decides, are the same.
@Suite struct InvitationRuleTests {
    private func rule(_ name: String, _ type: any Documented.Type) throws -> Rule {
        try #require(type.members.first { $0.name == name }, "\(type).\(name)").rule
    }

    @Test(arguments: Texts.all + [999, 1_000, 1_001].map { String(repeating: "a", count: $0) })
    func `messages: domain and document agree`(_ text: String) throws {
        let takes = isAccepted { () throws(Fault) in
            _ = try InvitationTerms(days: nil, message: text)
        }
        for type in [NewInvitationBody.self, BulkInvitationsBody.self] as [any Documented.Type] {
            #expect(try accepts(rule("message", type), text) == takes, "\(type)")
        }
    }

    @Test(arguments: CollaboratorRole.allCases.map(\.rawValue) + ["owner", "", "Viewer"])
    func `roles`(_ text: String) throws {
        let takes = isAccepted { () throws(Fault) in
            _ = try InvitationDraft(email: "ada@example.com", role: text)
        }
        for type in [NewInvitationBody.self, InvitationBody.self, CollaboratorBody.self]
            as [any Documented.Type]
        {
            #expect(try accepts(rule("role", type), text) == takes, "\(type)")
        }
    }

    @Test(arguments: [Int.min, -1, 0, 1, 2, 89, 90, 91, Int.max])
    func `days: domain and document agree`(_ days: Int) throws {
        let takes = isAccepted { () throws(Fault) in
            _ = try InvitationTerms(days: days, message: nil)
        }
        for type in [NewInvitationBody.self, BulkInvitationsBody.self] as [any Documented.Type] {
            let range = try rule("expires_in_days", type).range
            #expect(range?.contains(days) == takes, "\(type)")
        }
    }

    @Test func `documented defaults are the actual defaults`() throws {
        let draft = try InvitationDraft(email: "ada@example.com")
        func fallback(_ name: String) throws -> JSONTree? {
            try rule(name, NewInvitationBody.self).fallback
        }
        #expect(try fallback("role") == .string(draft.role.rawValue))
        #expect(try fallback("expires_in_days") == .number(draft.days))
        #expect(try fallback("send_email") == .bool(draft.sendsMail))
        #expect(draft.message == nil)
    }

    @Test(arguments: [0, 1, 100, 101])
    func `the bulk limit: domain and document agree`(_ count: Int) throws {
        let rule = try rule("invitations", BulkInvitationsBody.self)
        #expect(rule.count?.contains(count) == (1...InvitationLimits.bulk).contains(count))
    }
}
