import Kernel
import TestSupport
import Testing

@testable import Integrations

/// `GET /api/audit?integrationId=`
@Suite struct AuditAPITests {
    /// Ada creates an integration and shares it with Bob a second later; then root changes it.
    private func run(
        _ body: (
            _ read: (_ query: String) async throws -> RawResponse, ServedIntegrations,
            _ path: String
        ) async throws -> Void
    ) async throws {
        try await ServedIntegrations.run { served in
            let (ada, root) = (served.user("ada"), served.user("root", isAdmin: true))
            _ = served.user("bob")
            let path = try await served.integration(by: ada)
            try await served.share(path, with: "user:bob", by: ada)
            try await served.share(path, with: "user:bob", 2, by: root)
            let id = path.split(separator: "/")[2]
            try await body(
                { try await served.send("GET /api/audit?integrationId=\(id)\($0)", as: ada) },
                served, path)
        }
    }

    private func actions(_ answer: RawResponse) -> [String] {
        answer.json?["items"]?.items.compactMap { $0["action"]?.string } ?? []
    }

    @Test func `an entry has actor, action, and the state before and after`() async throws {
        try await run { read, served, path in
            let answer = try await read("")
            #expect(actions(answer) == ["share.changed", "share.created", "integration.created"])
            let entry = try #require(answer.json?["items"]?[0])
            #expect(entry["actorId"]?.string == "usr_root" && entry["tokenId"]?.string == "tok_1")
            #expect(entry["requestId"]?.string == "r-1")
            #expect(entry["at"]?.string == "2026-01-15T09:00:03.000Z")
            #expect(entry["before"]?["accessLevel"]?.int == 1)
            #expect(entry["after"]?["accessLevel"]?.int == 2)
            #expect(entry["after"]?["principal"]?.string == "usr_bob")
            #expect(entry["subject"]?["type"]?.string == "share")
            let bySlug = try await served.send(
                "GET /api/audit?integrationId=crm", as: served.user("ada"))
            #expect(bySlug.json?["items"] == answer.json?["items"])
        }
    }

    @Test func `the audit can be filtered by actor and time`() async throws {
        try await run { read, _, _ in
            #expect(
                actions(try await read("&actorId=usr_ada"))
                    == ["share.created", "integration.created"])
            #expect(actions(try await read("&from=2026-01-15T09:00:03.000Z")) == ["share.changed"])
            #expect(
                actions(try await read("&to=2026-01-15T09:00:02.000Z")) == ["integration.created"])
            let page = try await read("&page=2&pageSize=2")
            #expect(actions(page) == ["integration.created"] && page.json?["total"]?.int == 3)
            #expect(page.field("link")?.contains("rel=\"prev\"") == true)
            let wrong = try await read("&from=yesterday&to=x")
            #expect(wrong.status == 422 && wrong.pointers == ["/from", "/to"])
        }
    }
}
