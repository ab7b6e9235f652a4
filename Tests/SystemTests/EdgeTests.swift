import Foundation
import Glibc
import TestSupport
import Testing

/// A primary gateway and two edge gateways, as processes.
@Suite(.serialized) struct EdgeTests {
    private func token(_ stack: LiveStack, of user: String) async throws -> (String, String) {
        let made = try await stack.api.call(
            "POST", "/api/tokens", token: stack.adminToken,
            body: #"{"name":"test","userId":"\#(user)","scopes":["*"]}"#)
        return (try #require(made["id"]), try #require(made["token"]))
    }

    private func status(_ api: APIClient, _ token: String) async throws -> Int {
        try await api.call("GET", "/api/organizations", token: token).status
    }

    /// An edge's request that waits in its socket while it is paused.
    private func send(_ token: String, to edge: LiveEdge) throws -> RawClient {
        let client = try RawClient(port: edge.port)
        try client.send(
            "GET /api/organizations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + "Authorization: Bearer \(token)\r\n\r\n")
        return client
    }

    @Test
    func
        `no edge lets a revoked token through, while one is paused, killed or without the primary`()
        async throws
    {
        let stack = try await LiveStack(["LATCHKEY_RESTART_PATIENCE": "3000"])
        try await stack.start()
        let edges = [try LiveEdge("edge-1", of: stack), try LiveEdge("edge-2", of: stack)]
        for edge in edges { try await edge.ready(stack) }
        let (user, _) = try await stack.user("ada")
        let revoke = { (id: String, api: APIClient) in
            try await api.call(
                "DELETE", "/api/users/\(user)/tokens/\(id)", token: stack.adminToken
            ).status
        }

        // One is paused.
        let (first, token) = try await self.token(stack, of: user)
        for edge in edges { #expect(try await status(edge.api, token) == 200) }
        let isPaused = await edges[0].process.pause()
        try #require(isPaused)
        #expect(try await revoke(first, edges[1].api) == 204)
        let late = try send(token, to: edges[0])
        #expect(try await status(edges[1].api, token) == 401)
        edges[0].process.signal(SIGCONT)
        #expect(try await blocking { try late.response() }.status == 401)
        late.close()

        // The primary restarts: requests wait for it.
        let (second, other) = try await self.token(stack, of: user)
        for edge in edges { #expect(try await status(edge.api, other) == 200) }
        let survivor = edges[1].api
        let asking = Task {
            var statuses: Set<Int> = []
            while !Task.isCancelled { statuses.insert(try await status(survivor, other)) }
            return statuses
        }
        try await stack.restart(.gateway)
        #expect(try await status(edges[0].api, other) == 200)
        asking.cancel()
        #expect(try await asking.value == [200])

        // One is killed, and holds up a revocation for its lease at most.
        await edges[0].process.killNow()
        #expect(try await revoke(second, stack.api) == 204)
        #expect(try await status(edges[1].api, other) == 401)
        #expect(!FileManager.default.fileExists(atPath: stack.folder.path + "/never"))
        edges[1].process.signal(SIGTERM)
        #expect(await edges[1].process.ended(within: 15) == 0)
        await stack.killAll()
    }
}
