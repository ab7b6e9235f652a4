import Contract
import FoundationEssentials
import GatewayContract
import Kernel
import SCIM
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct SCIMProtocolTests {
    @Test(arguments: [false, true])
    func `only platform admins' tokens with the scope are admitted`(
        throughEdge: Bool
    ) async throws {
        try await withGateway(
            integrations: Ports.next(), throughEdge: throughEdge
        ) { world in
            let victim = try await world.user("victim")
            let member = try await world.user("member")
            let without = try await world.user("without", role: "admin", scopes: ["users:admin"])
            let reader = try await world.user(
                "reader", role: "admin", scopes: ["scim"], readOnly: true)
            let admin = try await world.user("admin", role: "admin", scopes: ["scim"])
            let before = try world.rows()
            for endpoint in SCIMRoutes.all {
                let path = endpoint.path.replacing("{id}", with: victim.id)
                let body =
                    endpoint.documentation.body == nil
                    ? nil : #"{"userName":"v@example.com","Operations":[]}"#
                func status(_ token: String?, _ fields: [String] = []) async throws -> Int {
                    let answer = try await world.api.call(
                        endpoint.method.rawValue, path, token: token, body: body, fields: fields)
                    if answer.status >= 400 {
                        #expect(answer.field("content-type") == "application/scim+json")
                        #expect(answer.json?["status"]?.string == "\(answer.status)")
                    }
                    return answer.status
                }
                #expect(try await status(nil) == 401, "\(endpoint.id)")
                #expect(try await status("sk_live_nonsense") == 401, "\(endpoint.id)")
                #expect(try await status(member.token) == 403, "\(endpoint.id)")
                #expect(try await status(without.token) == 403, "\(endpoint.id)")
                #expect(
                    try await status(adminToken, ["Latchkey-User: \(member.id)"]) == 403,
                    "\(endpoint.id)")
                if !endpoint.readsOnly {
                    #expect(try await status(reader.token) == 403, "\(endpoint.id)")
                } else {
                    // The service that has teams is away.
                    #expect([200, 404, 503].contains(try await status(reader.token)))
                }
            }
            #expect(try world.rows() == before)
            let client = SCIMClient(world: world, token: admin.token)
            #expect(try await client.send("DELETE", "/Users/\(victim.id)").status == 204)
        }
    }

    @Test func `a member can't be given the scope`() async throws {
        try await withGateway { world in
            let member = try await world.user("member")
            let refused = try await world.api.call(
                "POST", "/api/tokens", token: adminToken,
                body: #"{"name":"t","scopes":["scim"],"userId":"\#(member.id)"}"#)
            #expect(refused.status == 422)
        }
    }

    @Test func `the server describes itself`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let config = try await client.send("GET", "/ServiceProviderConfig")
            #expect(config.status == 200)
            #expect(config.field("content-type") == "application/scim+json")
            #expect(config.json?["patch"]?["supported"] == .bool(true))
            #expect(config.json?["filter"]?["maxResults"] == .number(200))
            let types = try await client.send("GET", "/ResourceTypes")
            for type in types.json?["Resources"]?.items ?? [] {
                let name = try #require(type["id"]?.string)
                #expect(try await client.send("GET", "/ResourceTypes/\(name)").json == type)
                let endpoint = try #require(type["endpoint"]?.string)
                #expect(try await client.send("GET", endpoint).status == 200)
                let schema = try #require(type["schema"]?.string)
                let shown = try await client.send("GET", "/Schemas/\(schema)")
                #expect(shown["id"] == schema)
            }
            #expect(try await client.send("GET", "/Schemas/urn:none").status == 404)
            let nothing = try await client.send("GET", "/Nothing")
            #expect(nothing.status == 404)
            #expect(nothing.field("content-type") == "application/scim+json")
            #expect(try await client.send("PUT", "/Users", "{}").status == 405)
        }
    }

    @Test func `a list has each user once, in parts that new users don't move`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            for number in 0..<23 { _ = try await client.create("u\(number)@example.com") }
            func part(_ query: String) async throws -> (ids: [String], total: Double) {
                let part = try await client.send("GET", "/Users?\(query)")
                guard case .number(let total)? = part.json?["totalResults"] else {
                    throw Fault.unexpected(part.text)
                }
                return (
                    (part.json?["Resources"]?.items ?? []).compactMap { $0["id"]?.string }, total
                )
            }
            let whole = try await part("count=200")
            #expect(whole.total == 24 && Set(whole.ids).count == 24)
            for size in [1, 5, 7, 24, 100] {
                var all: [String] = []
                for start in stride(from: 1, through: 24, by: size) {
                    all += try await part("startIndex=\(start)&count=\(size)").ids
                }
                #expect(all == whole.ids, "\(size)")
            }
            #expect(try await part("startIndex=25").ids.isEmpty)
            #expect(try await part("count=0").ids.isEmpty)
            let first = try await part("startIndex=3&count=5").ids
            _ = try await client.create("later@example.com")
            #expect(try await part("startIndex=3&count=5").ids == first)
            let sorted = try await client.send(
                "GET", "/Users?sortBy=userName&sortOrder=descending&count=2&attributes=userName")
            #expect(
                sorted.json?["Resources"]?.items.compactMap { $0["userName"]?.string }
                    == ["u9@example.com", "u8@example.com"])
            #expect(
                sorted.json?["Resources"]?.items.first?.names.sorted() == [
                    "id", "schemas", "userName",
                ])
        }
    }

    @Test func `a filter finds users by index and by looking at all of them`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            _ = try await client.create(
                "ada",
                #","externalId":"00uA","emails":[{"value":"Ada@x.example","primary":true},"#
                    + #"{"value":"lovelace@Y.example"}],"name":{"familyName":"Lovelace"}"#)
            _ = try await client.create("grace@x.example", #","externalId":"00uG""#)
            let found = [
                #"userName eq "ADA""#: ["ada"], #"externalId eq "00uA""#: ["ada"],
                #"externalId eq "00ua""#: [], #"emails.value eq "ada@X.example""#: ["ada"],
                #"emails eq "LOVELACE@y.example""#: ["ada"],
                #"emails[value eq "lovelace@y.example"]"#: ["ada"],
                #"userName eq "ada" and active eq false"#: [],
                #"userName eq "ada" or userName eq "grace@x.example""#: ["ada", "grace@x.example"],
                #"name.familyName sw "love""#: ["ada"],
                #"not (userName sw "root")"#: [
                    "ada", "grace@x.example",
                ],
                #"userName ew "@x.example" and externalId pr"#: ["grace@x.example"],
                #"meta.created gt "2020-01-01T00:00:00Z" and userName eq "ada""#: ["ada"],
            ]
            for (filter, names) in found {
                #expect(try await client.find(filter) == names, "\(filter)")
                let search = try await client.send(
                    "POST", "/Users/.search",
                    JSON.text(["filter": filter, "schemas": "x"]).replacing("\"x\"", with: "[]"))
                #expect(
                    (search.json?["Resources"]?.items ?? []).compactMap { $0["userName"]?.string }
                        == names, "\(search.text)")
            }
            let wrong = try await client.send("GET", "/Users?filter=userName%20is%201")
            #expect(wrong.status == 400 && wrong.scimType == "invalidFilter")
        }
    }

    @Test func `a malformed request is refused as SCIM refuses it`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com")
            func type(_ method: String, _ path: String, _ body: String) async throws -> String? {
                let answer = try await client.send(method, path, body)
                #expect(answer.status == 400, "\(answer.text)")
                return answer.scimType
            }
            #expect(try await type("POST", "/Users", "{") == "invalidSyntax")
            #expect(try await type("POST", "/Users", "[]") == "invalidSyntax")
            #expect(try await type("POST", "/Users", "{}") == "invalidValue")
            #expect(try await type("POST", "/Users", #"{"userName":"x"}"#) == "invalidValue")
            #expect(
                try await type("POST", "/Users", #"{"userName":"x","emails":[{"value":"y"}]}"#)
                    == "invalidValue")
            #expect(
                try await type(
                    "POST", "/Users", #"{"userName":"a@b.example","externalId":"usr_1"}"#)
                    == "invalidValue")
            let patch = #"{"Operations":[{"op":"replace","path":"id","value":"x"}]}"#
            #expect(try await type("PATCH", "/Users/\(id)", patch) == "mutability")
            #expect(try await client.send("PATCH", "/Users/usr_x", patch).status == 404)
            let plain = try await client.send(
                "POST", "/Users", "userName=x", fields: ["X-Request-Id: okta 1"])
            #expect(plain.status == 400 && plain.field("x-request-id") == "okta 1")
        }
    }
}
