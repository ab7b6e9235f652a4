import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct DiskTests {
    @Test(
        .enabled(if: PrivateDisk.isPossible, "unshare(1) may not make a file system of one's own"))
    func `on a full disk writes are 503 and reads go on, until there is space again`()
        async throws
    {
        let stack = try await LiveStack()
        let disk = PrivateDisk(path: stack.dataFolder, megabytes: 8)
        try FileManager.default.createDirectory(
            atPath: stack.dataFolder, withIntermediateDirectories: true)
        try stack.startEntities(through: disk.wrapper)
        try stack.startGateway()
        try await stack.ready()
        let ada = try await stack.user("ada")
        let before = try await write(20, stack, ada.token).acknowledged
        let process = try #require(stack.entities?.id)
        disk.fill(of: process)
        // The write-ahead log still has some room.
        let (acknowledged, refused) = try await write(5_000, stack, ada.token)
        #expect(refused.status == 503)
        #expect(refused.code == "storage_full", "\(refused.text)")
        #expect(refused.field("retry-after") != nil)
        #expect(!refused.text.contains(stack.folder.path))
        try await readable(before + acknowledged, stack, ada.token)
        #expect(try await stack.api.call("GET", "/api/me", token: ada.token).status == 200)
        let health = APIClient(port: stack.entitiesPort)
        #expect(try await health.call("GET", "/healthz").status == 200)

        disk.free(of: process)
        let healed = await eventually {
            (try? await stack.entity(ada.token))?.isEmpty == false
        }
        #expect(healed)
        #expect(try await health.call("GET", "/readyz").status == 200)
        try await readable(before + acknowledged, stack, ada.token)
        await stack.killAll()
    }

    /// Creates entities until one is refused.
    /// - Returns: the ids, and the last response.
    private func write(
        _ count: Int, _ stack: LiveStack, _ token: String
    ) async throws -> (acknowledged: [String], last: RawResponse) {
        let description = String(repeating: "d", count: 1_500)
        var ids: [String] = []
        while true {
            let answer = try await stack.api.call(
                "POST", "/api/entities", token: token,
                body: #"{"name":"Thing","type":"app","description":"\#(description)"}"#)
            if let id = answer["id"] { ids.append(id) }
            if answer.status != 201 || ids.count == count { return (ids, answer) }
        }
    }

    private func readable(_ ids: [String], _ stack: LiveStack, _ token: String) async throws {
        for id in ids {
            let answer = try await stack.api.call("GET", "/api/entities/\(id)", token: token)
            #expect(answer.status == 200, "lost \(id)")
        }
    }
}
