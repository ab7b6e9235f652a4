import Contract
import Kernel
import TestSupport
import Testing

/// Queries to the invitations service, and how replies are used.
@Suite struct EntitiesCollaboratorTests {
    private let bob = [Cast.identity(of: Cast.bob, for: "entities")]
    private let grace = [Cast.identity(of: Cast.grace, for: "entities")]

    /// An entity that Grace owns.
    private func made(
        _ api: APIClient, _ invitations: Asked = Asked()
    ) async throws -> String {
        let made = try await api.call(
            "POST", "/api/entities", body: #"{"name":"Notes","type":"app"}"#, fields: grace)
        let id = try #require(made["id"], "\(made.text)")
        invitations.call(id, Cast.entity)
        return id
    }

    @Test func `queries collaborations once for each request, and never with a local grant`()
        async throws
    {
        let (asked, invitations) = (Asked(), Asked())
        try await EntitiesAlone.run(
            asked, collaborating: "", invitations: invitations
        ) { api, _ in
            let path = "/api/entities/\(try await made(api, invitations))"
            let query = try Golden.text("collaborations-query")
                .replacing(",\"\(Cast.otherEntity)\"", with: "")
            #expect(try await api.call("GET", path, fields: bob).status == 200)
            #expect(invitations.bodies == [query])
            invitations.forget()
            let explained = try await api.call("GET", path + "/access", fields: bob)
            let steps = explained.json?["paths"]?.items.map { $0["via"]?.string }
            #expect(steps?.last == "collaborator", "\(explained.text)")
            let inviter = explained.json?["paths"]?.items.last?["grantedBy"]?.string
            #expect(inviter == Cast.ada.userId)
            #expect(invitations.bodies == [try Golden.text("collaborator-grants-query")])
            invitations.forget()
            #expect(try await api.call("GET", path, fields: grace)["access"] == "publisher")
            #expect(invitations.bodies.isEmpty)
        }
    }

    @Test func `ends a collaboration there before it revokes access here`() async throws {
        let invitations = Asked()
        try await EntitiesAlone.run(Asked(), collaborating: "", invitations: invitations) {
            api, _ in
            let id = try await made(api, invitations)
            let revoked = try await api.call(
                "DELETE", "/api/entities/\(id)/access/\(Cast.ada.userId)",
                fields: grace + [Cast.request])
            #expect(revoked.status == 200, "\(revoked.text)")
            let removed = revoked.json?["removed"]?.items ?? []
            #expect(removed.map { $0["via"]?.string } == ["collaborator"])
            let remaining = revoked.json?["remaining"]?.items ?? []
            #expect(remaining.map { $0["via"]?.string } == ["organization_store", "public_store"])
        }
        #expect(invitations.bodies == [try Golden.text("end-collaboration-command")])
    }

    @Test func `queries the user's collaborations for a list`() async throws {
        let invitations = Asked()
        try await EntitiesAlone.run(
            Asked(), collaborating: "", invitations: invitations
        ) { api, _ in
            let id = try await made(api, invitations)
            let list = try await api.call("GET", "/api/entities", fields: bob)
            try expectList(list, of: "public-entity")
            let item = list.json?["items"]?[0]
            #expect(item?["id"]?.string == id && item?["access"]?.string == "collaborator")
        }
        #expect(invitations.bodies == [try Golden.text("collaborator-entities-query")])
    }

    @Test
    func
        `while the invitations service is unavailable, only local grants count`()
        async throws
    {
        try await EntitiesAlone.run(Asked(), isInvitationsAway: true) { api, _ in
            let id = try await made(api)
            let path = "/api/entities/\(id)"
            // What a store decides needs no second query.
            #expect(try await api.call("GET", path, fields: bob).status == 200)
            for target in [path + "/access", "/api/entities"] {
                let unknown = try await api.call("GET", target, fields: bob)
                #expect(unknown.status == 503 && unknown.code == "access_unknown", "\(target)")
                #expect(unknown.field("retry-after") != nil)
            }
            #expect(try await api.call("GET", path, fields: grace).status == 200)
            // An audit must be complete.
            let audit = try await api.call("GET", "/api/audit?entityId=\(id)", fields: grace)
            #expect(audit.status == 503, "\(audit.text)")
        }
    }

    @Test func `queries the audit of invitations for the owner`() async throws {
        let invitations = Asked()
        try await EntitiesAlone.run(Asked(), invitations: invitations) { api, _ in
            let id = try await made(api, invitations)
            let audit = try await api.call("GET", "/api/audit?entityId=\(id)", fields: grace)
            #expect(audit.json?.names == ["items", "page", "pageSize", "total"], "\(audit.text)")
            let actions = audit.json?["items"]?.items.compactMap { $0["action"]?.string } ?? []
            #expect(actions.contains("invitation.created"), "\(audit.text)")
            #expect(actions.contains("entity.created"))
            #expect(audit.json?["total"]?.int == actions.count)
        }
        #expect(invitations.bodies == [try Golden.text("audit-tail-entity-query")])
    }
}
