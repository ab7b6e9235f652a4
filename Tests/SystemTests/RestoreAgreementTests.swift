import Foundation
import TestSupport
import Testing

/// Databases of different moments are restored, and agree.
@Suite(.serialized) struct RestoreAgreementTests {
    /// What each service has of another one's things that the other doesn't have. All databases are
    /// attached to the gateway's under their names.
    private static let disagreements =
        [
            // Users.
            "SELECT 'owner of an entity', owner_id FROM e.entities WHERE owner_id NOT IN known",
            "SELECT 'publisher', user_id FROM e.publishers WHERE user_id NOT IN known",
            "SELECT 'share', user_id FROM e.shares WHERE user_id NOT IN known",
            "SELECT 'installation', user_id FROM e.installations WHERE user_id NOT IN known",
            "SELECT 'member', user_id FROM o.memberships WHERE user_id NOT IN known",
            """
            SELECT 'owner of an integration', owner FROM n.integrations
            WHERE owner GLOB 'usr_*' AND owner NOT IN known
            """,
            """
            SELECT 'share of an integration', principal FROM n.shares
            WHERE principal GLOB 'usr_*' AND principal NOT IN known
            """,
            "SELECT 'member of a team', user_id FROM n.team_members WHERE user_id NOT IN known",
            "SELECT 'collaborator', user_id FROM i.collaborators WHERE user_id NOT IN known",
            """
            SELECT 'inviter', invited_by FROM i.invitations
            WHERE status = 'pending' AND invited_by NOT IN known
            """,
            """
            SELECT 'member of a workspace', user_id FROM i.workspace_members
            WHERE user_id NOT IN known
            """,
            // Entities.
            """
            SELECT 'published', entity_id FROM o.publications
            WHERE entity_id NOT IN (SELECT id FROM e.entities)
            """,
            """
            SELECT 'collaboration', entity_id FROM i.collaborators
            WHERE entity_id NOT IN (SELECT id FROM e.entities)
            """,
            """
            SELECT 'invitation', entity_id FROM i.invitations
            WHERE entity_id NOT IN (SELECT id FROM e.entities)
            """,
            """
            SELECT 'name in a store', x.entity_id FROM o.entity_names x
            LEFT JOIN e.entities y ON y.id = x.entity_id WHERE x.name IS NOT y.name
            """,
            """
            SELECT 'name in an invitation', x.id FROM i.known_entities x
            LEFT JOIN e.entities y ON y.id = x.id WHERE x.name <> '' AND x.name IS NOT y.name
            """,
            """
            SELECT 'receiver of events', x.id FROM i.known_entities x
            LEFT JOIN e.entities y ON y.id = x.id WHERE x.owner_id IS NOT y.owner_id
            """,
            // Organizations.
            """
            SELECT 'organization of an entity', organization_id FROM e.entities
            WHERE organization_id IS NOT NULL
            AND organization_id NOT IN (SELECT id FROM o.organizations)
            """,
            """
            SELECT 'right of a member', p.user_id FROM e.publishers p
            JOIN e.entities x ON x.id = p.entity_id
            WHERE x.organization_id IS NOT NULL AND x.owner_id <> p.user_id
                AND p.membership_id NOT IN (SELECT id FROM o.memberships)
            """,
        ]
        + ["e", "o", "n", "i"].flatMap { name in
            [
                """
                SELECT 'tombstone of a user in \(name)', id FROM \(name).tombstones
                WHERE kind = 'user' AND id IN known
                """,
                """
                SELECT 'suspended in \(name)', id FROM \(name).suspended_users
                WHERE id NOT IN (SELECT id FROM users WHERE suspended_at IS NOT NULL)
                UNION ALL SELECT 'not suspended in \(name)', id FROM users
                WHERE suspended_at IS NOT NULL
                    AND id NOT IN (SELECT id FROM \(name).suspended_users)
                """,
                """
                SELECT 'offboarding in \(name)', id FROM operations WHERE user_id IN known
                    AND id NOT IN (SELECT operation_id FROM \(name).offboardings)
                """,
            ]
        }
        + ["o", "i"].map { name in
            """
            SELECT 'tombstone of an entity in \(name)', id FROM \(name).tombstones
            WHERE kind = 'entity' AND id IN (SELECT id FROM e.entities)
            """
        }

    @Test func `databases of different moments agree after they are restored`() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let stack = try await LiveStack()
        try await stack.start()
        let random = SeededRandom(seed: seed)
        let things = RandomThings(stack, random: random)
        for index in 0..<4 { try await things.addUser("user\(index)") }
        for _ in 0..<30 { _ = try await things.change() }
        let backup = stack.folder.path + "/backup"
        try FileManager.default.createDirectory(
            atPath: backup, withIntermediateDirectories: true)
        // In any order, with changes in between, so that each is behind some and ahead of others.
        for service in order(random) {
            try await snapshot(service, in: backup, stack)
            try await changeMuch(things, stack, random)
        }
        try writeManifest(in: backup)
        await stack.killAll()
        try FileManager.default.removeItem(atPath: stack.dataFolder)
        let restored = try await BackupScripts(stack: stack)
            .run("restore", [backup, stack.dataFolder])
        try #require(restored.status == 0, "\(restored.output)")
        try await stack.start()
        var found = ""
        let agree = try await eventually(within: 4_000) {
            found = try await disagreements(stack)
            return found.isEmpty
        }
        #expect(agree, "seed \(seed)\n\(found)")
        #expect(await stack.stop())
    }

    private func order(_ random: SeededRandom) -> [LiveStack.Service] {
        LiveStack.Service.allCases.map { ($0, random.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private func snapshot(
        _ service: LiveStack.Service, in folder: String, _ stack: LiveStack
    ) async throws {
        let program = RunningProcess.folder.path + "/" + service.rawValue
        let copied = try await Program.run(
            program, ["backup", folder], ["LATCHKEY_DATA_DIR": stack.dataFolder])
        try #require(copied.status == 0, "\(copied.output)")
    }

    /// As deploy/backup does.
    private func writeManifest(in folder: String) throws {
        let parts = try LiveStack.Service.allCases.map { service in
            let path = "\(folder)/\(service.rawValue).json"
            defer { try? FileManager.default.removeItem(atPath: path) }
            return try String(contentsOfFile: path, encoding: .utf8)
        }
        let manifest =
            #"{"createdAt":"2026-11-30T12:00:00Z","databases":["#
            + parts.joined(separator: ",") + #"],"format":1,"version":"0.1.0"}"#
        try manifest.write(
            toFile: folder + "/manifest.json", atomically: true, encoding: .utf8)
    }

    /// Changes of all kinds that other services are notified of.
    private func changeMuch(
        _ things: RandomThings, _ stack: LiveStack, _ random: SeededRandom
    ) async throws {
        let users = try await SQLite.run(
            "SELECT id FROM users WHERE role = 'member' ORDER BY id", on: stack, "gateway")
        let ids = users.split(separator: "\n").map(String.init)
        for _ in 0..<6 { _ = try await things.change() }
        try await things.addUser("later\(ids.count)x\(random.below(1_000_000))")
        func user() -> String { "/api/users/\(ids[random.below(ids.count)])" }
        let requests = [
            ("DELETE", user(), nil), ("DELETE", user() + "/access", nil),
            ("PATCH", user(), #"{"suspended":\#(random.below(2) == 0)}"#),
        ]
        for (method, path, body) in requests where random.below(3) > 0 {
            _ = try await stack.api.call(method, path, token: stack.adminToken, body: body)
        }
        let entities = try await SQLite.run(
            "SELECT id FROM entities ORDER BY id DESC LIMIT 6", on: stack, "entities")
        for id in entities.split(separator: "\n") where random.below(3) == 0 {
            _ = try await things.call(
                "PATCH", "/api/entities/\(id)", #"{"name":"Renamed \#(random.below(1_000))"}"#)
        }
        for _ in 0..<6 { _ = try await things.change() }
    }

    /// A line each; empty once nothing waits and all agree.
    private func disagreements(_ stack: LiveStack) async throws -> String {
        let attached = zip(["e", "o", "n", "i"], LiveStack.Service.allCases.dropFirst())
            .map { "ATTACH '\(stack.dataFolder)/\($1.rawValue).sqlite' AS \($0);" }
        let waiting =
            ["main", "e", "o"].map { "SELECT 'event of \($0)', id FROM \($0).outbox;" }
            + ["e", "o", "n", "i"].map { "SELECT 'job in \($0)', kind FROM \($0).jobs;" }
        let sql =
            attached + ["CREATE TEMP VIEW known AS SELECT id FROM main.users;"] + waiting
            + Self.disagreements.map { "\($0);" }
        return try await SQLite.run(sql.joined(separator: "\n"), on: stack, "gateway")
    }
}
