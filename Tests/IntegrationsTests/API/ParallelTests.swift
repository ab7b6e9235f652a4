import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Parallel requests, over sockets.
@Suite struct ParallelTests {
    /// Sends all requests in parallel.
    private func answers(
        _ served: ServedIntegrations, _ requests: [(request: String, body: String?)],
        as caller: Caller, fields: [String] = []
    ) async throws -> [RawResponse] {
        try await withThrowingTaskGroup(of: RawResponse.self) { group in
            for (request, body) in requests {
                group.addTask {
                    try await served.send(request, body, as: caller, fields: fields)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: ["", "/owner"])
    func `of parallel transfers with one tag one succeeds, the others are 412`(
        _ tagged: String
    ) async throws {
        try await ServedIntegrations.run { served in
            let root = served.user("root", isAdmin: true)
            for index in 0..<8 { _ = served.user("u\(index)") }
            for round in 0..<5 {
                let path = try await served.integration("C\(round)", by: root)
                let shown = try await served.send("GET \(path)\(tagged)", as: root)
                let tag = try #require(shown.field("etag"))
                let requests = (0..<8).map {
                    (request: "PUT \(path)/owner", body: Optional(#"{"userId":"u\#($0)"}"#))
                }
                let answers = try await answers(
                    served, requests, as: root, fields: ["If-Match: \(tag)"])
                let done = answers.filter { $0.status == 200 }
                #expect(done.count == 1)
                #expect(answers.filter { $0.status == 412 }.count == 7)
                let now = try await served.send("GET \(path)", as: root)
                #expect(now.text == done.first?.text)
            }
        }
    }

    @Test(arguments: [
        ("/api/integrations", #"{"name":"X","slug":"x"}"#, "slug_taken"),
        ("/api/teams", #"{"name":"X","id":"x"}"#, "team_id_taken"),
    ])
    func `of parallel creations of one name one succeeds, the others are 409`(
        _ path: String, _ body: String, _ code: String
    ) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let requests = Array(
                repeating: (request: "POST \(path)", body: Optional(body)), count: 8)
            let answers = try await answers(served, requests, as: ada)
            #expect(answers.filter { $0.status == 201 }.count == 1)
            #expect(answers.filter { $0.status == 409 && $0.code == code }.count == 7)
        }
    }

    @Test func `sharing with a team during its deletion leaves no share`() async throws {
        try await ServedIntegrations.run { served in
            let root = served.user("root", isAdmin: true)
            for round in 0..<10 {
                let path = try await served.integration("C\(round)", by: root)
                let team = try await served.team("T\(round)", by: root)
                let requests: [(String, String?)] = [
                    ("PUT \(path)/owner", #"{"teamId":"t\#(round)"}"#),
                    ("PUT \(path)/shares/team:t\(round)", nil), ("DELETE \(team)", nil),
                ]
                let answers = try await answers(served, requests, as: root)
                #expect(answers.allSatisfy { [200, 204, 409, 422].contains($0.status) })
                let isKept = try await served.send("GET \(team)", as: root).status == 200
                let owner = try await served.send("GET \(path)/owner", as: root)
                #expect(owner["id"] == (isKept ? "team:t\(round)" : "user:root"))
                let shares = try await served.send("GET \(path)/shares", as: root)
                #expect(shares.json?["total"]?.int == (isKept ? 1 : 0))
            }
        }
    }
}
