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
