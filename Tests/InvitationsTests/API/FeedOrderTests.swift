import InvitationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Invitations

/// The feed with the newest events first.
@Suite struct FeedOrderTests {
    /// All pages of a feed, by their addresses.
    private func walk(
        _ served: ServedInvitations, _ query: String, as caller: Caller
    ) async throws -> [Int] {
        var found: [Int] = []
        var path: String? = "/api/v1/events?" + query
        while let next = path {
            let page = try await served.send("GET \(next)", as: caller)
            try #require(page.status == 200, "\(page.text)")
            found += page.json?["data"]?.items.compactMap { $0["sequence"]?.int } ?? []
            let link = page.field("link")
            path = link.map { String($0.dropFirst().prefix { $0 != ">" }) }
            #expect((path != nil) == (page.json?["has_more"]?.bool == true))
        }
        return found
    }

    @Test func `newest first is the same feed the other way round, page by page`() async throws {
        try await ServedInvitations.run { served in
            let (ada, eve) = (served.user("ada"), served.user("eve"))
            let (one, other) = (served.entity("One", by: ada), served.entity("Other", by: ada))
            for number in 1...4 {
                try await served.invite("a\(number)@example.com", to: one, by: ada)
                try await served.invite("b\(number)@example.com", to: other, by: ada)
                try await served.invite(
                    "c\(number)@example.com", to: served.entity("E\(number)", by: eve), by: eve)
            }
            for query in ["scope=own", "subject=\(one)", "type=invitation.*", "type=share.*"] {
                let oldest = try await walk(served, query, as: ada)
                #expect(oldest == oldest.sorted() && oldest.isEmpty == (query == "type=share.*"))
                for limit in [1, 3, 100] {
                    let newest = try await walk(
                        served, "\(query)&order=desc&limit=\(limit)", as: ada)
                    #expect(newest == oldest.reversed(), "\(query) \(limit)")
                }
                #expect(try await walk(served, "\(query)&order=asc&limit=2", as: ada) == oldest)
            }
        }
    }

    @Test func `after continues with older events, and what is new is before them`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let entity = served.entity(by: ada)
            for number in 1...3 {
                try await served.invite("a\(number)@example.com", to: entity, by: ada)
            }
            let first = try await served.send("GET /api/v1/events?order=desc&limit=1", as: ada)
            let newest = try #require(first.json?["data"]?[0]?["sequence"]?.int)
            #expect(first.json?["next_after"]?.int == newest)
            try await served.invite("a4@example.com", to: entity, by: ada)
            let next = try await served.send(
                "GET /api/v1/events?order=desc&after=\(newest)", as: ada)
            let rest = next.json?["data"]?.items.compactMap { $0["sequence"]?.int } ?? []
            #expect(rest.count == 2 && rest.allSatisfy { $0 < newest })
            #expect(rest == rest.sorted(by: >))
            #expect(next.json?["has_more"]?.bool == false)
        }
    }
}
