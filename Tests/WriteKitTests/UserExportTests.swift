import Contract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import WriteKit

@Suite struct UserExportTests {
    private let world: JournalWorld
    private let export = UserExport([.offboardings], left: [:])

    init() throws { world = try JournalWorld() }

    private func entry(
        _ number: Int, actor: String? = "usr_other", acting: String? = nil,
        subject: AuditEntryBody.Subject = .init(type: "share", id: "shr_1"),
        parent: AuditEntryBody.Subject? = nil
    ) async throws {
        try await world.database.write { tx in
            let entry = AuditEntryBody(
                id: "aud_\(1_000 + number)", at: tx.now, actorId: actor, actingId: acting,
                tokenId: nil, requestId: nil, action: "share.created", subject: subject,
                parent: parent, before: nil, after: ["name": .text("a \"b\"")])
            try AuditStore.insert(entry, about: nil, in: tx)
        }
    }

    @Test func `all entries by and about a user are exported, however many`() async throws {
        // Several of one time, as a part ends among them.
        for number in 0..<250 {
            try await entry(number, actor: "usr_1")
            if number.isMultiple(of: 30) { world.clock.advance(seconds: 1) }
        }
        try await entry(300, acting: "usr_1")
        try await entry(301, subject: .init(type: "user", id: "usr_1"))
        try await entry(302, parent: .init(type: "user", id: "usr_1"))
        try await entry(303)
        let rows = try ExportTrial.rows(of: "usr_1", export, in: world.database)
        let by = try #require(rows["auditBy"])
        #expect(by.map { $0["id"]?.string } == (0..<250).map { "aud_\(1_000 + $0)" })
        #expect(by[0]["after"]?["name"]?.string == "a \"b\"" && by[0]["before"] == .null)
        #expect(by[0]["at"]?.string == "2026-01-15T09:00:00.000Z")
        #expect(rows["auditActing"]?.map { $0["id"]?.string } == ["aud_1300"])
        #expect(rows["auditAbout"]?.map { $0["id"]?.string } == ["aud_1301"])
        #expect(rows["auditWithin"]?.map { $0["id"]?.string } == ["aud_1302"])
        #expect(rows["offboardings"]?.isEmpty == true)
    }

    @Test func `an unknown section is refused`() {
        let query = ExportQuery(
            userId: "usr_1", email: "", after: ExportCursor(section: "nothing"))
        #expect(throws: Fault.self) {
            try world.database.read { try export.part(query, in: $0) }
        }
    }
}
