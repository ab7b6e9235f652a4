import Foundation
import TestSupport
import Testing

/// Five processes, each with only its own keys.
@Suite(.serialized) struct ServiceKeysTests {
    /// The output of `--derive-keys` for a service.
    private func keys(_ name: String, _ folder: TemporaryFolder) async throws -> String {
        let log = URL(fileURLWithPath: "\(folder.path)/\(name).keys")
        let process = try RunningProcess(
            name, ["LATCHKEY_INTERNAL_SECRET": LiveStack.secret], log: log,
            arguments: ["--derive-keys"])
        #expect(await process.ended(within: 10) == 0)
        return process.text
    }

    private func own(_ name: String, _ stack: LiveStack) async throws -> [String: String] {
        [
            "LATCHKEY_INTERNAL_SECRET": "",
            "LATCHKEY_INTERNAL_KEYS": try await keys(name, stack.folder),
        ]
    }

    @Test func `services work together with only their own keys`() async throws {
        let stack = try await LiveStack([
            "LATCHKEY_ENCRYPTION_SECRET": String(repeating: "e", count: 40)
        ])
        try stack.startEntities(try await own("entities", stack))
        try stack.startOrganizations(try await own("organizations", stack))
        try stack.startIntegrations(try await own("integrations", stack))
        try stack.startInvitations(try await own("invitations", stack))
        try stack.startGateway(try await own("gateway", stack))
        try await stack.ready()
        let (ada, bob) = (try await stack.user("ada"), try await stack.user("bob"))
        let entity = try await stack.entity(ada.token)
        let organization = try await stack.organization(ada.token)
        // Organizations queries the directory, then entities; entities queries organizations.
        let added = try await stack.api.call(
            "POST", "/api/organizations/\(organization)/members", token: ada.token,
            body: #"{"email":"bob@example.com"}"#)
        #expect(added.status == 201, "\(added.text)")
        let published = try await stack.api.call(
            "POST", "/api/organizations/\(organization)/store", token: ada.token,
            body: #"{"entityId":"\#(entity)"}"#)
        #expect(published.status == 201, "\(published.text)")
        let seen = try await stack.api.call("GET", "/api/entities/\(entity)", token: bob.token)
        #expect(seen["access"] == "organization_store", "\(seen.text)")
        // Invitations queries entities and the directory; the gateway queries all audits.
        let invited = try await stack.api.call(
            "POST", "/api/v1/entities/\(entity)/invitations", token: ada.token,
            body: #"{"email":"carol@example.com"}"#)
        #expect(invited.status == 201, "\(invited.text)")
        let audit = try await stack.api.call("GET", "/api/audit", token: stack.adminToken)
        #expect(audit.status == 200, "\(audit.text)")
        // Each event comes from its own sender.
        let deleted = try await stack.api.call(
            "DELETE", "/api/users/\(ada.id)", token: stack.adminToken)
        #expect(deleted.status == 204)
        let isPassedOn = await eventually(within: 20_000) {
            let found = try? await stack.api.call(
                "GET", "/api/entities/\(entity)", token: stack.adminToken)
            return found?["ownerId"] != ada.id && found?.status == 200
        }
        #expect(isPassedOn)
        #expect(await stack.stop())
    }

    @Test func `a service without one of its keys doesn't start and names it`()
        async throws
    {
        let folder = try TemporaryFolder()
        let others = try await keys("integrations", folder)
        let process = try RunningProcess(
            "entities", ["LATCHKEY_INTERNAL_KEYS": others, "LATCHKEY_DATA_DIR": folder.path],
            log: URL(fileURLWithPath: folder.path + "/log"))
        #expect(await process.ended(within: 10) == 78)
        #expect(process.text.contains("LATCHKEY_INTERNAL_KEYS must have the key entities>gateway"))
        for key in others.split(separator: ":") where key.count > 40 {
            #expect(!process.text.contains(key.prefix(43)))
        }
    }

    @Test func `files of the processes are readable only by their user`() async throws {
        let stack = try await LiveStack()
        let data = stack.dataFolder
        // As an earlier version left it.
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        _ = FileManager.default.createFile(
            atPath: data + "/admin-token", contents: nil, attributes: [.posixPermissions: 0o644])
        try await stack.start()
        let ada = try await stack.user("ada")
        let entity = try await stack.entity(ada.token)
        let invited = try await stack.api.call(
            "POST", "/api/v1/entities/\(entity)/invitations", token: ada.token,
            body: #"{"email":"carol@example.com"}"#)
        #expect(invited.status == 201)
        #expect(await eventually { !stack.mails(to: "carol@example.com").isEmpty })
        let names = FileManager.default.enumerator(atPath: data)?.compactMap { $0 as? String } ?? []
        #expect(names.contains { $0.hasSuffix(".eml") } && names.contains("entities.sqlite-wal"))
        for path in names.map({ "\(data)/\($0)" }) + [data] {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            // It can be deleted by now.
            guard let mode = attributes?[.posixPermissions] as? Int else { continue }
            #expect(mode & 0o077 == 0, "\(path): \(String(mode, radix: 8))")
        }
        #expect(
            await eventually { stack.logs.contains("removed the permissions of other users") })
        #expect(await stack.stop())
    }
}
