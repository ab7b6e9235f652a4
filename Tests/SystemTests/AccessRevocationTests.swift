import TestSupport
import Testing

@Suite(.serialized) struct AccessRevocationTests {
    @Test func `a revocation that was killed between two contexts is finished by a repetition`()
        async throws
    {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let grace = try await stack.user("grace")
        let entity = try await stack.entity(ada.token)
        _ = try await stack.invite("grace", to: entity, by: ada.token)
        let claim = try await stack.claim("grace")
        _ = try await stack.takeUp(claim)
        let shared = try await stack.api.call(
            "POST", "/api/entities/\(entity)/shares", token: ada.token,
            body: #"{"emails":["grace@example.com"]}"#)
        #expect(shared.status == 200, "\(shared.text)")
        func steps() async throws -> [String] {
            let access = try await stack.api.call(
                "GET", "/api/entities/\(entity)/access?userId=\(grace.id)", token: ada.token)
            return access.json?["paths"]?.items.compactMap { $0["via"]?.string } ?? []
        }
        #expect(try await steps() == ["direct_share", "collaborator"])
        let path = "/api/entities/\(entity)/access/\(grace.id)"
        try await stack.restart(.entities, ["LATCHKEY_FAULT_POINT": "command.done"])
        let lost = try? await stack.api.call("DELETE", path, token: ada.token)
        #expect(lost.map { $0.status >= 500 } ?? true)
        #expect(await stack.process(.entities)?.ended(within: 10) != nil)
        try stack.start(.entities)
        try await stack.ready()
        #expect(try await steps() == ["direct_share"])
        let repeated = try await stack.api.call("DELETE", path, token: ada.token)
        let removed = repeated.json?["removed"]?.items.map { $0["via"]?.string }
        #expect(removed == ["direct_share"], "\(repeated.text)")
        #expect(try await steps() == [])
        let audit = try await stack.api.call(
            "GET", "/api/audit?entityId=\(entity)&pageSize=100", token: ada.token)
        let actions = audit.json?["items"]?.items.compactMap { $0["action"]?.string } ?? []
        #expect(
            actions.filter { $0.hasSuffix(".removed") }.sorted() == [
                "collaborator.removed", "share.removed",
            ])
        #expect(await stack.stop())
    }
}
