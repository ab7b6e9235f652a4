import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// The counts that triggers maintain.
@Suite struct CountTests {
    /// Integrations and teams whose counts differ from a recount.
    private func wrongCounts(_ world: World) throws -> [String] {
        try world.database.read { db in
            let integrations = try db.rows(
                """
                SELECT i.id || ': ' || i.share_count FROM integrations i
                WHERE i.id > '' AND i.share_count <> (SELECT count(*) FROM shares
                    INDEXED BY shares_of_integration WHERE integration_id = i.id)
                """
            ) { $0.text(0) }
            let lists = try db.rows(
                """
                SELECT i.id || ' in parts' FROM integrations i
                WHERE i.id > '' AND i.share_count <> (SELECT coalesce(sum(rows), 0)
                    FROM list_parts WHERE list = 'shares' AND holder = i.id)
                UNION ALL
                SELECT 'integrations' WHERE (SELECT count(*) FROM integrations WHERE id > '')
                    <> (SELECT coalesce(sum(rows), 0) FROM list_parts
                        WHERE list = 'integrations' AND holder = '')
                UNION ALL
                SELECT 'teams' WHERE (SELECT count(*) FROM teams WHERE number > 0)
                    <> (SELECT coalesce(sum(rows), 0) FROM list_parts
                        WHERE list = 'teams' AND holder = '')
                """
            ) { $0.text(0) }
            let teams = try db.rows(
                """
                SELECT t.id || ': ' || t.member_count FROM teams t
                WHERE t.id > '' AND t.member_count <> (SELECT count(*) FROM team_members
                    INDEXED BY members_of_team WHERE team_id = t.id)
                """
            ) { $0.text(0) }
            return integrations + lists + teams
        }
    }

    /// Random operations on random things.
    private struct Scene {
        let root: Caller
        let users: [Caller]
        var integrations: [Integration]
        var teams: [Team]
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `after random operations the counts equal a recount`(_ seed: UInt64) async throws {
        let world = try World(seed: seed)
        let random = SeededRandom(seed: seed)
        let root = world.admin()
        var scene = Scene(
            root: root, users: (0..<6).map { world.user("u\($0)") }, integrations: [], teams: [])
        for name in ["a", "b", "c"] {
            scene.integrations.append(try await world.integration(name, by: scene.users[0]))
            scene.teams.append(try await world.team(name, by: root))
        }
        var succeeded = 0
        for step in 0..<300 {
            let place = random.below(3)
            if try await act(random, step, world, scene, place) == nil { succeeded += 1 }
            // Replaces deleted ones.
            if try world.find(scene.integrations[place].id) == nil {
                scene.integrations[place] = try await world.integration("n\(step)", by: root)
            }
            if try world.find(team: scene.teams[place].id) == nil {
                scene.teams[place] = try await world.team("n\(step)", by: root)
            }
            guard step % 20 == 19 else { continue }
            #expect(try wrongCounts(world).isEmpty, "step \(step)")
        }
        // Otherwise the test would count nothing.
        #expect(succeeded > 100)
    }

    /// The fault of one operation; nil if it succeeded.
    private func act(
        _ random: SeededRandom, _ step: Int, _ world: World, _ scene: Scene, _ place: Int
    ) async throws -> Fault? {
        let (integration, team) = (scene.integrations[place], scene.teams[place])
        let user = scene.users[random.below(6)]
        let name = String(user.userId.dropFirst("usr_".count))
        let other = scene.teams[random.below(3)]
        let (choice, level) = (random.below(20), 1 + random.below(3))
        return await fault {
            switch choice {
            case 0...4:
                try await world.share(integration, with: "user:\(name)", level, by: scene.root)
            case 5...6:
                try await world.share(integration, with: "team:\(other.id)", level, by: scene.root)
            case 7...8: try await world.unshare(integration, with: "user:\(name)", by: scene.root)
            case 9: try await world.unshare(integration, with: "team:\(other.id)", by: scene.root)
            case 10...14: try await world.join(user, team, as: .dataWizard, by: scene.root)
            case 15...16: try await world.leave(user, team, by: scene.root)
            case 17: try await world.useCases.deleteTeam(team.id, by: scene.root).commit()
            case 18:
                try await world.useCases.deleteIntegration(integration.id, by: scene.root).commit()
            default:
                guard step > 200 else { throw Fault.notFound }
                _ = try await world.useCases.onUserDeleted(
                    user.userId, by: scene.root, eventId: "evt_\(step)")
            }
        }
    }

    // MARK: The schema alone, without use cases

    private func filled(_ world: World) async throws -> (Integration, Team) {
        let ada = world.user("ada")
        world.user("bob")
        let crm = try await world.integration(by: ada)
        let team = try await world.team("a", by: ada)
        try await world.share(crm, with: "user:bob", by: ada)
        try await world.share(crm, with: "team:a", by: ada)
        try await world.join(world.user("bob"), team, by: ada)
        #expect(try world.find(crm.id)?.shareCount == 2)
        #expect(try world.find(team: team.id)?.memberCount == 2)
        return (crm, team)
    }

    @Test func `deletions outside of use cases are counted`() async throws {
        let world = try World()
        let (crm, team) = try await filled(world)
        try await world.database.write { tx in
            try tx.execute("DELETE FROM shares WHERE integration_id = ?1", .text(crm.id))
            try tx.execute("DELETE FROM team_members WHERE team_id = ?1", .text(team.id))
        }
        #expect(try world.find(crm.id)?.shareCount == 0)
        #expect(try world.find(team: team.id)?.memberCount == 0)
    }

    @Test func `deleting a row cascades to its own rows only`() async throws {
        let world = try World()
        let (crm, team) = try await filled(world)
        let ada = world.user("ada")
        let other = try await world.integration("Other", by: ada)
        try await world.share(other, with: "user:bob", by: ada)
        let second = try await world.team("b", by: ada)
        try await world.database.write { tx in
            try IntegrationStore.delete(crm.id, in: tx)
            try TeamStore.delete(team.id, in: tx)
        }
        let left = try world.database.read { db in
            (
                try ShareStore.some(of: crm.id, limit: .max, in: db).count,
                try TeamMemberStore.some(in: team.id, limit: .max, db).count,
                try TeamMemberStore.some(of: "usr_bob", limit: .max, in: db).count
            )
        }
        #expect(left == (0, 0, 0))
        #expect(try world.find(other.id)?.shareCount == 1)
        #expect(try world.find(team: second.id)?.memberCount == 1)
        #expect(try wrongCounts(world).isEmpty)
    }

    @Test func `changing a level or a role doesn't change counts`() async throws {
        let world = try World()
        let (crm, team) = try await filled(world)
        let ada = world.user("ada")
        try await world.share(crm, with: "user:bob", 5, by: ada)
        try await world.join(world.user("bob"), team, as: .admin, by: ada)
        #expect(try world.find(crm.id)?.shareCount == 2)
        #expect(try world.find(team: team.id)?.memberCount == 2)
    }
}
