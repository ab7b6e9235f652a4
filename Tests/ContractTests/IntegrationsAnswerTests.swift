import Contract
import Kernel
import TestSupport
import Testing

/// The integrations service's responses equal the golden files byte for byte, with members in the
/// order of the product's reference pages.
@Suite struct IntegrationsAnswerTests {
    private let ada = IntegrationsAlone.identity(Cast.ada)
    private let bob = IntegrationsAlone.identity(Cast.bob)
    private let admin = IntegrationsAlone.identity(Cast.grace, isAdmin: true)

    /// The golden file's bytes, as HAL.
    private func expect(
        _ answer: RawResponse, _ status: Int, is golden: String, _ asked: Asked,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        #expect(answer.status == status, "\(answer.text)", sourceLocation: location)
        let text = try Golden.text(golden)
        #expect(asked.golden(answer.text) == text, sourceLocation: location)
        #expect(answer.field("content-type") == HAL.mediaType, sourceLocation: location)
    }

    @Test func `integrations match the golden files`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let made = try await api.call(
                "POST", "/api/integrations", body: #"{"name":"CRM"}"#, fields: ada)
            asked.call(try #require(made["id"]), Cast.integration)
            try expect(made, 201, is: "public-integration", asked)
            let path = try #require(made.field("location"))
            for target in [path, "/api/integrations/crm"] {
                let got = try await api.call("GET", target, fields: ada)
                try expect(got, 200, is: "public-integration", asked)
                #expect(got.field("etag") == made.field("etag"))
            }
            let same = try await api.call("PATCH", path, body: #"{"name":"CRM"}"#, fields: ada)
            try expect(same, 200, is: "public-integration", asked)
            #expect(same.field("etag") == made.field("etag"))
        }
    }

    @Test func `the middle of three pages matches the golden root`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            for name in ["Before", "CRM", "After"] {
                let made = try await api.call(
                    "POST", "/api/integrations", body: #"{"name":"\#(name)"}"#, fields: ada)
                if name == "CRM" { asked.call(try #require(made["id"]), Cast.integration) }
            }
            let page = try await api.call(
                "GET", "/api/integrations?page=2&pageSize=1", fields: ada)
            try expect(page, 200, is: "public-integration-root", asked)
            let link = try #require(page.field("link"))
            for relation in ["next", "prev", "first", "last"] {
                #expect(link.contains("rel=\"\(relation)\""), "\(link)")
            }
        }
    }

    @Test func `shares and access match the golden files`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let path = try await IntegrationsAlone.crm(api, asked, by: bob)
            let team = try await IntegrationsAlone.analytics(api, by: bob)
            try await IntegrationsAlone.join(api, team, by: bob)
            let target = path + "/shares/team:analytics"
            let made = try await api.call("PUT", target, fields: bob)
            try expect(made, 200, is: "public-integration-share", asked)
            for (method, body) in [("PUT", #"{"accessLevel":1}"#), ("PUT", "{}"), ("GET", nil)] {
                let same = try await api.call(method, target, body: body, fields: bob)
                try expect(same, 200, is: "public-integration-share", asked)
                #expect(same.field("etag") == made.field("etag"))
            }
            // A percent-encoded colon is equivalent.
            let encoded = try await api.call(
                "GET", path + "/shares/team%3Aanalytics", fields: bob)
            try expect(encoded, 200, is: "public-integration-share", asked)
            let list = try await api.call("GET", path + "/shares", fields: ada)
            try expect(list, 200, is: "public-integration-shares", asked)
            let access = try await api.call("GET", path + "/access", fields: ada)
            try expect(access, 200, is: "public-integration-access", asked)
        }
    }

    @Test func `owners match the golden files, for users and teams`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let path = try await IntegrationsAlone.crm(api, asked, by: ada)
            let user = try await api.call("GET", path + "/owner", fields: ada)
            try expect(user, 200, is: "public-integration-owner-user", asked)
            _ = try await IntegrationsAlone.analytics(api, by: admin)
            let given = try await api.call(
                "PUT", path + "/owner", body: #"{"teamId":"analytics"}"#, fields: admin)
            #expect(given.status == 200 && given.field("content-type") == HAL.mediaType)
            // Only updatedAt differs, by a millisecond.
            let golden = try Golden.text("public-integration")
                .replacing("user:ada", with: "team:analytics")
                .replacing("00.000Z\",\"_links", with: "00.001Z\",\"_links")
            #expect(asked.golden(given.text) == golden)
            let team = try await api.call("GET", path + "/owner", fields: admin)
            try expect(team, 200, is: "public-integration-owner-team", asked)
        }
    }

    @Test func `teams and their members match the golden files`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let none = try await api.call("GET", "/api/teams", fields: bob)
            #expect(
                none.text == #"{"_links":{"self":{"href":"/api/teams"}},"#
                    + #""_embedded":{"inf:team":[]},"page":1,"pageSize":20,"total":0}"#)
            let made = try await api.call(
                "POST", "/api/teams", body: #"{"name":"Analytics Team","id":"analytics"}"#,
                fields: bob)
            try expect(made, 201, is: "public-team", asked)
            let path = try #require(made.field("location"))
            #expect(path == "/api/teams/analytics")
            try expect(try await api.call("GET", path, fields: bob), 200, is: "public-team", asked)
            let same = try await api.call("PATCH", path, body: "{}", fields: bob)
            try expect(same, 200, is: "public-team", asked)
            let listed = try await api.call("GET", "/api/teams", fields: bob)
            let item = try Golden.text("public-team")
            #expect(listed.text.contains(#""_embedded":{"inf:team":[\#(item)]}"#))
            let member = path + "/members/ada"
            for status in [201, 200] {
                let set = try await api.call("PUT", member, fields: bob)
                try expect(set, status, is: "public-team-member", asked)
            }
            let members = try await api.call("GET", path + "/members", fields: bob)
            let listedMember = try Golden.text("public-team-member")
            #expect(members.text.contains(#""_embedded":{"inf:team-member":[{"#))
            #expect(members.text.contains(listedMember))
            #expect(members.field("content-type") == HAL.mediaType)
        }
    }

    @Test func `the audit and problems match the golden files`() async throws {
        let asked = Asked()
        try await IntegrationsAlone.run(asked) { api, _ in
            let path = try await IntegrationsAlone.crm(api, asked, by: ada)
            let audit = try await api.call("GET", "/api/audit?integrationId=crm", fields: ada)
            let entry = JSONValue(try Golden.bytes("public-audit-entry"))
            #expect(audit.json?.names == ["items", "page", "pageSize", "total"])
            #expect(audit.json?["items"]?[0]?.names == entry?.names, "\(audit.text)")
            #expect(audit.field("content-type") == "application/json")
            let missing = try await api.call("GET", "/api/integrations/x", fields: ada)
            try ContractTests.expect(missing, 404, like: "public-problem")
            try ContractTests.expect(
                try await api.call("GET", path), 401, like: "public-problem")
            let invalid = try await api.call(
                "POST", "/api/integrations", body: #"{"name":""}"#, fields: ada)
            try ContractTests.expect(invalid, 422, like: "public-problem-invalid")
            for problem in [missing, invalid] {
                #expect(problem.field("content-type") == "application/problem+json")
            }
        }
    }
}
