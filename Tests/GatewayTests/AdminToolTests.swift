import HTTPServer
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct AdminToolTests {
    @Test(arguments: AdminCommand.all.map(\.name))
    func `the help of a command needs no settings and names all that it takes`(
        _ name: String
    ) async throws {
        let words = name.split(separator: " ").map(String.init)
        let command = try #require(AdminCommand.all.first { $0.name == name })
        let help = await AdminRun.run(words + ["--help"], [:])
        #expect(help.exit == .ok && help.errors.isEmpty)
        for option in command.options { #expect(help.output.contains(option.name)) }
        for argument in command.arguments { #expect(help.output.contains(argument.name)) }
        #expect(help.output.contains("Usage: gateway admin \(name)"))
        #expect(help.lines.allSatisfy { $0.count <= 80 })
        for example in command.examples {
            let given = example.split(separator: " ").prefix { $0 != ">" && $0 != "|" && $0 != "<" }
            #expect(throws: Never.self) {
                try command.parse(given.dropFirst(2 + words.count).map(String.init)[...])
            }
        }
    }

    @Test func `the overview lists all commands and exit codes`() async {
        let help = await AdminRun.run(["--help"], [:])
        #expect(help.exit == .ok)
        for command in AdminCommand.all { #expect(help.output.contains("  \(command.name) ")) }
        for exit in AdminExit.allCases { #expect(help.output.contains("  \(exit.rawValue) ")) }
        let group = await AdminRun.run(["tokens", "--help"], [:])
        #expect(group.output.contains("tokens revoke") && !group.output.contains("users list"))
    }

    @Test(arguments: [
        [], ["users"], ["nothing"], ["users", "list", "--nothing"], ["users", "show"],
        ["users", "show", "ann", "bob"], ["users", "list", "--limit"],
        ["users", "list", "--limit", "-1"], ["users", "list", "--json=1"],
        ["users", "list", "--limit", "1", "--limit", "2"], ["users", "create"],
        ["verify", "nothing"], ["audit", "export", "--format", "xml"],
        ["audit", "export", "--from", "yesterday"], ["audit", "export", "--service", "x"],
    ])
    func `wrong arguments are refused`(_ arguments: [String]) async throws {
        let environment = ["LATCHKEY_INTERNAL_SECRET": internalSecret]
        let run = await AdminRun.run(arguments, environment)
        #expect(run.exit == .usage && run.output.isEmpty && !run.errors.isEmpty)
    }

    @Test func `missing settings are named`() async {
        let run = await AdminRun.run(["users", "list"], [:])
        #expect(run.exit == .configuration && run.errors.contains("LATCHKEY_INTERNAL_SECRET"))
    }

    @Test func `another secret is refused`() async throws {
        try await withGateway { world in
            let other = world.environment(secret: "another secret of thirty-two bytes")
            let run = await AdminRun.run(["users", "list"], other, clock: world.clock)
            #expect(run.exit == .noPermission && run.output.isEmpty)
        }
    }

    @Test func `only the operator's identity opens the operator's routes`() async throws {
        try await withGateway { world in
            let keys = ServiceKeys(SecretList(Array(internalSecret.utf8)))
            let own = OperatorSigner(of: "gateway", keys: keys, clock: world.clock).identity()
            let entities = IdentitySigner(issuer: "entities", keys: keys, clock: world.clock)
            let gateway = IdentitySigner(issuer: "gateway", keys: keys, clock: world.clock)
            let others = [
                nil, entities.service(audience: "gateway"), gateway.service(audience: "gateway"),
                gateway.user(Caller.operator, audience: "gateway"),
                OperatorSigner(of: "entities", keys: keys, clock: world.clock).identity(),
            ]
            func list(_ identity: String?, _ client: APIClient) async throws -> Int {
                let fields = identity.map { ["Latchkey-Identity: \($0)"] } ?? []
                return try await client.call("GET", "/api/users", fields: fields).status
            }
            #expect(try await list(own, world.inner) == 200)
            for other in others { #expect(try await list(other, world.inner) == 401) }
            // The public port drops it.
            #expect(try await list(own, world.api) == 401)
            let token = try await world.inner.call("GET", "/api/users", token: adminToken)
            #expect(token.status == 401)
            world.clock.advance(seconds: 90)
            #expect(try await list(own, world.inner) == 401)
        }
    }

    @Test func `output that can't be written is an error`() async throws {
        try await withGateway { world in
            let run = await AdminRun.run(
                ["users", "list"], world.environment(), clock: world.clock, takes: 10)
            #expect(run.exit == .ioError)
        }
    }

    @Test func `names can't move a terminal's cursor or turn its text around`() {
        #expect(
            "a\u{1B}[2Jb\u{202E}c\u{85}\u{2028}ä😀".shown == #"a\u{1b}[2Jb\u{202e}c\u{85}\u{2028}ä😀"#
        )
    }
}

@Suite struct AdminOfflineTests {
    /// A folder with the database of a gateway that has stopped.
    private func stopped(
        _ body: (TemporaryFolder, [String: String], FakeClock) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let clock = FakeClock()
        var environment: [String: String] = [:]
        try await withGateway(entities: 1, clock: clock, folder: folder) { world in
            _ = try await world.user("ann")
            environment = world.environment()
        }
        try await body(folder, environment, clock)
    }

    @Test func `users and tokens are managed while the gateway is stopped`() async throws {
        try await stopped { folder, environment, clock in
            let run = await AdminRun.run(["users", "suspend", "ann"], environment, clock: clock)
            #expect(run.exit == .ok && run.errors.contains("not running"), "\(run)")
            let made = await AdminRun.run(
                ["users", "create", "--admin", "--email", "ops@example.com", "--token"],
                environment, clock: clock)
            let token = made.output.trimmingNewline
            try await withGateway(entities: 1, clock: clock, folder: folder) { world in
                let users = try await world.api.call("GET", "/api/users?search=ann", token: token)
                #expect(users.text.contains(#""suspended":true"#))
                // The services are still to hear of it.
                let waiting = await world.admin("outboxes", "gateway")
                let entities = waiting.lines.first { $0.contains(" entities ") }
                #expect(entities?.contains(" 1 ") == true, "\(waiting.output)")
            }
        }
    }

    @Test func `a database that another process uses is left alone`() async throws {
        try await withGateway { world in
            var environment = world.environment()
            environment["LATCHKEY_INTERNAL_PORT"] = "\(Ports.next())"
            let run = await AdminRun.run(["users", "list"], environment, clock: world.clock)
            #expect(run.exit == .unavailable && run.errors.contains("in use"))
        }
    }

    @Test func `without a gateway and a database it says what to start`() async throws {
        let folder = try TemporaryFolder()
        let environment = [
            "LATCHKEY_DATA_DIR": folder.path, "LATCHKEY_INTERNAL_SECRET": internalSecret,
            "LATCHKEY_INTERNAL_PORT": "\(Ports.next())",
        ]
        let run = await AdminRun.run(["users", "list"], environment)
        #expect(run.exit == .unavailable && run.errors.contains("gateway is not running"))
        let files = try folder.contents()
        #expect(files.isEmpty)
    }

    @Test func `a database of another release is not upgraded`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/gateway.sqlite"
        let older = try Database(
            path: path, migrations: Array(gatewayMigrations.dropLast()), readers: 0,
            clock: FakeClock())
        older.close()
        let environment = [
            "LATCHKEY_DATA_DIR": folder.path, "LATCHKEY_INTERNAL_SECRET": internalSecret,
            "LATCHKEY_INTERNAL_PORT": "\(Ports.next())",
        ]
        let run = await AdminRun.run(["users", "list"], environment)
        #expect(run.exit == .unavailable && run.errors.contains("another release"))
        #expect(Database.schemaVersion(path: path) == gatewayMigrations.count - 1)
    }
}
