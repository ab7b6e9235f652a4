import Contract
import FoundationEssentials
import HTTPCore
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite struct ExportTests {
    /// A service with a section of so many rows, and an empty one.
    private func withService(
        rows: Int, size: Int = 0, failsAt: Int = .max, loops: Int = 2,
        _ test: (GatewayWorld) async throws -> Void
    ) async throws {
        let asked = Asked()
        try await withProxy(loops: loops) { exchange in
            let sink = Sink()
            sink.onEnd = {
                guard exchange.head.pathText == ExportRoutes.part.path else {
                    return exchange.respond(Response(200, body: Array("{}".utf8)))
                }
                let query = try? JSONDecoder().decode(ExportQuery.self, from: Data(sink.bytes))
                let number = asked.count.add(1, ordering: .relaxed).newValue
                guard let query, number < failsAt else { return exchange.respond(Response(500)) }
                let from = Int(query.after?.text ?? "") ?? 0
                let part = (from..<min(rows, from + ExportReply.rows)).map { number in
                    #"{"number":\#(number),"text":"\#(String(repeating: "x", count: size))"}"#
                }
                let isEmpty = query.after?.section == "empty"
                let end = from + part.count
                let next =
                    isEmpty
                    ? nil
                    : end < rows
                        ? ExportCursor(section: "rows", text: "\(end)")
                        : ExportCursor(section: "empty")
                let reply = ExportReply(
                    section: isEmpty ? "empty" : "rows", rows: isEmpty ? [] : part, next: next)
                exchange.respond(
                    Response(
                        200, fields: [Response.Field("Content-Type", "application/json")],
                        body: JSON.encode(reply)))
            }
            exchange.readBody(sink)
        } _: { world, _ in
            try await test(world)
        }
    }

    private final class Asked: Sendable { let count = Atomic(0) }

    private func export(
        _ world: GatewayWorld, _ id: String, by token: String = adminToken, _ method: String = "GET"
    ) async throws -> RawResponse {
        try await world.api.call(method, "/api/users/\(id)/export", token: token)
    }

    @Test func `every table with users is exported, or left with a reason`() throws {
        try ExportTrial.expectComplete(ExportedData.all, migrations: gatewayMigrations)
    }

    @Test func `an export has the account and what every service has`() async throws {
        try await withService(rows: 250) { world in
            let ann = try await world.user("ann")
            let code = try await world.newCode("ann@example.com")
            let session = try #require(try await world.signIn("ann@example.com", code)["token"])
            let made = try await export(world, ann.id)
            #expect(made.status == 200 && made.field("content-type") == "application/json")
            #expect(made.field("cache-control") == "no-store")
            let user = try await world.api.call("GET", "/api/users/\(ann.id)", token: adminToken)
            #expect(made.json?["user"] == user.json)
            let own = try #require(made.json?["gateway"])
            #expect(own["tokens"]?.items.map { $0["id"]?.string } == [ann.tokenId])
            #expect(own["sessions"]?.items.count == 1)
            #expect(own["auditWithin"]?.items.count == 2)
            let rows = made.json?["entities"]?["rows"]?.items
            #expect(rows?.map { $0["number"]?.int } == Array(0..<250))
            #expect(made.json?["entities"]?["empty"]?.items.isEmpty == true)
            // Nothing that could be used.
            #expect(!made.text.contains(session) && !made.text.contains("digest"))
            #expect(try world.actions().last == "user.exported")
        }
    }

    @Test func `users export themselves, and nobody else but admins`() async throws {
        try await withService(rows: 1) { world in
            let ann = try await world.user("ann")
            let bob = try await world.user("bob")
            let before = try world.actions().count
            #expect(try await export(world, bob.id, by: ann.token).status == 403)
            let unknown = "usr_01M7YT9ZHG03RWMAMRKZ5XW0YM"
            #expect(try await export(world, unknown).status == 404)
            #expect(try await export(world, unknown, by: ann.token).status == 403)
            let few = try await world.token(of: ann.id, scopes: ["entities:write"])
            #expect(try await export(world, ann.id, by: few.token).code == "insufficient_scope")
            #expect(try await export(world, ann.id, by: "x").status == 401)
            let head = try await export(world, ann.id, by: ann.token, "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(try world.actions().count == before + 1)
            #expect(try await export(world, ann.id, by: ann.token).status == 200)
            let entry = try #require(try world.actions().last)
            #expect(entry == "user.exported")
            let odd = try await world.api.call(
                "GET", "/api/users/\(ann.id)/export?x=1", token: adminToken)
            #expect(odd.status == 422)
        }
    }

    @Test func `without one of the services nothing is exported`() async throws {
        try await withService(rows: 1, failsAt: 1) { world in
            let ann = try await world.user("ann")
            #expect(try await export(world, ann.id).status == 502)
            #expect(try world.actions().last != "user.exported")
        }
    }

    @Test func `an export that fails on its way is cut off`() async throws {
        try await withService(rows: 1_000, failsAt: 5) { world in
            let ann = try await world.user("ann")
            // The last chunk is missing, so there is no response.
            let answer = try? await export(world, ann.id)
            #expect(answer == nil)
        }
    }

    @Test func `a long export is sent whole`() async throws {
        try await withService(rows: 2_000, size: 2_000, loops: 1) { world in
            let ann = try await world.user("ann")
            let port = world.service.port
            let text = try await blocking {
                let client = try RawClient(port: port)
                defer { client.close() }
                try client.send(
                    "GET /api/users/\(ann.id)/export HTTP/1.1\r\nHost: x\r\n"
                        + "Authorization: Bearer \(adminToken)\r\nConnection: close\r\n\r\n")
                return try client.response().text
            }
            let json = try #require(JSONValue(Array(text.utf8)))
            #expect(json["entities"]?["rows"]?.items.count == 2_000)
        }
    }
}
