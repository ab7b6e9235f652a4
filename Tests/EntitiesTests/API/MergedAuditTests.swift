import Contract
import Kernel
import TestSupport
import Testing

@testable import Entities

/// The audit of an entity, merged from two contexts.
@Suite struct MergedAuditTests {
    /// An entity that ada owns and bob publishes too.
    private func withEntity(
        _ test: (ServedEntities, _ id: String, _ ada: Caller, _ bob: Caller) async throws -> Void
    ) async throws {
        try await ServedEntities.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = try await served.entity(by: ada)
            served.clock.advance(seconds: 10)
            let added = try await served.send(
                "POST /api/entities/\(id)/publishers", #"{"userId":"usr_bob"}"#, as: ada)
            #expect(added.status == 201)
            try await test(served, id, ada, bob)
        }
    }

    /// Adds entries of the invitations context, one a second, newest first.
    private func invite(_ count: Int, to id: String, _ served: ServedEntities) {
        let now = served.clock.now()
        let entries = (0..<count).reversed().map { index in
            AuditEntryBody(
                id: "aud_inv\(10_000 + index)", at: now.adding(seconds: Int64(index) - 5),
                actorId: "usr_ada", tokenId: nil, requestId: nil, action: "invitation.created",
                subject: AuditEntryBody.Subject(type: "invitation", id: "inv_\(index)"),
                before: nil, after: nil)
        }
        served.collaborators.set { state in
            state.audit = entries.map { (about: id, entry: $0) }
        }
    }

    private func audit(
        _ served: ServedEntities, _ id: String, as caller: Caller, _ query: String = ""
    ) async throws -> RawResponse {
        try await served.send("GET /api/audit?entityId=\(id)\(query)", as: caller)
    }

    private func actions(_ answer: RawResponse) -> [String] {
        answer.json?["items"]?.items.compactMap { $0["action"]?.string } ?? []
    }

    @Test func `the owner and platform admins read both audits merged by time`() async throws {
        try await withEntity { served, id, ada, _ in
            invite(1, to: id, served)
            let root = Caller(userId: served.user("root").userId, isAdmin: true)
            for caller in [ada, root] {
                let answer = try await audit(served, id, as: caller)
                // It was 5 s before the second publisher.
                #expect(
                    actions(answer) == [
                        "publisher.added", "invitation.created", "publisher.added",
                        "entity.created",
                    ], "\(answer.text)")
                #expect(answer.json?["total"]?.int == 4)
                let second = try await audit(served, id, as: caller, "&page=2&pageSize=1")
                #expect(actions(second) == ["invitation.created"])
            }
        }
    }

    @Test func `other publishers can't read entries about invitations`() async throws {
        try await withEntity { served, id, _, bob in
            invite(1, to: id, served)
            let answer = try await audit(served, id, as: bob)
            #expect(!actions(answer).contains("invitation.created"), "\(answer.text)")
            #expect(answer.json?["total"]?.int == 3)
            // So no other service is needed.
            served.collaborators.set { $0.isDown = true }
            #expect(try await audit(served, id, as: bob).status == 200)
        }
    }

    @Test
    func `while the invitations service is down, the merged audit is 503 rather than incomplete`()
        async throws
    {
        try await withEntity { served, id, ada, _ in
            served.collaborators.set { $0.isDown = true }
            let root = Caller(userId: served.user("root").userId, isAdmin: true)
            for caller in [ada, root] {
                let answer = try await audit(served, id, as: caller)
                #expect(answer.status == 503 && answer.code == "access_unknown")
                #expect(answer.field("retry-after") != nil)
            }
        }
    }

    @Test
    func
        `after a transfer of ownership only the new owner reads the merged audit`()
        async throws
    {
        try await withEntity { served, id, ada, bob in
            invite(1, to: id, served)
            let transferred = try await served.send(
                "PUT /api/entities/\(id)/owner", #"{"userId":"usr_bob"}"#, as: ada)
            #expect(transferred.status == 200)
            #expect(actions(try await audit(served, id, as: bob)).contains("invitation.created"))
            #expect(
                !actions(try await audit(served, id, as: ada)).contains("invitation.created"))
        }
    }

    @Test func `a page that is too deep is refused if there are entries to merge`()
        async throws
    {
        try await withEntity { served, id, ada, bob in
            let deep = "&page=11&pageSize=100"
            #expect(try await audit(served, id, as: ada, deep).status == 200)
            invite(1_000, to: id, served)
            let last = try await audit(served, id, as: ada, "&page=10&pageSize=100")
            #expect(last.status == 200 && last.json?["items"]?.items.count == 100)
            #expect(last.json?["total"]?.int == 1_000)
            let refused = try await audit(served, id, as: ada, deep)
            #expect(refused.status == 422 && refused.pointers == ["/page"], "\(refused.text)")
            // For bob nothing is merged.
            #expect(try await audit(served, id, as: bob, deep).status == 200)
        }
    }
}
