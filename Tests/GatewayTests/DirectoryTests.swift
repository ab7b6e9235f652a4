import GatewayContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct DirectoryTests {
    private func signer(_ world: GatewayWorld, _ secret: String = internalSecret) -> IdentitySigner
    {
        IdentitySigner(issuer: "entities", secret: Array(secret.utf8), clock: world.clock)
    }

    private func ask(
        _ world: GatewayWorld, _ body: String, identity: String?
    ) async throws -> RawResponse {
        try await world.inner.call(
            "POST", "/internal/users/lookup", body: body,
            fields: identity.map { ["Latchkey-Identity: \($0)"] } ?? [])
    }

    private func ask(_ world: GatewayWorld, _ body: String) async throws -> RawResponse {
        try await ask(world, body, identity: signer(world).service(audience: "gateway"))
    }

    private func found(_ answer: RawResponse) -> [String] {
        answer.json?["users"]?.items.compactMap { $0["username"]?.string } ?? []
    }

    @Test func `users are found by id, address and name, each once`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            _ = try await world.user("cid")
            let body = """
                {"ids": ["\(ann.id)", "usr_none", "\(ann.id)"], "emails": ["bob@example.com",
                 "ann@example.com", "none@example.com"], "usernames": ["cid", "bob", "", "x'"]}
                """
            let answer = try await ask(world, body)
            #expect(answer.status == 200 && found(answer).sorted() == ["ann", "bob", "cid"])
            let profile = answer.json?["users"]?.items.first { $0["id"]?.string == bob.id }
            #expect(profile?.names == ["displayName", "email", "id", "username"])
            #expect(profile?["email"]?.string == "bob@example.com")
        }
    }

    @Test func `of given users those are found whose names contain a text`() async throws {
        try await withGateway { world in
            var ids: [String] = []
            for name in ["ann", "bob", "hannah"] { ids.append(try await world.user(name).id) }
            func match(_ ids: [String], _ search: String) async throws -> RawResponse {
                try await world.inner.call(
                    "POST", "/internal/users/match",
                    body: JSON.text(MatchUsersQuery(ids: ids, search: search)),
                    fields: [
                        "Latchkey-Identity: \(signer(world).service(audience: "gateway"))"
                    ])
            }
            #expect(found(try await match(ids, "ANN")).sorted() == ["ann", "hannah"])
            #expect(found(try await match([ids[0], ids[1]], "ann")) == ["ann"])
            #expect(found(try await match(ids, "bob@example")) == ["bob"])
            #expect(found(try await match(ids, "%")) == [])
            let over = try await match(Array(repeating: "usr_1", count: 1_001), "a")
            #expect(over.status == 422)
        }
    }

    @Test func `a look-up that asks for them names the platform admins among its ids`() async throws
    {
        try await withGateway { world in
            let ann = try await world.user("ann", role: "admin")
            let bob = try await world.user("bob")
            let ids = #""ids": ["\#(ann.id)", "\#(bob.id)", "usr_none"]"#
            let plain = try await ask(world, "{\(ids)}")
            #expect(plain.json?.names == ["users"])
            let asked = try await ask(world, "{\(ids), \"asksForAdmins\": true}")
            #expect(asked.json?["admins"]?.items.map(\.string) == [ann.id])
        }
    }

    @Test func `an empty look-up finds nothing`() async throws {
        try await withGateway { world in
            for body in ["{}", #"{"ids": []}"#, #"{"ids": null, "emails": ["x"]}"#] {
                let answer = try await ask(world, body)
                #expect(answer.status == 200 && found(answer).isEmpty)
            }
            let wrong = try await ask(world, #"{"ids": [1]}"#)
            #expect(wrong.status == 422 && wrong.pointers == ["/ids/0"])
        }
    }

    @Test func `a look-up is limited to 1,000 names`() async throws {
        try await withGateway { world in
            func body(_ count: Int) -> String {
                let names = (0..<count).map { "\"n\($0)\"" }
                let thirds = [names[..<400], names[400..<700], names[700...]].map {
                    $0.joined(separator: ",")
                }
                return """
                    {"ids": [\(thirds[0])], "emails": [\(thirds[1])], "usernames": [\(thirds[2])]}
                    """
            }
            let most = try await ask(world, body(1_000))
            #expect(most.status == 200)
            let over = try await ask(world, body(1_001))
            #expect(over.status == 422 && over.code == "validation_failed")
        }
    }

    @Test func `the directory requires a service identity for the gateway`() async throws {
        try await withGateway { world in
            let caller = Caller(userId: "usr_1", isAdmin: true)
            let body = #"{"emails": ["root@example.com"]}"#
            let identities: [String?] = [
                nil, "", "x.y.z", signer(world).user(caller, audience: "gateway"),
                signer(world).service(audience: "entities"),
                signer(world, String(repeating: "x", count: 40)).service(audience: "gateway"),
            ]
            for identity in identities {
                let answer = try await ask(world, body, identity: identity)
                #expect(
                    answer.status == 401 && !answer.text.contains("root@"), "\(identity ?? "none")")
            }
            let client = try await world.inner.call(
                "POST", "/internal/users/lookup", token: adminToken, body: body)
            #expect(client.status == 401)
            let old = signer(world).service(audience: "gateway")
            #expect(try await ask(world, body, identity: old).status == 200)
            world.clock.advance(seconds: 60)
            #expect(try await ask(world, body, identity: old).status == 401)
        }
    }
}
