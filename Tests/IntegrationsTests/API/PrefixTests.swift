import TestSupport
import Testing

@testable import Integrations

/// LATCHKEY_PUBLIC_URL with a path: every link begins with it.
@Suite struct PrefixTests {
    @Test func `links in bodies and headers begin with the public path`() async throws {
        let url = ["LATCHKEY_PUBLIC_URL": "https://example.com/access"]
        try await ServedIntegrations.run(url) { served in
            let ada = served.user("ada")
            let location = try await served.integration("CRM", by: ada)
            #expect(location.hasPrefix("/access/api/integrations/int_"))
            let path = String(location.dropFirst("/access".count))
            _ = try await served.team("Analytics", by: ada)
            for target in ["/api/integrations", path, "/api/teams", "/api/teams/analytics"] {
                let answer = try await served.send("GET \(target)", as: ada)
                #expect(answer.status == 200)
                let links = answer.text.matches(of: /"href":"([^"]*)"/).map { $0.output.1 }
                #expect(!links.isEmpty && links.allSatisfy { $0.hasPrefix("/access/") }, "\(links)")
            }
            // The tag covers the response with its links.
            let tag = try #require(
                try await served.send("GET \(path)", as: ada).field("etag"))
            let changed = try await served.send(
                "PATCH \(path)", #"{"description":"x"}"#, as: ada, fields: ["If-Match: \(tag)"])
            #expect(changed.status == 200, "\(changed.text)")
        }
    }
}
