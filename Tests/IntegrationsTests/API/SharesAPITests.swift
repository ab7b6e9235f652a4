import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Shares over a socket: levels and principals.
@Suite struct SharesAPITests {
    // MARK: Levels

    private func run(
        _ body: (_ put: (String?) async throws -> RawResponse, ServedIntegrations) async throws
            -> Void
    ) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let path = try await served.integration(by: ada)
            try await body(
                { try await served.send("PUT \(path)/shares/user:bob", $0, as: ada) }, served)
        }
    }

    @Test(arguments: [
        (nil, 1), ("", 1), ("{}", 1), (#"{"accessLevel":1}"#, 1),
        (#"{"accessLevel":2}"#, 2), (#"{"accessLevel":2147483647}"#, 2_147_483_647),
    ])
    func `a level is a whole number and defaults to 1`(
        _ body: String?, _ level: Int
    ) async throws {
        try await run { put, _ in
            let answer = try await put(body)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json?["accessLevel"]?.int == level)
        }
    }

    @Test(arguments: [
        "0", "-1", "-0", "-2147483648", "1.5", "0.5", #""1""#, "null", "true", "[]", "[1]", "{}",
        "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
        "99999999999999999999", "-99999999999999999999", "1e400", "-1e400", "1e-400", "1e30",
    ])
    func `any other value is one error, at the level`(_ level: String) async throws {
        try await run { put, served in
            let before = try served.database.dump()
            let answer = try await put(#"{"accessLevel":\#(level)}"#)
            #expect(answer.status == 422 && answer.code == "validation_failed", "\(answer.text)")
            #expect(answer.pointers == ["/accessLevel"], "\(answer.text)")
            #expect(try served.database.dump() == before)
        }
    }

    @Test(arguments: [
        "0", "-1", "-0", "-2147483648", "-99999999999999999999", "-1e400", "-1.5", "null", "1.5",
        #""0""#,
    ])
    func `the error for levels that mean no access suggests DELETE`(_ level: String)
        async throws
    {
        try await run { put, _ in
            let answer = try await put(#"{"accessLevel":\#(level)}"#)
            #expect(answer["detail"]?.contains("use DELETE") == true, "\(answer.text)")
            let error = answer.json?["errors"]?[0]?["detail"]?.string
            #expect(error?.contains("use DELETE") == true)
        }
    }

    @Test(arguments: ["2147483648", "99999999999999999999", "1e400", "1.5"])
    func `the error for a level out of range names the range`(_ level: String) async throws {
        try await run { put, _ in
            let answer = try await put(#"{"accessLevel":\#(level)}"#)
            #expect(answer["detail"]?.contains("1 to 2147483647") == true, "\(answer.text)")
        }
    }

    @Test func `the error for a body that isn't an object points at the whole body`() async throws {
        try await run { put, served in
            let before = try served.database.dump()
            for body in ["[]", "1", "null", #""x""#] {
                let answer = try await put(body)
                #expect(answer.status == 422 && answer.pointers == [""], "\(answer.text)")
            }
            for body in ["{", #"{"accessLevel":01}"#, #"{"accessLevel":+1}"#, "accessLevel=1"] {
                let answer = try await put(body)
                #expect(answer.status == 400 && answer.code == "malformed_json", "\(answer.text)")
            }
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `PUT of a share is 200, whether it is new, changed or unchanged`() async throws {
        try await run { put, served in
            for (level, time) in [(1, 0), (1, 0), (2, 2), (2, 2)] {
                let answer = try await put(#"{"accessLevel":\#(level)}"#)
                #expect(answer.status == 200 && answer.field("location") == nil)
                #expect(answer["createdAt"] == "2026-01-15T09:00:01.000Z")
                #expect(answer["updatedAt"] == "2026-01-15T09:00:0\(1 + time).000Z")
                served.clock.advance(seconds: 1)
            }
        }
    }

    // MARK: Principals

    @Test(arguments: ["user:bob", "user%3Abob", "user%3abob", "%75ser:bob", "user:%62ob"])
    func `a principal can be percent-encoded`(_ principal: String) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let path = try await served.integration(by: ada)
            let place = "\(path)/shares/\(principal)"
            let put = try await served.send("PUT \(place)", #"{"accessLevel":3}"#, as: ada)
            #expect(put.status == 200 && put["principalId"] == "user:bob", "\(put.text)")
            let get = try await served.send("GET \(place)", as: ada)
            #expect(get.status == 200 && get.text == put.text)
            #expect(try await served.send("DELETE \(place)", as: ada).status == 204)
            #expect(try await served.send("GET \(place)", as: ada).status == 404)
        }
    }

    @Test(arguments: [
        "bob", "usr_bob", "user:", "user:usr_bob", "User:bob", "user:Bob", "group:bob",
        "user:bob%20", "user%253Abob", "team:bob", "%3A",
    ])
    func `principals are found only by their exact names`(_ principal: String) async throws {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            _ = served.user("bob")
            let path = try await served.integration(by: ada)
            try await served.share(path, with: "user:bob", by: ada)
            let place = "\(path)/shares/\(principal)"
            let put = try await served.send("PUT \(place)", as: ada)
            #expect(put.status == 422 && put.pointers == ["/principalId"], "\(put.text)")
            #expect(try await served.send("GET \(place)", as: ada).status == 404)
            #expect(try await served.send("DELETE \(place)", as: ada).status == 404)
        }
    }

    @Test func `an integration is found by slug or id, a team by id`()
        async throws
    {
        try await ServedIntegrations.run { served in
            let ada = served.user("ada")
            let path = try await served.integration(by: ada)
            _ = try await served.team("A Team", by: ada)
            let put = try await served.send("PUT /api/integrations/crm/shares/team:a-team", as: ada)
            #expect(put.status == 200)
            let get = try await served.send("GET \(path)/shares/team%3Aa-team", as: ada)
            #expect(get.text == put.text)
            let list = try await served.send("GET /api/integrations/crm/shares", as: ada)
            #expect(list.json?["total"]?.int == 1)
        }
    }
}
