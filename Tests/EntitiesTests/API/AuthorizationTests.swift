import Contract
import EntitiesContract
import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct AuthorizationTests {
    @Test(arguments: AuthorizationTable.names)
    func `every route admits exactly the users in the matrix, and a refusal changes nothing`(
        _ name: String
    ) async throws {
        let row = try AuthorizationTable.row(name)
        try await ServedEntities.run { served in
            try await row.matrix.check(
                scene: { try await AuthorizationScene(served) }, dump: served.contents,
                send: { try await $0.send(row, $1, $2) })
        }
    }

    @Test func `the matrix has one row for every route and no others`() {
        let ids = AuthorizationTable.names.map { String($0.prefix { $0 != "/" }) }
        #expect(Set(ids) == Set(AuthorizationTable.routes.map(\.id)))
    }

    // MARK: What is hidden

    private static let missing = ["ent_01JHMZ0000000000000000000A", "x", "%C3%BC"]

    private static let hiding = AuthorizationTable.names.filter { name in
        AuthorizationTable.routes.contains { route in
            route.id == name.prefix { $0 != "/" }
                && (route.path.contains("{entityId}") || route.id == "listAudit")
        }
    }

    @Test(arguments: hiding)
    func `hidden and missing entities get identical responses`(_ name: String) async throws {
        let row = try AuthorizationTable.row(name)
        try await ServedEntities.run { served in
            let scene = try await AuthorizationScene(served)
            let stranger = served.user("stranger")
            func ask(_ entity: String) async throws -> RawResponse {
                try await served.send(
                    row.target(entity: entity, share: scene.share, caller: stranger.userId),
                    row.body(entity: entity), as: stranger)
            }
            let before = try await served.contents()
            let hidden = try await ask(scene.entity)
            // All others respond with 404.
            #expect(hidden.status == (name == "checkPublisher" ? 200 : 404), "\(hidden.text)")
            for id in Self.missing {
                expectAlike(try await ask(id), id, as: hidden, scene.entity)
            }
            #expect(try await served.contents() == before)
        }
    }

    @Test func `a share or version of another entity is not found`() async throws {
        try await ServedEntities.run { served in
            let scene = try await AuthorizationScene(served)
            let eve = served.user("eve")
            let own = try await served.entity("Hers", by: eve)
            let before = try await served.contents()
            for ending in ["shares/\(scene.share)", "publishers/usr_coauthor"] {
                let answer = try await served.send("DELETE /api/entities/\(own)/\(ending)", as: eve)
                #expect(answer.status == 404 && answer.code == "not_found", "\(answer.text)")
            }
            let version = try await served.send("GET /api/entities/\(own)/versions/1.0.0", as: eve)
            #expect(version.status == 404)
            // The share's creator does not find it under another entity either.
            let strayed = try await served.send(
                "DELETE /api/entities/\(own)/shares/\(scene.share)", as: served.user("former"))
            #expect(strayed.status == 404)
            #expect(try await served.contents() == before)
        }
    }

    @Test func `a batch of a thousand checks reveals nothing about hidden entities`() async throws {
        try await ServedEntities.run { served in
            let scene = try await AuthorizationScene(served)
            let users = ["stranger", "friend", "owner"]
            let checks = users.flatMap { user in
                ([scene.entity] + Self.missing.prefix(2)).map {
                    #"{"entityId":"\#($0)","userId":"usr_\#(user)"}"#
                }
            }
            let answer = try await served.send(
                "POST /api/access/check", #"{"checks":[\#(checks.joined(separator: ","))]}"#,
                as: served.user("stranger"))
            let granted = answer.json?["results"]?.items.map { $0["granted"] == .bool(true) }
            #expect(granted == Array(repeating: false, count: 9), "\(answer.text)")
        }
    }

    @Test func `requests without an identity are refused, and users can't call internal routes`()
        async throws
    {
        try await ServedEntities.run { served in
            let scene = try await AuthorizationScene(served)
            try await served.expectNoUsers(
                at: EntityQueries.all + [
                    AuditRoutes.tail, OffboardingRoutes.state, InternalEvent.deliver,
                ])
            let before = try await served.contents()
            let forged = try await served.send(
                "GET /api/entities/\(scene.entity)", as: nil,
                fields: ["Latchkey-Identity: e30.e30.e30", "Authorization: Bearer sk_live_x"])
            #expect(forged.status == 401)
            #expect(try await served.contents() == before)
        }
    }
}
