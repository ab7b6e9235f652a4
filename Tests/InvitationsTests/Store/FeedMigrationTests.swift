import Contract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Events from before all contexts had some.
@Suite struct FeedMigrationTests {
    private static let before = Array(
        invitationsMigrations.prefix { $0.name != "one feed of all events" })

    private func open(_ path: String, _ migrations: [Migration]) throws -> Database {
        try Database(path: path, migrations: migrations, readers: 0, clock: FakeClock())
    }

    private func add(
        _ number: Int, _ type: String, about subject: String, _ data: String, in tx: Transaction
    ) throws {
        try tx.execute(
            """
            INSERT INTO events (number, id, type, subject_id, recipient, sequence, data, created_at)
            VALUES (?1, 'evt_' || ?1, ?2, ?3, 'usr_1', ?1 - 2, ?4, ?1 * 1000)
            """, .int(number), .text(type), .text(subject), .text(data))
    }

    @Test func `older events keep their numbers, types and data`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/old.sqlite"
        let old = try open(path, Self.before)
        try await old.write { [self] tx in
            try add(3, "invitation.sent", about: "ent_1", #"{"invitation_id":"inv_1"}"#, in: tx)
            try add(4, "collaborator.added", about: "ent_1", #"{"user_id":"usr_2"}"#, in: tx)
            try add(
                5, "workspace.invitation_sent", about: "w", #"{"invitation_id":"i"}"#, in: tx)
            try add(6, "workspace.member_removed", about: "w", #"{"user_id":"usr_2"}"#, in: tx)
            try add(7, "webhook.test", about: "whk_1", #"{"webhook_id":"whk_1"}"#, in: tx)
            // The last was deleted; its number stays used.
            try tx.execute("UPDATE sqlite_sequence SET seq = 9 WHERE name = 'events'")
        }
        old.close()
        let new = try open(path, invitationsMigrations)
        defer { new.close() }
        let events = try new.read { db in
            try (1...9).compactMap { try EventStore.find($0, in: db) }
        }
        #expect(
            events.map { "\($0.number) \($0.subject.type) \($0.subject.id) \($0.line)" } == [
                "3 invitation inv_1 ent_1", "4 collaborator usr_2 ent_1",
                "5 workspace_invitation i w", "6 workspace_member usr_2 w", "7 webhook whk_1 whk_1",
            ])
        #expect(events[0].data == #"{"invitation_id":"inv_1"}"#)
        #expect(events[0].at == Timestamp(milliseconds: 3_000))
        // Whoever has read up to the second of the user's events, number 4, begins after it.
        let next = try new.read {
            try EventStore.numbers(in: .own(userId: "usr_1"), after: 2, limit: 9, $0)
        }
        #expect(next == [3, 4, 5, 6])
        let added = try await new.write { tx in
            try EventStore.add(
                OutgoingEvent(
                    id: "evt_new", type: "x.y", at: tx.now, actorId: nil, actingId: nil,
                    subject: AuditEntryBody.Subject(type: "x", id: "1"), parent: nil, owners: [],
                    organization: nil, data: "{}"), in: tx)
        }
        #expect(added?.number == 10)
    }
}
