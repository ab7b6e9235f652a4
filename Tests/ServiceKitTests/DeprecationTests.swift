import Contract
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

/// Clients of a route that is going to end find it out from whatever it responds.
@Suite struct DeprecationTests {
    private static let routes: [Route] = {
        func old(_ id: String, _ path: String, sunset: Timestamp?) -> Endpoint {
            Endpoint(
                id, .get, path, scopes: ["things:read"], summary: id,
                deprecation: Deprecation(
                    since: Timestamp(milliseconds: 1_798_761_600_000), sunset: sunset,
                    guide: "/docs/versioning"))
        }
        let end = Timestamp(milliseconds: 1_814_313_600_000)
        return [
            .now(old("old", "/api/old", sunset: end)) { _ in .json(["is": "there"]) },
            .later(old("failing", "/api/failing", sunset: end)) { _ in throw Fault.notFound },
            .now(old("openEnded", "/api/open-ended", sunset: nil)) { _ in .noContent },
            .now(Endpoint("new", .get, "/api/new", summary: "new")) { _ in .noContent },
        ]
    }()

    @Test(arguments: [
        ("/api/old", "ann:things:read", 200), ("/api/old", "ann:other", 403),
        ("/api/old", "", 401), ("/api/failing", "ann:things:read", 404),
        ("/api/old?x=1", "ann:things:read", 422),
    ])
    func `every response names the end, errors too`(
        target: String, token: String, status: Int
    ) async throws {
        try await withAPI(Self.routes) { api, _ in
            let answer = try await api.call("GET", target, token: token.isEmpty ? nil : token)
            #expect(answer.status == status)
            #expect(answer.field("deprecation") == "@1798761600")
            #expect(answer.field("sunset") == "Wed, 30 Jun 2027 00:00:00 GMT")
            #expect(
                answer.field("link")
                    == "</docs/versioning>; rel=\"deprecation\"; type=\"text/html\"")
        }
    }

    @Test func `a route without an end has no Sunset, and one that stays has neither`() async throws
    {
        try await withAPI(Self.routes) { api, _ in
            let open = try await api.call("GET", "/api/open-ended", token: "ann:things:read")
            #expect(open.field("deprecation") != nil && open.field("sunset") == nil)
            for target in ["/api/new", "/api/nothing"] {
                let answer = try await api.call("GET", target, token: "ann")
                #expect(answer.field("deprecation") == nil && answer.field("link") == nil)
            }
        }
    }
}
