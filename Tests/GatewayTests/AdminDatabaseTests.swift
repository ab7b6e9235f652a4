import Contract
import FoundationEssentials
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing
import WriteKit

@testable import Gateway

@Suite struct AdminDatabaseTests {
    @Test func `a database without damage is ok, in a running and in a stopped gateway`()
        async throws
    {
        let folder = try TemporaryFolder()
        var environment: [String: String] = [:]
        var running: JSONValue?
        try await withGateway(folder: folder) { world in
            environment = world.environment()
            let run = await world.admin("verify", "gateway", "--json")
            #expect(run.exit == .ok, "\(run)")
            running = run.json
        }
        let stopped = await AdminRun.run(["verify", "gateway", "--json"], environment)
        #expect(stopped.exit == .ok && stopped.errors.contains("not running"))
        func report(_ json: JSONValue?) -> JSONValue? {
            guard case .array(let items) = json else { return nil }
            return items.first?["report"]
        }
        #expect(report(running)?["problems"] == .array([]))
        #expect(report(running)?["digest"] == report(stopped.json)?["digest"])
        #expect(report(running)?["schema"] == .number(Double(gatewayMigrations.count)))
    }

    @Test func `damage is found, and makes the command fail`() async throws {
        let folder = try TemporaryFolder()
        var environment: [String: String] = [:]
        try await withGateway(folder: folder) { world in environment = world.environment() }
        let path = folder.path + "/gateway.sqlite"
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let page = 4_096
        for index in (9 * page)..<(12 * page) { bytes[index] = 0xFF }
        try Data(bytes).write(to: URL(filePath: path))
        let run = await AdminRun.run(["verify", "gateway"], environment)
        #expect(run.exit == .data && run.output.contains("DAMAGED"), "\(run)")
    }

    @Test func `steps of another program are found`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/x.sqlite"
        let step = Migration("one", "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT")
        let database = try Database(path: path, migrations: [step], readers: 0, clock: FakeClock())
        #expect(try database.verify().problems == [])
        database.close()
        let other = Migration("one", "CREATE TABLE one (id INTEGER) STRICT")
        let found = try DatabaseVerification(path: path, migrations: [other, step])
        #expect(found.problems.count == 2 && found.schema == 1)
        #expect(throws: DatabaseError.self) {
            try DatabaseVerification(path: path + "x", migrations: nil)
        }
    }

    @Test func `services that don't run are named, and the others are shown`() async throws {
        try await withGateway { world in
            let run = await world.admin("outboxes")
            #expect(run.exit == .unavailable)
            #expect(run.errors.contains("entities is not running at http://127.0.0.1:1"))
            #expect(run.lines.contains { $0.hasPrefix("gateway") && $0.contains("mail") })
            #expect(await world.admin("webhooks", "failing").exit == .unavailable)
        }
    }

    @Test func `an outbox shows how often delivery has failed`() async throws {
        try await withGateway(entities: Ports.next()) { world in
            _ = try await world.user("ann")
            _ = await world.admin("users", "suspend", "ann")
            var shown = ""
            let failed = await eventually {
                shown = await world.admin("outboxes", "gateway", "--json").output
                guard case .array(let items) = JSONValue(Array(shown.utf8)) else { return false }
                let outbox = items.map { $0["outbox"] }.first {
                    $0?["target"] == .string("entities")
                }
                guard let outbox, case .number(let attempts) = outbox?["attempts"] else {
                    return false
                }
                return attempts > 1 && outbox?["pending"] == .number(1)
                    && outbox?["lastError"] != .null
            }
            #expect(failed, "\(shown)")
        }
    }
}

@Suite struct AuditExportTests {
    @Test func `CSV is quoted by RFC 4180, and has no formulas`() {
        func line(_ fields: String?...) -> String {
            String(decoding: CSVLine(fields).bytes, as: UTF8.self)
        }
        #expect(line("a", nil, "", "ä") == "a,,,ä\r\n")
        #expect(line("a,b", "c\"d", "e\nf", "g;h") == "\"a,b\",\"c\"\"d\",\"e\nf\",\"g;h\"\r\n")
        for start in ["=", "+", "-", "@"] { #expect(line("\(start)1") == "'\(start)1\r\n") }
        #expect(line("\t=1") == "\"'\t=1\"\r\n")
        #expect(line("=a,\"b\"") == "\"'=a,\"\"b\"\"\"\r\n")
    }

    @Test func `all entries are exported, newest first, without gaps between parts`() async throws {
        try await withGateway { world in
            for number in 1...110 { _ = try await world.user("user\(number)") }
            let all = try world.service.database.read { db in
                try db.rows("SELECT id FROM audit ORDER BY at DESC, id DESC") { $0.text(0) }
            }
            #expect(all.count > 2 * AuditLimits.answer)
            let lines = await world.admin(
                "audit", "export", "--service", "gateway", "--format", "jsonl")
            #expect(lines.exit == .ok)
            let entries = lines.lines.map { JSONValue(Array($0.utf8)) }
            #expect(entries.map { $0?["id"]?.string } == all)
            #expect(entries.allSatisfy { $0?["service"] == .string("gateway") })
            let csv = await world.admin("audit", "export", "--service", "gateway")
            let rows = csv.output.split(separator: "\r\n")
            #expect(rows.count == all.count + 1 && rows[0].hasPrefix("at,service,action,"))
            #expect(zip(rows.dropFirst(), all).allSatisfy { $0.hasSuffix(",\($1)") })
        }
    }

    @Test func `the export is filtered by time and actor`() async throws {
        try await withGateway { world in
            world.clock.advance(seconds: 3_600)
            let ann = try await world.user("ann")
            let service = ["audit", "export", "--service", "gateway", "--format", "jsonl"]
            func count(_ more: String...) async -> Int {
                await AdminRun.run(service + more, world.environment(), clock: world.clock)
                    .lines.count
            }
            #expect(await count("--from", "2026-01-15T10:00:00Z") == 2)
            #expect(await count("--to", "2026-01-15T10:00:00Z") == 2)
            #expect(await count("--actor", ann.id) == 0)
            #expect(await count("--actor", "root@example.com") == 2)
            _ = await world.admin("users", "suspend", ann.id)
            #expect(await count("--actor", "operator") == 1)
        }
    }

    @Test func `a service that does not answer ends the export`() async throws {
        try await withGateway { world in
            let run = await world.admin("audit", "export")
            #expect(run.exit == .unavailable && run.errors.contains("not running"))
        }
    }
}
