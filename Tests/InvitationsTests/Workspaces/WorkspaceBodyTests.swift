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

/// Invalid bodies and repeated POSTs.
@Suite struct WorkspaceBodyTests {
    /// Every request with a body, its error and the pointer.
    private static let wrong: [(String, String, [String])] = [
        ("POST W", #"{"name":""}"#, ["/name"]),
        ("POST W", #"{"name":"a\u0000b"}"#, ["/name"]),
        ("POST W", #"{"name":5}"#, ["/name"]),
        ("POST W", #"{}"#, ["/name"]),
        ("PATCH W/ID", #"{"name":" "}"#, ["/name"]),
        ("PATCH W/ID", #"{"name":null}"#, ["/name"]),
        ("PUT W/ID/owner", #"{}"#, ["/userId"]),
        ("PUT W/ID/owner", #"{"userId":"usr_stranger"}"#, ["/userId"]),
        ("PUT W/ID/owner", #"{"userId":7}"#, ["/userId"]),
        ("POST W/ID/invite", #"{}"#, ["/invitedEmail"]),
        ("POST W/ID/invite", #"{"invitedEmail":"x"}"#, ["/invitedEmail"]),
        (
            "POST W/ID/invite", #"{"invitedEmail":"x@example.com","permissions":"owner"}"#,
            ["/permissions"]
        ),
        (
            "POST W/ID/invite", #"{"invitedEmail":"x","permissions":"admin"}"#,
            ["/invitedEmail", "/permissions"]
        ),
        ("POST W/ID/sharedUsers/usr_bob", #"{"permissions":"owner"}"#, ["/permissions"]),
        ("POST W/ID/sharedUsers/usr_bob", #"{"permissions":null}"#, ["/permissions"]),
        ("POST W/ID/sharedUsers/usr_bob", #"{}"#, ["/permissions"]),
        ("POST I/INV", #"{"status":"maybe","userEmail":"dan@example.com"}"#, ["/status"]),
        ("POST I/INV", #"{"status":"accepted","userEmail":"dan"}"#, ["/userEmail"]),
        ("POST I/INV", #"{"userEmail":"dan@example.com"}"#, ["/status"]),
        ("POST I/INV", #"{"status":"accepted"}"#, ["/userEmail"]),
        ("POST I/INV/expiration", #"{}"#, ["/expirationDate"]),
        ("POST I/INV/expiration", #"{"expirationDate":"tomorrow"}"#, ["/expirationDate"]),
        ("POST I/INV/expiration", #"{"expirationDate":1800000000}"#, ["/expirationDate"]),
        (
            "POST I/INV/expiration", #"{"expirationDate":"2025-01-01T00:00:00Z"}"#,
            ["/expirationDate"]
        ),
        (
            "POST I/INV/expiration", #"{"expirationDate":"2027-01-16T09:00:00Z"}"#,
            ["/expirationDate"]
        ),
    ]

    private struct Scene {
        let ada: Caller
        let id: String
        let invitation: JSONValue

        init(_ served: ServedInvitations) async throws {
            ada = served.user("ada")
            id = try await served.workspace(by: ada)
            _ = try await served.member("bob", of: id, by: ada)
            invitation = try await served.invite("dan@example.com", intoWorkspace: id, by: ada)
            try await served.settleMails()
        }

        func request(_ short: String) -> String {
            short.replacing("ID", with: id)
                .replacing("INV", with: invitation["id"]?.string ?? "")
                .replacing(" W", with: " /api/v2/workspaces")
                .replacing(" I/", with: " /api/v2/workspaceInvitations/")
        }
    }

    @Test func `invalid fields are named, and nothing changes`() async throws {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let dan = served.user("dan")
            let before = try served.database.dump()
            for (short, body, pointers) in Self.wrong {
                let caller = short == "POST I/INV" ? dan : scene.ada
                let refused = try await served.send(scene.request(short), body, as: caller)
                let place: Comment = "\(short) \(body): \(refused.text)"
                #expect(refused.status == 422 && refused.code == "validation_failed", place)
                #expect(refused.pointers == pointers, place)
            }
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `every body must be present and JSON`() async throws {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let before = try served.database.dump()
            for short in Set(Self.wrong.map(\.0)) {
                let broken = try await served.send(scene.request(short), "{", as: scene.ada)
                #expect(broken.status == 400 && broken.code == "malformed_json", "\(short)")
                let none = try await served.send(scene.request(short), as: scene.ada)
                #expect(none.status == 415 || none.status == 400, "\(short): \(none.text)")
                let list = try await served.send(scene.request(short), "[]", as: scene.ada)
                #expect(list.status == 422, "\(short): \(list.text)")
            }
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `fields that the server sets are refused`() async throws {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let made = try await served.send(
                "POST /api/v2/workspaces",
                #"{"name":"X","id":"1","ownerId":"usr_x","permissions":"read","createdAt":"1"}"#,
                as: scene.ada)
            #expect(made.status == 201 && made["ownerId"] == scene.ada.userId)
            #expect(made["permissions"] == "owner" && made["id"] != "1")
            let forged = try await served.send(
                "POST /api/v2/workspaces/\(scene.id)/invite",
                #"""
                {"invitedEmail":"eve@example.com","id":"x","status":"accepted",
                 "invitedBy":"usr_x","workspaceId":"y","expirationDate":"2090-01-01T00:00:00Z",
                 "sentAt":"2020-01-01T00:00:00Z"}
                """#, as: scene.ada, fields: ["X-Forwarded-Host: evil.example"])
            #expect(forged.status == 200 && forged["status"] == "pending")
            #expect(forged["invitedBy"] == scene.ada.userId && forged["id"] != "x")
            #expect(forged["workspaceId"] == scene.id)
            #expect(forged["expirationDate"]?.hasPrefix("2026-01-22") == true)
            try await served.settleMails()
            #expect(
                try #require(served.mailbox.mails(to: "eve@example.com").last)
                    .contains("evil.example") == false)
        }
    }

    // MARK: Repeated requests

    @Test func `a repeated request with a key takes effect once and gets the same response`()
        async throws
    {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let dan = served.user("dan")
            served.clock.advance(seconds: 60)
            let posts: [(String, String?, Caller)] = [
                ("POST W", #"{"name":"New"}"#, scene.ada),
                ("POST W/ID/invite", #"{"invitedEmail":"new@example.com"}"#, scene.ada),
                ("POST W/ID/sharedUsers/usr_bob", #"{"permissions":"write"}"#, scene.ada),
                ("POST W/ID/sharedUsers/usr_bob/remove", nil, scene.ada),
                (
                    "POST I/INV/expiration", #"{"expirationDate":"2026-02-01T00:00:00Z"}"#,
                    scene.ada
                ),
                ("POST I/INV/resend", nil, scene.ada),
                ("POST I/INV", #"{"status":"accepted","userEmail":"dan@example.com"}"#, dan),
            ]
            for (index, (short, body, caller)) in posts.enumerated() {
                let key = ["Idempotency-Key: k\(index)"]
                let first = try await served.send(
                    scene.request(short), body, as: caller, fields: key)
                #expect(first.status == (index == 0 ? 201 : 200), "\(short): \(first.text)")
                #expect(first.field("idempotency-replayed") == nil)
                try await served.settleMails()
                let before = try served.database.dump()
                let second = try await served.send(
                    scene.request(short), body, as: caller, fields: key)
                #expect(second.field("idempotency-replayed") == "true", "\(short)")
                #expect(second.status == first.status && second.text == first.text)
                #expect(second.field("location") == first.field("location"))
                #expect(second.field("etag") == first.field("etag"))
                #expect(try served.database.dump() == before)
            }
            #expect(served.mailbox.mails(to: "new@example.com").count == 1)
            #expect(served.mailbox.mails(to: "dan@example.com").count == 2)
            // These are all writes.
            let routes = WorkspaceRoutes.all.filter { $0.method == .post && !$0.readsOnly }
            #expect(routes.count == posts.count)
        }
    }

    @Test func `reusing a key with another body is refused`() async throws {
        try await ServedInvitations.run { served in
            let scene = try await Scene(served)
            let key = ["Idempotency-Key: k"]
            let path = "POST /api/v2/workspaces/\(scene.id)/invite"
            let first = try await served.send(
                path, #"{"invitedEmail":"x@example.com"}"#, as: scene.ada, fields: key)
            #expect(first.status == 200)
            let other = try await served.send(
                path, #"{"invitedEmail":"y@example.com"}"#, as: scene.ada, fields: key)
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
        }
    }
}
