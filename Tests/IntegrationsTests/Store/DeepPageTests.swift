import Contract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Long lists.
@Suite struct DeepPageTests {
    let count = 12_000
    let size = 100

    let world: World
    let ada: Caller
    let crm: Integration
    let team: Team

    init() async throws {
        world = try World()
        ada = world.user("ada")
        crm = try await world.integration(by: ada)
        team = try await world.team("A Team", by: ada)
    }

    /// Shares `shr_00001` … with users in descending order of ids.
    private func addShares(_ count: Int) async throws {
        try await world.database.write { [crm] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO shares (principal, integration_id, id, access_level, created_at,
                    updated_at)
                SELECT printf('usr_%05d', ?2 - i), ?1, printf('shr_%05d', i), i, ?3, ?3 FROM n
                """, .text(crm.id), .int(count), .time(tx.now))
        }
    }

    /// Members `usr_00001` …, ten of whom joined at each moment.
    private func addMembers(_ count: Int) async throws {
        try await world.database.write { [team] tx in
            _ = try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
                INSERT INTO team_members (user_id, team_id, role, joined_at)
                SELECT printf('usr_%05d', i), ?1, 'member', ?3 + (i + 9) / 10 FROM n
                """, .text(team.id), .int(count), .time(tx.now))
        }
    }

    private func numbers(_ prefix: String, from first: Int, downTo last: Int) -> [String] {
        stride(from: first, through: last, by: -1).map { number in
            let digits = String(number)
            return prefix + String(repeating: "0", count: 5 - digits.count) + digits
        }
    }

    // MARK: Shares

    @Test func `the pages of shares contain every share once, newest first`()
        async throws
    {
        try await addShares(count)
        // Shares of another integration lie in between.
        let other = try await world.integration("Other", by: ada)
        try await world.share(other, with: "user:ada", by: ada)
        var seen: [String] = []
        for number in 1...(count / size) {
            let page = try await world.useCases.listShares(
                of: crm.id, PageRequest(page: number, size: size), by: ada)
            #expect(page.items.count == size && page.total == count)
            seen += page.items.map(\.share.id)
        }
        #expect(seen == numbers("shr_", from: count, downTo: 1))
        for number in [count / size + 1, PageRequest.maximumPage] {
            let beyond = try await world.useCases.listShares(
                of: crm.id, PageRequest(page: number, size: size), by: ada)
            #expect(beyond.items.isEmpty && beyond.total == count)
        }
    }

    @Test func `each item of a page has its own share's values`() async throws {
        try await addShares(count)
        let page = try await world.useCases.listShares(
            of: crm.id, PageRequest(page: 41, size: 3), by: ada)
        #expect(page.items.map(\.share.id) == numbers("shr_", from: 11_880, downTo: 11_878))
        #expect(page.items.map(\.share.level.value) == [11_880, 11_879, 11_878])
        #expect(page.items.map(\.share.principal.key) == ["usr_00120", "usr_00121", "usr_00122"])
    }

    @Test func `changing a share keeps its place`() async throws {
        for name in ["b", "c", "d"] {
            world.user(name)
            try await world.share(crm, with: "user:\(name)", by: ada)
        }
        try await world.share(crm, with: "user:b", 9, by: ada)
        let page = try await world.useCases.listShares(of: crm.id, PageRequest(), by: ada)
        #expect(page.items.map(\.principal.name.text) == ["user:d", "user:c", "user:b"])
        #expect(page.items.map(\.share.level.value) == [1, 1, 9])
    }

    // MARK: Members

    @Test func `the pages of members contain every member once, newest first`()
        async throws
    {
        try await addMembers(count)
        var seen: [String] = []
        for number in 1...(count / size + 1) {
            let page = try await world.useCases.listTeamMembers(
                of: team.id, PageRequest(page: number, size: size), by: ada)
            #expect(page.total == count + 1)
            seen += page.items.map(\.member.userId)
        }
        #expect(seen == numbers("usr_", from: count, downTo: 1) + [ada.userId])
    }

    // MARK: Integrations

    @Test func `a long list has each integration once for a user with several kinds of access`()
        async throws
    {
        try await world.database.write { [ada] tx in
            try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
                INSERT INTO integrations (id, slug, name, owner, created_at, updated_at,
                    search_text)
                SELECT printf('int_1%05d', i), 's' || i, 'N', iif(i % 3 = 0, ?1, 'usr_x'), 1, 1,
                    's' || i FROM n
                """, .text(ada.userId))
            try tx.execute(
                """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
                INSERT INTO shares (principal, integration_id, id, access_level, created_at,
                    updated_at)
                SELECT iif(i % 2 = 0, ?1, 'team:a-team'), printf('int_1%05d', i),
                    printf('shr_%05d', i), 1, 1, 1 FROM n WHERE i % 3 < 2
                """, .text(ada.userId))
        }
        var seen: [String] = []
        for number in 1...21 {
            let page = try await world.useCases.listIntegrations(
                search: nil, PageRequest(page: number, size: size), by: ada)
            #expect(page.total == 2_001)
            seen += page.items.map(\.integration.id)
        }
        let expected = numbers("int_1", from: 3_000, downTo: 1).filter {
            (Int($0.dropFirst(5)) ?? 0) % 3 < 2
        }
        #expect(seen == expected + [crm.id])
    }

    @Test func `a large integration and a large team are deleted with all their rows`() async throws
    {
        try await addShares(2_000)
        try await addMembers(2_000)
        try await world.useCases.deleteIntegration(crm.id, by: ada).commit()
        try await world.useCases.deleteTeam(team.id, by: ada).commit()
        try await world.finishJobs()
        let left = try world.database.dump(
            of: "integrations", "shares", "teams", "team_members")
        #expect(left.isEmpty)
        let audit = try world.useCases.auditTail(.init(filter: .init(about: crm.id), limit: 2))
        #expect(audit.entries.map(\.action) == ["share.removed", "share.removed"])
    }
}
