import Kernel
import Testing

/// What holds for the external ids of every kind of thing.
public struct ExternalIDTrial<Fakes: ServiceFakes>: Sendable {
    private let served: ServedService<Fakes>
    /// The path of all things of the kind: they are created there.
    private let path: String
    /// What their body must have besides name and external id.
    private let members: String
    /// The parameter of the audit that names one; nil if there is none.
    private let audit: String?
    private let root: Caller
    private let ada: Caller
    private let bob: Caller
    /// The platform's backend, acting for Ada.
    private let acting: Caller

    public init(
        _ served: ServedService<Fakes>, _ path: String, members: String = "", audit: String?
    ) {
        self.served = served
        self.path = path
        self.members = members
        self.audit = audit
        root = served.user("root", isAdmin: true)
        ada = served.user("ada")
        bob = served.user("bob")
        acting = Caller(
            userId: ada.userId, scopes: ["*"], tokenId: "tok_9", actingId: root.userId)
    }

    public func run() async throws {
        try await setting()
        try await naming()
        try await taken()
        try await changing()
        try await racing()
        try await deleting()
    }

    private func create(
        _ externalId: String?, by caller: Caller, key: String? = nil
    ) async throws -> RawResponse {
        let given = externalId.map { #","externalId":"\#($0)""# } ?? ""
        return try await served.send(
            "POST \(path)", #"{"name":"Some thing"\#(members)\#(given)}"#, as: caller,
            fields: key.map { ["Idempotency-Key: \($0)"] } ?? [])
    }

    private func get(_ name: String, by caller: Caller) async throws -> RawResponse {
        try await served.send("GET \(path)/\(name)", as: caller)
    }

    private func set(
        _ externalId: String, on name: String, by caller: Caller
    ) async throws -> RawResponse {
        try await served.send(
            "PATCH \(path)/\(name)", #"{"externalId":\#(externalId)}"#, as: caller)
    }

    /// Only with an admin's token, for the admin or for another user.
    private func setting() async throws {
        let refused = try await create("mine", by: ada)
        #expect(refused.status == 403 && refused.code == "admin_token_required")
        #expect(try await create(nil, by: ada).json?["externalId"] == .null)
        let made = try await create("Ä/1", by: root)
        #expect(made.status == 201 && made["externalId"] == "Ä/1", "\(made.text)")
        let acted = try await create("b", by: acting, key: "k")
        #expect(acted.status == 201 && acted["externalId"] == "b")
        let again = try await create("b", by: acting, key: "k")
        #expect(again.status == 201 && again["id"] == acted["id"])
        for wrong in ["usr_1", "ext:a", "a b", ""] {
            let invalid = try await create(wrong, by: root)
            #expect(invalid.status == 422 && invalid.pointers == ["/externalId"], "\(wrong)")
        }
    }

    /// Exactly; and what the caller can't see is what doesn't exist.
    private func naming() async throws {
        let found = try await get("ext:%C3%84%2F1", by: root)
        #expect(found.status == 200 && found["externalId"] == "Ä/1")
        #expect(try await get("ext:%C3%A4%2F1", by: root).status == 404)
        let id = try #require(try await get("ext%3Ab", by: ada)["id"])
        #expect(try await get(id, by: ada)["externalId"] == "b")
        let hidden = try await get("ext:b", by: bob)
        let missing = try await get("ext:n", by: bob)
        #expect(hidden.status == 404 && hidden["instance"] == "\(path)/ext:b")
        #expect(
            hidden.text.replacing("ext:b", with: "") == missing.text.replacing("ext:n", with: ""))
        #expect(!hidden.head.contains(id))
        guard let audit else { return }
        let entries = try await served.send("GET /api/audit?\(audit)=ext:b&page=1", as: root)
        #expect(entries.status == 200 && entries.text.contains(#""externalId":"b""#))
        #expect(entries.field("link")?.contains("\(audit)=ext:b") == true)
        #expect(entries.field("link")?.contains(id) == false)
    }

    private func taken() async throws {
        for response in [
            try await create("b", by: root), try await set(#""b""#, on: "ext:%C3%84%2F1", by: root),
        ] {
            #expect(response.status == 409 && response.code == "external_id_taken")
        }
    }

    private func changing() async throws {
        #expect(try await set(#""b""#, on: "ext:b", by: ada).status == 200)
        // What was found for one caller a moment ago isn't shown to another, nor found afterwards.
        let before = try await get("ext:b", by: ada)
        #expect(try await get("ext:b", by: ada)["id"] == before["id"])
        let hidden = try await get("ext:b", by: bob)
        #expect(hidden.status == 404 && hidden["instance"] == "\(path)/ext:b")
        for change in [#""c""#, "null"] {
            let refused = try await set(change, on: "ext:b", by: ada)
            #expect(refused.status == 403 && refused.code == "admin_token_required")
        }
        #expect(try await set(#""c""#, on: "ext:b", by: acting)["externalId"] == "c")
        #expect(try await get("ext:b", by: ada).status == 404)
        #expect(try await set("null", on: "ext:c", by: acting).json?["externalId"] == .null)
        #expect(try await get("ext:c", by: ada).status == 404)
        let after = try await create("c", by: acting)
        #expect(after.status == 201 && after["id"] != before["id"])
        for _ in 0..<2 { #expect(try await get("ext:c", by: ada)["id"] == after["id"]) }
    }

    private func racing() async throws {
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    let made = try await create("race", by: acting)
                    return made.status == 201 ? "created" : made.code
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == "created" } == 1)
        #expect(codes.count { $0 == "external_id_taken" } == 9)
    }

    /// At once, also where a job deletes the rest.
    private func deleting() async throws {
        let deleted = try await served.send("DELETE \(path)/ext:race", as: ada)
        #expect(deleted.status == 204, "\(deleted.text)")
        #expect(try await get("ext:race", by: ada).status == 404)
        #expect(try await create("race", by: acting).status == 201)
    }
}
