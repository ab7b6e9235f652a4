import Foundation
import Testing

/// What containers and scripts hand to each service.
@Suite struct DeployTests {
    private let compose = Sources.lines(of: "docker-compose.yml")

    /// The lines of a service, or of what it is merged from.
    private func block(_ name: String, in lines: [String], indent: Int) -> [String] {
        let space = String(repeating: " ", count: indent)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("\(space)\(name):") }) else {
            return []
        }
        let rest = lines[(start + 1)...].prefix { $0.isEmpty || $0.hasPrefix(space + " ") }
        return [lines[start]] + rest
    }

    private func service(_ name: String) -> [String] {
        block(name, in: block("services", in: compose, indent: 0), indent: 2)
    }

    private static let services = [
        "gateway", "entities", "organizations", "integrations", "invitations",
    ]

    @Test(arguments: services) func `a container mounts only its service's data and secrets`(
        name: String
    ) {
        let volumes = service(name).filter { $0.contains("volumes:") }
        // The gateway shows when the last backup was, but sees none.
        let more = name == "gateway" ? ", \"backup-metrics:/metrics:ro\"" : ""
        #expect(
            volumes == [
                "    volumes: [\"\(name)-data:/data\", \"\(name)-secrets:/secrets:ro\"\(more)]"
            ])
        #expect(!service(name).contains { $0.contains("INTERNAL_SECRET") })
    }

    @Test func `only the container that creates the secrets has all of them`() {
        let holders = Self.services.filter { name in
            service(name).contains { $0.contains("\"secrets:") || $0.contains("- secrets:") }
        }
        #expect(holders.isEmpty)
        #expect(service("secrets").contains("      - secrets:/secrets"))
        for name in Self.services {
            #expect(service("secrets").contains("      - \(name)-secrets:/handed-out/\(name)"))
        }
        // The secret from which all keys are derived is not in what they are merged from either.
        #expect(!compose.contains { $0.contains("INTERNAL_SECRET") })
    }

    @Test func `the container of backups has all data, and neither secrets nor a network`() {
        let lines = service("operations")
        for name in Self.services { #expect(lines.contains("      - \(name)-data:/data/\(name)")) }
        #expect(lines.contains("    network_mode: none"))
        #expect(!lines.contains { $0.contains("secrets") || $0.contains("ports:") })
    }

    @Test func `each container gets exactly the secrets that it names`() {
        let script = Sources.lines(of: "deploy/container/make-secrets")
        let sealing = ["gateway", "organizations", "invitations"]
        #expect(script.contains("for name in \(sealing.joined(separator: " ")); do"))
        #expect(script.contains("for name in \(Self.services.joined(separator: " ")); do"))
        for name in Self.services {
            let lines = service(name)
            let isMail = lines.contains { $0.contains("*mail") }
            let hasKey = lines.contains { $0.contains("/secrets/encryption-secret") } || isMail
            #expect(hasKey == sealing.contains(name), "\(name)")
            #expect(lines.contains { $0.contains("/secrets/admin-token") } == (name == "gateway"))
        }
        let given = script.filter { $0.contains("/handed-out/") && !$0.hasPrefix("#") }
        #expect(given.count == 3)
    }

    /// Rows of requests, connections and loops are what HTTP takes, and nobody's share.
    @Test func `limits per caller can be configured in containers`() {
        let rows = Sources.lines(of: "Services/Gateway/README.md")
            .drop { $0 != "## Bounds per caller" }.prefix { $0 != "## Decisions" }
            .filter { row in
                row.hasPrefix("|")
                    && !["request", "connection", "loop"].contains { row.hasPrefix("| \($0) |") }
            }
        let settings = Set(
            rows.flatMap { $0.split(separator: "`") }.filter { $0.hasPrefix("LATCHKEY_") })
        #expect(settings.count > 20)
        for name in settings {
            #expect(
                compose.contains {
                    $0.trimmingPrefix { $0 == " " }.hasPrefix("\(name): ${\(name):-")
                },
                "\(name)")
        }
    }

    /// What isn't ours has pages without a login.
    @Test func `only the gateway and the TLS proxy can be published beyond this machine`() {
        let published = compose.filter { $0.contains(#"${LATCHKEY_PUBLISH:-127.0.0.1}:"#) }
        #expect(published.count == 1 && service("gateway").contains(published[0]))
        let secure = compose.filter { $0.contains(#"${LATCHKEY_TLS_PUBLISH:-127.0.0.1}:"#) }
        #expect(secure.count == 2 && secure.allSatisfy(service("caddy").contains))
        for name in names where !["gateway", "caddy"].contains(name) {
            let ports = service(name).filter { $0.contains("ports:") }
            #expect(ports.allSatisfy { $0.contains(#"["127.0.0.1:${"#) }, "\(name)")
            #expect(ports.isEmpty || !Self.services.contains(name), "\(name)")
        }
    }

    /// The names of all services.
    private var names: [String] {
        block("services", in: compose, indent: 0).filter {
            $0.hasPrefix("  ") && !$0.hasPrefix("   ") && $0.hasSuffix(":") && !$0.contains("#")
        }.map { String($0.dropFirst(2).dropLast()) }
    }

    @Test func `containers have no rights, and a file system that they can't write`() {
        #expect(names.count >= 10 && Set(names).isSuperset(of: Self.services))
        for anchor in ["x-service", "x-tool"] {
            let lines = block(anchor, in: compose, indent: 0)
            for line in [
                "  read_only: true", "  cap_drop: [ALL]",
                "  security_opt: [\"no-new-privileges:true\"]",
            ] {
                #expect(lines.contains(line), "\(anchor)")
            }
        }
        for name in names {
            let lines = service(name)
            let isMerged = lines.contains("    <<: *service") || lines.contains("    <<: *tool")
            #expect(isMerged || name == "caddy", "\(name)")
            #expect(
                !lines.contains { $0.contains("privileged: true") || $0.contains("user: root") })
        }
        let caddy = service("caddy")
        #expect(caddy.contains("    read_only: true") && caddy.contains("    cap_drop: [ALL]"))
        #expect(Sources.lines(of: "deploy/Dockerfile").contains("USER latchkey"))
    }

    @Test(arguments: services) func `a container's health check is its own binary`(name: String) {
        let check = service(name).filter { $0.contains("healthcheck:") }
        #expect(check == ["    healthcheck: {<<: *health, test: [CMD, \(name), --healthy]}"])
    }

    @Test func `private addresses are forbidden by default`() {
        let scripts = ["deploy/up", "deploy/lib/common.sh", "deploy/Dockerfile"]
        for file in scripts {
            #expect(!Sources.lines(of: file).contains { $0.contains("ALLOW_PRIVATE") }, "\(file)")
        }
        let allowing = compose.filter { $0.contains("ALLOW_PRIVATE") }
        #expect(allowing.count == 2 && allowing.allSatisfy { $0.hasSuffix(":-false}") })
    }

    /// Runs a step of deploy/container/rotate-secret.
    private func rotate(_ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = Sources.root.appendingPathComponent(
            "deploy/container/rotate-secret")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func `a secret is added at the end, moved to the front, and the last is removed`() throws
    {
        let file = FileManager.default.temporaryDirectory.path + "/latchkey-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: file) }
        func lines() throws -> [String] {
            try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(
                String.init)
        }
        #expect(try rotate("add", file) == 1)
        // As it is created: without a line end.
        try "former".write(toFile: file, atomically: true, encoding: .utf8)
        for step in ["promote", "remove", "other"] { #expect(try rotate(step, file) == 1) }
        #expect(try rotate("add", file) == 0)
        let added = try lines()
        #expect(added.count == 2 && added[0] == "former" && added[1].utf8.count == 64)
        #expect(try rotate("promote", file) == 0)
        #expect(try lines() == added.reversed())
        #expect(try rotate("remove", file) == 0)
        #expect(try lines() == [added[1]])
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        for _ in 2...8 { #expect(try rotate("add", file) == 0) }
        #expect(try rotate("add", file) == 1)
        #expect(try Set(lines()).count == 8)
    }

    @Test func `files created by scripts are private to their user`() throws {
        for file in ["deploy/up", "deploy/container/make-secrets"] {
            let lines = Sources.lines(of: file)
            let mask = try #require(lines.firstIndex(of: "umask 077"), "\(file)")
            let first = lines.firstIndex { $0.hasPrefix("mkdir") || $0.hasPrefix("secret ") }
            #expect(first.map { $0 > mask } ?? true, "\(file)")
        }
    }
}
