import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Long lists.
@Suite struct LongListTests {
    let count = 100_000

    let world: World
    let ada: Caller
    let crm: String

    init() throws {
        world = try World()
        ada = world.user("ada")
        crm = world.entity(by: ada)
    }

    /// Pending invitations that expire an hour apart.
    private func addInvitations(_ count: Int, expiresFrom first: Timestamp) async throws {
        try await world.database.write { [crm] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO invitations (id, entity_id, email, role, status, invited_by, days,
                    expires_at, created_at, email_status)
                SELECT printf('inv_01JHMZ000000%014d', i), ?1, printf('u%d@example.com', i),
                    'viewer', 'pending', printf('usr_%d', i % 500), 7, ?3 + i, ?4, 'none' FROM n
                """, .text(crm), .int(count), .time(first), .time(tx.now))
        }
    }

    @Test func `every page of many has its rows and the total`() async throws {
        try await addInvitations(count, expiresFrom: world.clock.now().adding(seconds: 3_600))
        for page in [1, 500, 1_000] {
            let found = try await world.useCases.listInvitations(
                to: crm, nil, PageRequest(page: page, size: 100), by: ada)
            #expect(found.items.count == 100 && found.total == count)
        }
        let beyond = try await world.useCases.listInvitations(
            to: crm, nil, PageRequest(page: PageRequest.maximumPage, size: 100), by: ada)
        #expect(beyond.items.isEmpty && beyond.total == count)
    }

    @Test func `all pages together contain every invitation once, newest first`() async throws {
        try await addInvitations(1_050, expiresFrom: world.clock.now().adding(seconds: 3_600))
        var seen: [String] = []
        for page in 1...11 {
            seen += try await world.useCases.listInvitations(
                to: crm, .pending, PageRequest(page: page, size: 100), by: ada
            ).items.map(\.id)
        }
        #expect(seen.count == 1_050 && Set(seen).count == 1_050 && seen == seen.sorted(by: >))
    }

    @Test func `finding that none of many has expired is cheap`() async throws {
        try await addInvitations(count, expiresFrom: world.clock.now().adding(seconds: 3_600))
        let time = try await Cost.ofTask {
            let count = try await world.useCases.expireSome()
            #expect(count == 0)
        }
        #expect(time < 0.02, "\(time) s")
        #expect(try world.events().isEmpty)
    }

    @Test func `invitations that expired during a downtime are stored in small transactions`()
        async throws
    {
        try await addInvitations(1_001, expiresFrom: world.clock.now())
        world.days(30)
        var steps: [Int] = []
        repeat {
            steps.append(try await world.useCases.expireSome())
        } while steps.last != 0
        #expect(steps == [200, 200, 200, 200, 200, 1, 0])
        let expected = (1...1_001).map { "invitation.expired > usr_\($0 % 500)" }
        #expect(try world.events() == expected)
    }
}
