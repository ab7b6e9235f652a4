import Kernel
import SQLite
import TestSupport
import Testing

@testable import Integrations

/// The query plans of pages: one range of one index, in its order, at any depth.
@Suite struct PlanTests {
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

    private func plan(_ body: (PlanReader) throws -> Void) throws -> PlanReader {
        try world.database.read { db in
            let reader = PlanReader(db)
            try body(reader)
            return reader
        }
    }

    @Test func `a page of shares is read from its index alone, in order`() async throws {
        _ = try await world.share(crm, with: "user:ada", by: ada)
        let plan = try plan { _ = try ShareStore.page(of: crm.id, PageRequest(), in: $0) }
        // Nothing is sorted before the page is known, and nothing is counted.
        #expect(
            plan.steps.map(\.detail) == [
                "SEARCH list_parts USING PRIMARY KEY (list=? AND holder=?)",
                "CO-ROUTINE page",
                "SEARCH shares USING COVERING INDEX shares_of_integration (integration_id=?)",
                "SCAN page", "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)",
                "USE TEMP B-TREE FOR ORDER BY",
            ], "\(plan.steps)")
    }

    @Test func `lists of everything count nothing`() throws {
        let plan = try plan {
            _ = try IntegrationStore.page(search: nil, PageRequest(), in: $0)
            _ = try TeamStore.page(search: nil, PageRequest(), in: $0)
        }
        let parts = plan.steps.filter { $0.detail.hasPrefix("SEARCH list_parts") }
        #expect(parts.count == 2)
        let counting = plan.steps.filter {
            $0.parent == 0 && ($0.detail.contains(" integrations") || $0.detail.contains(" teams"))
        }
        #expect(counting.isEmpty, "\(counting)")
    }

    @Test func `a page of members is read from its index alone, in order`() throws {
        let plan = try plan { _ = try TeamMemberStore.page(of: team.id, PageRequest(), in: $0) }
        #expect(
            plan.steps(inside: "CO-ROUTINE page") == [
                "SEARCH team_members USING COVERING INDEX members_of_team (team_id=?)"
            ], "\(plan.steps)")
        #expect(
            plan.steps.contains {
                $0.detail == "SEARCH r USING PRIMARY KEY (user_id=? AND team_id=?)"
            }, "\(plan.steps)")
    }

    @Test func `the rows that decide access are found by keys`() throws {
        let plan = try plan { db in
            _ = try IntegrationStore.find(crm.id, in: db)
            _ = try IntegrationStore.find(crm.slug, in: db)
            _ = try ShareStore.grants(of: ada.userId, to: crm.id, in: db)
            _ = try TeamMemberStore.find(ada.userId, in: team.id, db)
            _ = try IntegrationStore.hasAny(of: .team(team.id), in: db)
            _ = try TeamStore.find(team.id, in: db)
        }
        let reads = plan.steps.map(\.detail).filter { $0.contains("SCAN") || $0.contains("B-TREE") }
        // The principals: the user and their teams.
        #expect(Set(reads).isSubset(of: ["SCAN p", "SCAN CONSTANT ROW"]), "\(reads)")
    }
}
