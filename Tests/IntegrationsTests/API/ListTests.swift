import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Common behaviour of all lists, over a socket.
@Suite struct ListTests {
    /// Five of each thing, read by their owner.
    private func run(
        _ body: (ServedIntegrations, Caller, _ lists: [(path: String, relation: String)])
            async throws -> Void
    ) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            var paths: [String] = []
            for name in ["One", "Two", "Three", "Four", "Five"] {
                paths.append(try await served.integration(name, by: ada))
                _ = try await served.team(name, by: ada)
            }
            for name in ["a", "b", "c", "d"] {
                _ = served.user(name)
                try await served.share(paths[0], with: "user:\(name)", by: ada)
                served.clock.advance(seconds: 1)
                _ = try await served.send("PUT /api/teams/one/members/\(name)", as: ada)
            }
            try await served.share(paths[0], with: "team:one", by: ada)
            try await body(
                served, ada,
                [
                    ("/api/integrations", "inf:integration"),
                    ("\(paths[0])/shares", "inf:integration-share"),
                    ("/api/integrations/one/shares", "inf:integration-share"),
                    ("/api/teams", "inf:team"), ("/api/teams/one/members", "inf:team-member"),
                ])
        }
    }

    /// The targets of a `Link` field, by their relations.
    private func links(_ answer: RawResponse) -> [String: String] {
        let parts = (answer.field("link") ?? "").split(separator: ", ").map {
            $0.split(separator: ">; rel=")
        }
        return Dictionary(
            parts.filter { $0.count == 2 }.map {
                (String($0[1].dropFirst().dropLast()), String($0[0].dropFirst()))
            }
        ) { first, _ in first }
    }

    private func link(_ answer: RawResponse, _ relation: String) -> String? {
        answer.json?["_links"]?[relation]?["href"]?.string
    }

    @Test func `a page has its number and links to its neighbours, in body and header`()
        async throws
    {
        try await run { served, ada, lists in
            for (path, relation) in lists {
                for number in 1...3 {
                    let target = "\(path)?page=\(number)&pageSize=2"
                    let answer = try await served.send("GET \(target)", as: ada)
                    let json = try #require(answer.json)
                    #expect(json["page"]?.int == number && json["pageSize"]?.int == 2)
                    #expect(json["total"]?.int == 5, "\(path)")
                    let items = json["_embedded"]?[relation]?.items ?? []
                    #expect(items.count == (number == 3 ? 1 : 2), "\(path)")
                    func page(_ number: Int) -> String { "\(path)?page=\(number)&pageSize=2" }
                    #expect(link(answer, "self") == target)
                    #expect(link(answer, "next") == (number == 3 ? nil : page(number + 1)))
                    #expect(link(answer, "prev") == (number == 1 ? nil : page(number - 1)))
                    var expected = ["first": page(1), "last": page(3)]
                    expected["next"] = number == 3 ? nil : page(number + 1)
                    expected["prev"] = number == 1 ? nil : page(number - 1)
                    #expect(links(answer) == expected, "\(path)")
                    // All lists have their members in the same order.
                    let names = ["\"_links\"", "\"_embedded\"", "\"page\":", "\"pageSize\":"]
                    let places = names.compactMap { answer.text.firstRange(of: $0)?.lowerBound }
                    #expect(places.count == 4 && places == places.sorted())
                }
            }
        }
    }

    @Test func `following the links returns everything once`() async throws {
        try await run { served, ada, lists in
            for (path, relation) in lists {
                let whole = try await served.send("GET \(path)", as: ada)
                var seen: [JSONValue] = []
                var next: String? = "\(path)?pageSize=1"
                while let target = next {
                    let answer = try await served.send("GET \(target)", as: ada)
                    seen += answer.json?["_embedded"]?[relation]?.items ?? []
                    next = link(answer, "next")
                }
                #expect(seen == whole.json?["_embedded"]?[relation]?.items, "\(path)")
                #expect(seen.count == 5)
            }
        }
    }

    @Test func `a page beyond the end is empty and links back`() async throws {
        try await run { served, ada, lists in
            for (path, relation) in lists {
                let answer = try await served.send("GET \(path)?page=99&pageSize=2", as: ada)
                #expect(answer.status == 200 && answer.json?["total"]?.int == 5)
                #expect(answer.json?["_embedded"]?[relation] == .array([]))
                #expect(link(answer, "prev") == "\(path)?page=3&pageSize=2")
                #expect(link(answer, "next") == nil && links(answer)["next"] == nil)
            }
        }
    }

    @Test func `without parameters a list returns the first twenty`() async throws {
        try await run { served, ada, lists in
            for (path, _) in lists {
                let answer = try await served.send("GET \(path)", as: ada)
                #expect(answer.json?["page"]?.int == 1 && answer.json?["pageSize"]?.int == 20)
                #expect(link(answer, "self") == path && link(answer, "next") == nil)
                #expect(link(answer, "prev") == nil)
            }
        }
    }

    @Test func `links keep the search term`() async throws {
        try await run { served, ada, _ in
            for path in ["/api/integrations", "/api/teams"] {
                let answer = try await served.send("GET \(path)?search=%4F&pageSize=1", as: ada)
                #expect(answer.json?["total"]?.int == 3, "\(answer.text)")
                #expect(link(answer, "next") == "\(path)?search=%4F&page=2&pageSize=1")
                #expect(links(answer)["next"] == link(answer, "next"))
            }
        }
    }

    @Test(arguments: ["page=0", "page=-1", "page=x", "page=", "pageSize=0", "pageSize=101"])
    func `an invalid page is refused`(_ query: String) async throws {
        try await run { served, ada, lists in
            for (path, _) in lists {
                let answer = try await served.send("GET \(path)?\(query)", as: ada)
                let name = query.prefix { $0 != "=" }
                #expect(answer.status == 422 && answer.pointers == ["/\(name)"], "\(path)")
            }
        }
    }
}
