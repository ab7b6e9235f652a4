import Contract
import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import PublicEvents
@testable import Workspaces

/// What the document says of a workspace's values, and what its domain decides, are the same.
@Suite struct WorkspaceRuleTests {
    private func rule(_ name: String, _ type: any Documented.Type) throws -> Rule {
        try #require(type.members.first { $0.name == name }, "\(type).\(name)").rule
    }

    @Test(arguments: Texts.all + [199, 200, 201].map { String(repeating: "a", count: $0) })
    func `names of workspaces`(_ text: String) throws {
        let takes = isAccepted { () throws(Fault) in _ = try WorkspaceDraft(name: text) }
        for type in [NewWorkspaceBody.self, WorkspacePatchBody.self] as [any Documented.Type] {
            #expect(try accepts(rule("name", type), text) == takes, "\(type)")
        }
    }

    @Test(arguments: WorkspacePermission.allCases.map(\.rawValue) + ["admin", "", "Read"])
    func `permissions that can be granted`(_ text: String) throws {
        let takes = isAccepted { () throws(Fault) in _ = try WorkspacePermission(given: text) }
        for type in [
            WorkspaceInviteBody.self, SharedUserPermissionsBody.self,
            WorkspaceInvitationBody.self,
        ] as [any Documented.Type] {
            #expect(try accepts(rule("permissions", type), text) == takes, "\(type)")
        }
        let shown = WorkspacePermission(rawValue: text) != nil
        for type in [WorkspaceBody.self, SharedUserBody.self] as [any Documented.Type] {
            #expect(try accepts(rule("permissions", type), text) == shown, "\(type)")
        }
    }

    @Test(arguments: WorkspaceInvitationStatus.allCases.map(\.rawValue) + ["declined", ""])
    func `statuses, and those that are answers`(_ text: String) throws {
        let shown = WorkspaceInvitationStatus(rawValue: text) != nil
        #expect(try accepts(rule("status", WorkspaceInvitationBody.self), text) == shown)
        let takes = isAccepted { () throws(Fault) in
            _ = try WorkspaceInvitationResponse(status: text, email: "ada@example.com")
        }
        #expect(try accepts(rule("status", WorkspaceInvitationResponseBody.self), text) == takes)
    }

    @Test func `documented defaults are the actual defaults`() throws {
        let draft = try WorkspaceInvitationDraft(email: "ada@example.com")
        let fallback = try rule("permissions", WorkspaceInviteBody.self).fallback
        #expect(fallback == .string(draft.permissions.rawValue))
    }

    @Test func `examples of ids are UUIDs`() throws {
        for (name, type) in [
            ("id", WorkspaceBody.self), ("id", WorkspaceInvitationBody.self),
            ("workspaceId", WorkspaceInvitationBody.self),
        ] as [(String, any Documented.Type)] {
            let member = try #require(type.members.first { $0.name == name })
            guard case .string(let example)? = member.example else {
                Issue.record("\(type).\(name) has no example")
                continue
            }
            #expect(IDMinter.uuid(example) == example)
            #expect(member.rule.format == "uuid")
        }
    }
}
