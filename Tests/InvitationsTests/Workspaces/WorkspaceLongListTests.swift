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

/// Lists of workspaces that are long.
@Suite struct WorkspaceLongListTests {
    let count = 100_000

    let world: World
    let ada: Caller
    let bob: Caller
    let lab: Workspace

    init() async throws {
        world = try World()
        (ada, bob) = (world.user("ada"), world.user("bob"))
        lab = try await world.workspace(by: ada)
    }

    /// Invitations by Ada, a millisecond apart in when they expire.
    private func addInvitations(
        _ count: Int, to email: String = "u%d@example.com", _ status: String = "pending",
        expiresFrom first: Timestamp
    ) async throws {
        try await world.database.write { [lab, ada] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO workspace_invitations (id, workspace_id, email, permissions, status,
                    invited_by, expires_at, created_at, sent_at, name_at_end, email_status)
                SELECT printf('01890000-0000-7000-8000-%012x', i), ?1, printf(?3, i), 'read', ?4,
                    ?5, ?6 + i, ?7, ?7, iif(?4 = 'pending', NULL, 'Lab'), 'none' FROM n
                """, .text(lab.id), .int(count), .text(email), .text(status),
                .text(ada.userId), .time(first), .time(tx.now))
        }
    }

    private func addMembers(_ count: Int) async throws {
        try await world.database.write { [lab] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO workspace_members (user_id, workspace_id, permissions, shared_at)
                SELECT printf('usr_%d', i), ?1, 'read', ?3 + i % 7 FROM n
                """, .text(lab.id), .int(count), .time(tx.now))
        }
    }

    /// Workspaces of somebody else that Bob may read.
    private func addWorkspaces(_ count: Int) async throws {
        try await world.database.write { [bob] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                INSERT INTO workspaces (id, name, created_at)
                SELECT printf('01890000-0000-7000-9000-%012x', i), 'W' || i, ?2 FROM n
                """, .int(count), .time(tx.now))
            for (user, permissions) in [("usr_o", "owner"), (bob.userId, "read")] {
                _ = try tx.execute(
                    """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                    INSERT INTO workspace_members (user_id, workspace_id, permissions, shared_at)
                    SELECT ?2, printf('01890000-0000-7000-9000-%012x', i), ?3, ?4 FROM n
                    """, .int(count), .text(user), .text(permissions), .time(tx.now))
            }
        }
    }

    private func expectPage(
        _ page: Int, of total: Int, _ list: (PageRequest) async throws -> (Int, total: Int)
    ) async throws {
        let found = try await list(PageRequest(page: page, size: 100))
        #expect(found == (100, total: total))
    }

    /// Of a list whose total is kept, so that the first page costs next to nothing.
    private func expectAll(
        _ total: Int, _ list: (PageRequest) async throws -> (Int, total: Int)
    ) async throws {
        for page in [1, total / 200, total / 100] { try await expectPage(page, of: total, list) }
    }

    /// - Parameter list: how many a page has, and how many there are.
    private func expectEven(
        _ total: Int, _ list: (PageRequest) async throws -> (Int, total: Int)
    ) async throws {
        func cost(_ page: Int) async throws -> Double {
            try await Cost.ofTask { try await expectPage(page, of: total, list) }
        }
        let (first, middle) = (try await cost(1), try await cost(total / 200))
        let last = try await cost(total / 100)
        #expect(middle < 10 * first && last < 10 * first, "\(first) \(middle) \(last) s")
        let beyond = try await list(PageRequest(page: PageRequest.maximumPage, size: 100))
        #expect(beyond == (0, total: total))
    }

    @Test func `every page of pending invitations costs as much as the first`() async throws {
        try await addInvitations(count, expiresFrom: world.clock.now().adding(seconds: 3_600))
        try await expectEven(count) { page in
            let found = try world.workspaces.listPending(to: lab.id, page, by: ada)
            return (found.items.count, found.total)
        }
    }

    @Test func `every page of sent invitations costs as much as the first`() async throws {
        try await world.member(bob, of: lab, by: ada)
        try await world.handOver(lab, to: bob, by: ada)
        try await addInvitations(count, expiresFrom: world.clock.now().adding(seconds: 3_600))
        try await expectEven(count) { page in
            let found = try world.workspaces.listPending(to: lab.id, page, by: ada)
            return (found.items.count, found.total)
        }
    }

    @Test(arguments: [nil, WorkspaceInvitationStatus.rejected])
    func `every page of many received invitations has its rows and the total`(
        _ status: WorkspaceInvitationStatus?
    ) async throws {
        try await addInvitations(
            count, to: "bob@example.com", "rejected", expiresFrom: world.clock.now())
        try await expectAll(count) { page in
            let found = try await world.workspaces.listMine(status, page, by: bob)
            return (found.items.count, found.total)
        }
    }

    @Test func `every page of members costs as much as the first`() async throws {
        // With the owner.
        try await addMembers(count - 1)
        try await expectEven(count) { page in
            let found = try await world.workspaces.listSharedUsers(of: lab.id, page, by: ada)
            return (found.items.count, found.total)
        }
    }

    @Test func `every page of many workspaces has its rows and the total`() async throws {
        try await addWorkspaces(count)
        try await expectAll(count) { page in
            let found = try world.workspaces.listWorkspaces(page, by: bob)
            return (found.items.count, found.total)
        }
    }

    @Test func `all pages together contain every member once, newest first`() async throws {
        try await addMembers(1_049)
        var seen: [WorkspaceMember] = []
        for page in 1...11 {
            seen += try await world.workspaces.listSharedUsers(
                of: lab.id, PageRequest(page: page, size: 100), by: ada
            ).items.map(\.member)
        }
        #expect(seen.count == 1_050 && Set(seen.map(\.userId)).count == 1_050)
        let order = seen.map { ($0.sharedAt, $0.userId) }
        #expect(order.elementsEqual(order.sorted { $0 > $1 }) { $0 == $1 })
    }

    @Test func `all pages together contain every invitation once, newest first`() async throws {
        try await addInvitations(1_050, expiresFrom: world.clock.now().adding(seconds: 3_600))
        var seen: [String] = []
        for page in 1...11 {
            seen += try world.workspaces.listPending(
                to: lab.id, PageRequest(page: page, size: 100), by: ada
            ).items.map(\.invitation.id)
        }
        #expect(seen.count == 1_050 && Set(seen).count == 1_050 && seen == seen.sorted(by: >))
    }

    @Test func `finding that none of many has expired is cheap`() async throws {
        try await addInvitations(count, expiresFrom: world.clock.now().adding(seconds: 3_600))
        let time = try await Cost.ofTask {
            let count = try await world.workspaces.expireSome()
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
            steps.append(try await world.workspaces.expireSome())
        } while steps.last != 0
        #expect(steps == [200, 200, 200, 200, 200, 1, 0])
        let told = try world.eventData().compactMap { $0["invited_email"]?.string }
        #expect(told == (1...1_001).map { "u\($0)@example.com" })
        #expect(try world.count("workspace.invitation_expired") == 1_001)
    }
}
