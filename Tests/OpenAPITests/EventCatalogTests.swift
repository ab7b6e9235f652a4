import Contract
import Foundation
import InvitationsContract
import Kernel
import Testing

@testable import OpenAPI

@Suite struct EventCatalogTests {
    @Test func `every change of every context is in the catalog`() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Services")
        let files = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        var actions: [String] = []
        for file in files ?? [] where file.hasSuffix("Change.swift") {
            let text = try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
            guard text.contains(": String, AuditedChange {") else { continue }
            actions += text.matches(of: /case \w+ = "([a-z_.]+)"/).map { String($0.1) }
        }
        #expect(actions.count > 60)
        #expect(EventCatalog.changes.map(\.action).sorted() == actions.sorted())
    }

    @Test func `each type of event is one kind of change`() {
        let types = EventTypes.all
        #expect(Set(types).count == types.count)
        for change in EventCatalog.changes {
            #expect(types.contains(change.type), "\(change.action)")
            #expect(change.hasOwnEvent != change.declaration.meaning.isEmpty, "\(change.action)")
        }
        // What makes a change known without an event of its own.
        let silent = EventCatalog.silent
        #expect(silent.map(\.action) == ["workspace_member.added"])
        #expect(silent.map(\.type) == ["workspace.invitation_accepted"])
    }

    @Test func `all kinds of events that are promised are there`() throws {
        let kinds = Set(EventTypes.all.map { $0.prefix { $0 != "." } })
        #expect(
            kinds == [
                "user", "token", "session", "entity", "share", "publisher", "version",
                "organization", "member", "role", "publication", "storage_config", "integration",
                "integration_share", "team", "team_member", "webhook", "workspace", "invitation",
                "collaborator",
            ])
        for type in [
            "invitation.sent", "invitation.accepted", "invitation.expired", "invitation.revoked",
            "collaborator.added", "collaborator.removed",
        ] {
            #expect(EventTypes.all.contains(type))
        }
        let pattern = try Regex("^[a-z_]+\\.[a-z_]+$")
        for type in EventTypes.all {
            #expect(try pattern.wholeMatch(in: type) != nil, "\(type)")
        }
    }

    @Test func `the members of what events show are described, and have examples`() throws {
        for notice in EventCatalog.notices {
            try check(notice.body)
            #expect(!notice.subject.id.isEmpty && notice.parent?.id.isEmpty != true)
            #expect(notice.meaning.hasSuffix("."), "\(notice.type)")
        }
    }

    private func check(_ type: any Documented.Type) throws {
        #expect(type.meaning.hasSuffix("."), "\(type)")
        for field in try Field.all(of: type, .answer) {
            #expect(field.meaning.hasSuffix("."), "\(type).\(field.name)")
            if field.isRequired, !field.takesNull {
                let example = try Example.object(type, .answer)[field.name]
                #expect(example != nil && example != .null, "\(type).\(field.name)")
            }
            if case .object(let nested) = field.shape { try check(nested) }
        }
    }
}
