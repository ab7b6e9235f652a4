import TestSupport
import Testing

@Suite(.serialized) struct RaceTests {
    @Test func `two parallel removals of the last two publishers leave exactly one`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let grace = try await stack.user("grace")
        for _ in 0..<20 {
            let entity = try await stack.entity(ada.token)
            let path = "/api/entities/\(entity)/publishers"
            let added = try await stack.api.call(
                "POST", path, token: ada.token, body: #"{"userId":"\#(grace.id)"}"#)
            #expect(added.status == 201)
            // Each removes the other: the owner can't be removed, so one of them always stays.
            async let first = stack.api.call("DELETE", "\(path)/\(grace.id)", token: ada.token)
            async let second = stack.api.call("DELETE", "\(path)/\(ada.id)", token: grace.token)
            let statuses = try await [first.status, second.status]
            let left = try await stack.api.call("GET", path, token: ada.token)
            #expect(left.json?["total"]?.int == 1, "\(statuses)")
        }
        await stack.killAll()
    }

    @Test func `whatever happens at once, the owner is a publisher`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        let grace = try await stack.user("grace")
        for _ in 0..<20 {
            let entity = try await stack.entity(ada.token)
            let path = "/api/entities/\(entity)"
            let body = #"{"userId":"\#(grace.id)"}"#
            _ = try await stack.api.call(
                "POST", path + "/publishers", token: ada.token, body: body)
            // Grace becomes the owner, goes, and would let Ada go.
            async let handedOver = stack.api.call(
                "PUT", path + "/owner", token: ada.token, body: body)
            async let left = stack.api.call(
                "DELETE", "\(path)/publishers/\(grace.id)", token: grace.token)
            async let removed = stack.api.call(
                "DELETE", "\(path)/publishers/\(ada.id)", token: grace.token)
            let statuses = try await [handedOver.status, left.status, removed.status]
            let owners = try await owners(of: path, stack, [ada.token, grace.token])
            #expect(owners == [true], "\(statuses)")
            #expect(statuses.allSatisfy { $0 < 500 }, "\(statuses)")
        }
        await stack.killAll()
    }

    /// `isOwner` of those publishers who are owners, as the first sees it who can.
    private func owners(
        of path: String, _ stack: LiveStack, _ tokens: [String]
    ) async throws -> [Bool] {
        for token in tokens {
            let list = try await stack.api.call("GET", path + "/publishers", token: token)
            guard list.status == 200 else { continue }
            return list.json?["items"]?.items.compactMap { $0["isOwner"]?.bool }.filter { $0 } ?? []
        }
        return []
    }

    @Test func `a share by many at once is created once`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let ada = try await stack.user("ada")
        _ = try await stack.user("grace")
        let entity = try await stack.entity(ada.token)
        let created = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let answer = try await stack.api.call(
                        "POST", "/api/entities/\(entity)/shares", token: ada.token,
                        body: #"{"emails":["grace@example.com"]}"#)
                    return answer.json?["created"]?.items.count ?? -100
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(created == 1)
        await stack.killAll()
    }
}
