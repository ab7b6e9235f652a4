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

/// The public API.
@Suite struct InvitationsAPITests {
    private static let members = [
        "accept_url", "accepted_at", "created_at", "email", "email_error", "email_status",
        "entity_id", "expires_at", "id", "invited_by", "locale", "return_url", "role",
        "status",
    ]

    @Test func `an invitation from creation to acceptance`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = served.entity(by: ada)
            let path = "/api/v1/entities/\(id)/invitations"
            let made = try await served.send(
                "POST \(path)",
                #"{"email":" Bob@Example.com ","role":"viewer","expires_in_days":3}"#, as: ada)
            #expect(made.status == 201 && made.json?.names == Self.members, "\(made.text)")
            let invitationId = try #require(made["id"])
            #expect(made.field("location") == "\(path)/\(invitationId)")
            #expect(made["email"] == "bob@example.com" && made["role"] == "viewer")
            #expect(made["status"] == "pending" && made["email_status"] == "pending")
            #expect(made["invited_by"] == ada.userId && made["entity_id"] == id)
            #expect(made["created_at"] == "2026-01-15T09:00:00.000Z")
            #expect(made["expires_at"] == "2026-01-18T09:00:00.000Z")
            #expect(made.json?["accepted_at"] == .null && made.json?["email_error"] == .null)
            let mine = try await served.send("GET /api/v1/invitations", as: bob)
            #expect(mine.json?["data"]?[0]?["id"]?.string == invitationId)
            served.clock.advance(seconds: 60)
            let accepted = try await served.accept(try served.token(made.json), by: bob)
            #expect(accepted.status == 200 && accepted.json?.names == Self.members)
            #expect(accepted["status"] == "accepted")
            #expect(accepted["accepted_at"] == "2026-01-15T09:01:00.000Z")
            let again = try await served.accept(try served.token(made.json), by: bob)
            #expect(again.status == 200)
            let list = try await served.send(
                "GET /api/v1/entities/\(id)/collaborators", as: bob)
            let collaborator = try #require(list.json?["data"]?[0])
            #expect(
                collaborator.names == [
                    "added_at", "added_by", "display_name", "email", "role", "user_id",
                ])
            #expect(collaborator["user_id"]?.string == bob.userId)
            #expect(collaborator["display_name"]?.string == "Bob")
            #expect(collaborator["role"]?.string == "viewer")
        }
    }

    @Test func `invalid and unknown fields are named`()
        async throws
    {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let path = "POST /api/v1/entities/\(served.entity(by: ada))/invitations"
            let wrong = try await served.send(
                path,
                #"{"email":"x","role":"owner","expires_in_days":91,"message":"\u0007"}"#, as: ada)
            #expect(wrong.status == 422 && wrong.code == "validation_failed")
            #expect(wrong.pointers == ["/email", "/role", "/expires_in_days", "/message"])
            for body in [
                #"{}"#, #"{"email":1}"#, #"{"email":"b@x.example","expires_in_days":1.5}"#,
            ] {
                #expect(try await served.send(path, body, as: ada).status == 422)
            }
            #expect(try await served.send(path, "{", as: ada).code == "malformed_json")
            let forged = try await served.send(
                path,
                #"""
                {"email":"bob@example.com","id":"inv_1","status":"accepted","invited_by":"usr_x",
                 "accept_url":"https://evil.example","entity_id":"ent_1","accepted_at":"2026"}
                """#, as: ada, fields: ["X-Forwarded-Host: evil.example", "Forwarded: host=evil"])
            #expect(forged.status == 201 && forged["status"] == "pending")
            #expect(forged["invited_by"] == ada.userId && forged["id"] != "inv_1")
            #expect(!forged.text.contains("evil"))
        }
    }

    @Test func `conflicts name the id of the existing invitation`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            let first = try await served.invite("bob@example.com", to: id, by: ada)
            let second = try await served.send(
                "POST /api/v1/entities/\(id)/invitations", #"{"email":"bob@example.com"}"#,
                as: ada)
            #expect(second.status == 409 && second.code == "already_invited")
            #expect(second["invitation_id"] == first["id"]?.string)
            let itself = try await served.send(
                "DELETE /api/v1/entities/\(id)/collaborators/\(ada.userId)", as: ada)
            #expect(itself.status == 409 && itself.code == "cannot_remove_self")
        }
    }

    @Test func `bulk results are in the order of the request`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let path = "POST /api/v1/entities/\(served.entity(by: ada))/invitations/bulk"
            let answer = try await served.send(
                path,
                #"""
                {"invitations":[{"email":"A@example.com","role":"viewer"},{"email":"b"},
                 {"email":"a@example.com"}],"message":"Hi","send_email":false,"expires_in_days":1}
                """#, as: ada)
            #expect(answer.status == 200)
            let results = answer.json?["results"]?.items ?? []
            #expect(
                results.compactMap { $0["status"]?.string } == ["created", "failed", "failed"])
            #expect(results[0]["invitation"]?.names == Self.members)
            #expect(results[0]["invitation"]?["email_status"]?.string == "none")
            #expect(results[1]["email"]?.string == "b")
            #expect(results[1]["problem"]?["code"]?.string == "validation_failed")
            #expect(results[1]["problem"]?["detail"]?.string?.contains("/email") == true)
            #expect(results[2]["problem"]?["code"]?.string == "already_invited")
            #expect(results[2]["problem"]?["invitation_id"] != nil)
            let many = (0...100).map { "{\"email\":\"u\($0)@example.com\"}" }
            for list in ["", many.joined(separator: ",")] {
                let refused = try await served.send(
                    path, #"{"invitations":[\#(list)]}"#, as: ada)
                #expect(refused.status == 422 && refused.pointers == ["/invitations"])
            }
            let terms = try await served.send(
                path, #"{"invitations":[{"email":"c@example.com"}],"expires_in_days":0}"#,
                as: ada)
            #expect(terms.pointers == ["/expires_in_days"])
        }
    }

    @Test func `lists have page_size, links and a status filter`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            for name in ["a", "b", "c"] {
                _ = try await served.invite("\(name)@example.com", to: id, by: ada)
            }
            let path = "/api/v1/entities/\(id)/invitations"
            let page = try await served.send("GET \(path)?page=2&page_size=1", as: ada)
            #expect(page.json?.names == ["data", "page", "page_size", "total"])
            #expect(page.json?["data"]?[0]?["email"]?.string == "b@example.com")
            #expect(page.json?["page"]?.int == 2 && page.json?["page_size"]?.int == 1)
            #expect(page.json?["total"]?.int == 3)
            let links = try #require(page.field("link"))
            for relation in ["first", "prev", "next", "last"] {
                #expect(links.contains("rel=\"\(relation)\""), "\(links)")
            }
            #expect(links.contains("page_size=1"))
            let none = try await served.send("GET \(path)?status=revoked", as: ada)
            #expect(none.json?["total"]?.int == 0 && none.json?["data"]?.items.isEmpty == true)
            for (query, pointer) in [
                ("status=declined", "/status"), ("page_size=101", "/page_size"),
                ("page_size=0", "/page_size"), ("page=0", "/page"), ("page=x", "/page"),
            ] {
                for path in [path, "/api/v1/invitations"] {
                    let refused = try await served.send("GET \(path)?\(query)", as: ada)
                    #expect(refused.status == 422)
                    #expect(refused.pointers == [pointer], "\(query): \(refused.text)")
                }
            }
        }
    }

    @Test func `an invitation has an ETag, and If-Match guards its revocation`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            let made = try await served.invite(
                "bob@example.com", to: id, by: ada, #","send_email":false"#)
            let path = "/api/v1/entities/\(id)/invitations/\(made["id"]?.string ?? "")"
            let found = try await served.send("GET \(path)", as: ada)
            let tag = try #require(found.field("etag"))
            #expect(found.json == made && tag.hasPrefix("\""))
            let same = try await served.send(
                "GET \(path)", as: ada, fields: ["If-None-Match: \(tag)"])
            #expect(same.status == 304 && same.body.isEmpty)
            let head = try await served.send("HEAD \(path)", as: ada)
            #expect(head.status == 200 && head.field("etag") == tag)
            let before = try served.database.dump()
            let failed = try await served.send(
                "DELETE \(path)", as: ada, fields: [#"If-Match: "other""#])
            #expect(failed.status == 412)
            #expect(try served.database.dump() == before)
            let revoked = try await served.send(
                "DELETE \(path)", as: ada, fields: ["If-Match: \(tag)"])
            #expect(revoked.status == 200 && revoked["status"] == "revoked")
            let again = try await served.send("DELETE \(path)", as: ada)
            #expect(again.status == 409 && again.code == "invitation_not_pending")
        }
    }

    @Test func `accepting an ended invitation is 410 with the reason`() async throws {
        try await ServedInvitations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let id = served.entity(by: ada)
            let made = try await served.invite(
                "bob@example.com", to: id, by: ada, #","expires_in_days":1"#)
            let path = "/api/v1/entities/\(id)/invitations/\(made["id"]?.string ?? "")"
            let again = try await served.send("POST \(path)/resend", as: ada)
            #expect(again.status == 200 && again.field("etag") != nil)
            let replaced = try await served.accept(try served.token(made), by: bob)
            #expect(replaced.status == 410 && replaced.code == "invitation_link_replaced")
            let token = try served.token(again.json)
            let eve = served.user("eve")
            let other = try await served.accept(token, by: eve)
            #expect(other.status == 403 && other.code == "email_mismatch")
            served.entities.handOver(id, to: eve.userId, at: served.clock.now())
            let gone = try await served.accept(token, by: bob)
            #expect(gone.status == 410 && gone.code == "inviter_gone")
            served.entities.handOver(id, to: ada.userId, at: served.clock.now())
            served.clock.advance(seconds: 86_400)
            let expired = try await served.accept(token, by: bob)
            #expect(expired.status == 410 && expired.code == "invitation_expired")
            let missing = try await served.accept("inv_x.y", by: bob)
            #expect(missing.status == 404 && missing.code == "not_found")
        }
    }

    @Test func `exceeding the quota is 429 with Retry-After`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            let many = (0..<100).map { "{\"email\":\"u\($0)@example.com\"}" }
                .joined(separator: ",")
            let bulk = try await served.send(
                "POST /api/v1/entities/\(id)/invitations/bulk", #"{"invitations":[\#(many)]}"#,
                as: ada)
            #expect(!bulk.text.contains("failed\""))
            served.clock.advance(seconds: 600)
            let refused = try await served.send(
                "POST /api/v1/entities/\(id)/invitations", #"{"email":"x@example.com"}"#, as: ada)
            #expect(refused.status == 429 && refused.code == "invitation_quota_exceeded")
            #expect(refused.field("retry-after") == "3000")
        }
    }

    @Test func `an unavailable service causes 503, never a guess`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            served.entities.isDown = true
            let away = try await served.send("GET /api/v1/entities/\(id)/invitations", as: ada)
            #expect(away.status == 503 && away.code == "entities_unavailable")
            #expect(away.field("retry-after") == "1" && !away.text.contains("Outage"))
        }
    }
}
