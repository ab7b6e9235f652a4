import GatewayContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Gateway

@Suite struct ExternalIDTests {
    private func create(
        _ world: GatewayWorld, _ name: String, _ externalId: String
    ) async throws -> RawResponse {
        try await world.api.call(
            "POST", "/api/users", token: adminToken,
            body: """
                {"email": "\(name)@example.com", "username": "\(name)", "displayName": "\(name)",
                 "externalId": "\(externalId)"}
                """)
    }

    private func set(
        _ world: GatewayWorld, _ id: String, _ externalId: String
    ) async throws -> RawResponse {
        try await world.api.call(
            "PATCH", "/api/users/\(id)", token: adminToken, body: #"{"externalId": \#(externalId)}"#
        )
    }

    private func find(_ world: GatewayWorld, _ query: String) async throws -> [String] {
        let list = try await world.api.call("GET", "/api/users?\(query)", token: adminToken)
        #expect(list.status == 200, "\(list.text)")
        let items = list.json?["items"]?.items ?? []
        #expect(list.json?["total"]?.int == items.count)
        return items.compactMap { $0["username"]?.string }
    }

    @Test func `a user is found by exactly their external id`() async throws {
        try await withGateway { world in
            let ann = try await create(world, "ann", "Auth0|4711")
            #expect(ann.status == 201 && ann["externalId"] == "Auth0|4711")
            _ = try await create(world, "bob", "auth0|4711")
            #expect(try await find(world, "externalId=Auth0%7C4711") == ["ann"])
            #expect(try await find(world, "externalId=Auth0%7C471") == [])
            #expect(try await find(world, "externalId=auth0%7C4711&search=an") == [])
            #expect(try await find(world, "externalId=auth0%7C4711&search=BO") == ["bob"])
            let id = try #require(ann["id"])
            let read = try await world.api.call("GET", "/api/users/\(id)", token: adminToken)
            #expect(read["externalId"] == "Auth0|4711")
        }
    }

    @Test func `an external id is set, kept, cleared and free again`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            #expect(try await set(world, ann.id, #""4711""#)["externalId"] == "4711")
            let renamed = try await world.api.call(
                "PATCH", "/api/users/\(ann.id)", token: adminToken, body: #"{"displayName": "A"}"#)
            #expect(renamed["externalId"] == "4711")
            let me = try await world.api.call("GET", "/api/me", token: ann.token)
            #expect(me["externalId"] == "4711")
            let taken = try await create(world, "bob", "4711")
            #expect(taken.status == 409 && taken.code == "external_id_taken")
            #expect(try await set(world, ann.id, "null").json?["externalId"] == .null)
            #expect(try await create(world, "bob", "4711").status == 201)
            let late = try await set(world, ann.id, #""4711""#)
            #expect(late.status == 409 && late.code == "external_id_taken")
        }
    }

    @Test func `deleting a user frees the external id`() async throws {
        try await withGateway { world in
            let id = try #require(try await create(world, "ann", "4711")["id"])
            let path = "/api/users/\(id)"
            #expect(try await world.api.call("DELETE", path, token: adminToken).status == 204)
            #expect(try await find(world, "externalId=4711") == [])
            #expect(try await create(world, "bob", "4711").status == 201)
        }
    }

    @Test func `of twenty concurrent users with one external id one is created`() async throws {
        try await withGateway { world in
            let codes = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let made = try await create(world, "racer\(number)", "4711")
                        return made.status == 201 ? "created" : made.code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == "created" } == 1)
            #expect(codes.count { $0 == "external_id_taken" } == 19)
        }
    }

    @Test func `an invalid external id is reported with the other fields`() async throws {
        try await withGateway { world in
            let answer = try await create(world, "Not OK", "usr_1")
            #expect(
                answer.status == 422 && answer.pointers == ["/email", "/username", "/externalId"])
            let query = try await world.api.call(
                "GET", "/api/users?externalId=a%20b", token: adminToken)
            #expect(query.status == 422)
        }
    }

    @Test func `the audit shows external ids before and after`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            _ = try await set(world, ann.id, #""4711""#)
            let entry = try world.service.database.read { db in
                try db.row("SELECT before, after FROM audit ORDER BY at DESC, id DESC LIMIT 1") {
                    ($0.text(0), $0.text(1))
                }
            }
            #expect(entry?.0.contains(#""externalId":null"#) == true)
            #expect(entry?.1.contains(#""externalId":"4711""#) == true)
        }
    }
}
