import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// POSTs repeated with their `Idempotency-Key`.
@Suite struct IdempotencyTests {
    private let key = ["Idempotency-Key: k"]

    @Test func `a repeated request with a key takes effect once and gets the same response`()
        async throws
    {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let base = "/api/v1/entities/\(served.entity(by: ada))/invitations"
            let other = try await served.invite(
                "bob@example.com", to: served.entity("B", by: ada), by: ada)
            let otherPath =
                "/api/v1/entities/\(other["entity_id"]?.string ?? "")/invitations/"
                + (other["id"]?.string ?? "")
            // The token after resending.
            var posts: [(String, String?, Caller)] = [
                (base, #"{"email":"x@example.com"}"#, ada),
                (base + "/bulk", #"{"invitations":[{"email":"y@example.com"}]}"#, ada),
                (otherPath + "/resend", nil, ada),
            ]
            for index in 0..<4 {
                let (path, body, caller) = posts[index]
                let fields = ["Idempotency-Key: k\(index)"]
                let first = try await served.send(
                    "POST \(path)", body, as: caller, fields: fields)
                #expect(first.status < 300 && first.field("idempotency-replayed") == nil)
                if index == 2 {
                    posts.append(
                        (
                            "/api/v1/invitations/accept",
                            #"{"token":"\#(try served.token(first.json))"}"#, bob
                        ))
                }
                try await settle(served)
                let before = try served.database.dump()
                let second = try await served.send(
                    "POST \(path)", body, as: caller, fields: fields)
                #expect(second.field("idempotency-replayed") == "true", "\(path)")
                // Without the link.
                let kept = first.text.replacing(/"accept_url":"[^"]*",/, with: "")
                #expect(second.status == first.status && second.text == kept)
                #expect(first.text != kept)
                #expect(second.field("location") == first.field("location"))
                #expect(try served.database.dump() == before)
            }
        }
    }

    /// Waits until no e-mail is pending.
    private func settle(_ served: ServedInvitations) async throws {
        let database = served.database
        let isSettled = await eventually {
            (try? database.hasPendingMails()) == false
        }
        #expect(isSettled)
    }

    @Test func `every POST is tested with an idempotency key`() {
        let others = WebhookRoutes.all + WorkspaceRoutes.all
        let routes = Set(InvitationRoutes.all).subtracting(others)
        let posts = routes.filter { $0.method == .post }.map(\.id)
        #expect(
            Set(posts) == [
                "createInvitation", "createInvitations", "resendInvitation", "acceptInvitation",
                "declineInvitation",
            ])
    }

    @Test func `reusing a key with another body is refused`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let path = "POST /api/v1/entities/\(served.entity(by: ada))/invitations"
            let first = try await served.send(
                path, #"{"email":"x@example.com"}"#, as: ada, fields: key)
            #expect(first.status == 201)
            let other = try await served.send(
                path, #"{"email":"y@example.com"}"#, as: ada, fields: key)
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
        }
    }

    @Test func `of many concurrent requests with one key one takes effect`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            let key = key
            let answers = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await served.send(
                            "POST /api/v1/entities/\(id)/invitations",
                            #"{"email":"x@example.com"}"#, as: ada, fields: key)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 201 || $0.status == 409 })
            // A replay that comes after the first response has the same id, and no link.
            let ids = Set(answers.filter { $0.status == 201 }.map { $0["id"] })
            #expect(ids.count == 1 && !ids.contains(nil))
        }
    }
}
