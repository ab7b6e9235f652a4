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

/// What clients see of workspaces and of who is in them.
@Suite struct WorkspaceAPITests {
    private static let members = [
        "createdAt", "externalId", "id", "name", "ownerId", "permissions",
    ]
    private static let userMembers = [
        "displayName", "email", "permissions", "sharedAt", "userId",
    ]

    @Test func `a workspace from creation to deletion`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let made = try await served.send(
                "POST /api/v2/workspaces", #"{"name":" Field research "}"#, as: ada)
            #expect(made.status == 201 && made.json?.names == Self.members, "\(made.text)")
            let id = try #require(made["id"])
            let path = "/api/v2/workspaces/\(id)"
            #expect(made.field("location") == path)
            #expect(IDMinter.uuid(id) == id)
            #expect(made["name"] == "Field research" && made["ownerId"] == ada.userId)
            #expect(made["permissions"] == "owner")
            #expect(made["createdAt"] == "2026-01-15T09:00:00.000Z")
            let found = try await served.send("GET \(path)", as: ada)
            #expect(found.status == 200 && found.text == made.text)
            #expect(found.field("etag") == made.field("etag") && made.field("etag") != nil)
            let head = try await served.send("HEAD \(path)", as: ada)
            #expect(head.status == 200 && head.field("etag") == found.field("etag"))
            let renamed = try await served.send("PATCH \(path)", #"{"name":"Shop"}"#, as: ada)
            #expect(renamed.status == 200 && renamed.json?.names == Self.members)
            #expect(renamed["name"] == "Shop" && renamed["id"] == id)
            #expect(renamed.field("etag") != found.field("etag"))
            let list = try await served.send("GET /api/v2/workspaces", as: ada)
            #expect(list.json?["items"]?.items == [try #require(renamed.json)])
            let gone = try await served.send("DELETE \(path)", as: ada)
            #expect(gone.status == 204 && gone.body.isEmpty)
            for method in ["GET", "DELETE"] {
                let missing = try await served.send("\(method) \(path)", as: ada)
                #expect(missing.status == 404 && missing.code == "not_found")
            }
        }
    }

    @Test func `each member sees their own permissions`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let bob = try await served.member("bob", of: id, by: ada, "write")
            let carol = try await served.member("carol", of: id, by: ada)
            for (caller, mine) in [(ada, "owner"), (bob, "write"), (carol, "read")] {
                let found = try await served.send("GET /api/v2/workspaces/\(id)", as: caller)
                #expect(found["permissions"] == mine && found["ownerId"] == ada.userId)
                let list = try await served.send("GET /api/v2/workspaces", as: caller)
                #expect(list.json?["items"]?.items == [try #require(found.json)])
            }
        }
    }

    @Test func `an ETag guards updates and saves repeated reads`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let bob = try await served.member("bob", of: id, by: ada)
            let path = "/api/v2/workspaces/\(id)"
            let tag = try #require(try await served.send("GET \(path)", as: ada).field("etag"))
            #expect(tag.hasPrefix("\""))
            let same = try await served.send(
                "GET \(path)", as: ada, fields: ["If-None-Match: \(tag)"])
            #expect(same.status == 304 && same.body.isEmpty && same.field("etag") == tag)
            try await served.settleMails()
            let before = try served.database.dump()
            let changes = [
                ("PATCH \(path)", #"{"name":"Shop"}"#), ("DELETE \(path)", nil),
                ("PUT \(path)/owner", #"{"userId":"\#(bob.userId)"}"#),
            ]
            for (request, body) in changes {
                let stale = try await served.send(
                    request, body, as: ada, fields: [#"If-Match: "other""#])
                #expect(stale.status == 412 && stale.code == "precondition_failed")
                let wrong = try await served.send(
                    request, body, as: ada, fields: ["If-Match: other"])
                #expect(wrong.status == 400 && wrong.code == "malformed_precondition")
            }
            #expect(try served.database.dump() == before)
            // What somebody else sees has another tag.
            let bobs = try await served.send("GET \(path)", as: bob)
            #expect(bobs.field("etag") != tag)
            var current = tag
            for (request, body) in [changes[0], changes[2]] {
                let changed = try await served.send(
                    request, body, as: ada, fields: ["If-Match: \(current)"])
                #expect(changed.status == 200, "\(changed.text)")
                current = changed.field("etag") ?? ""
            }
            let found = try await served.send("GET \(path)", as: bob)
            let gone = try await served.send(
                "DELETE \(path)", as: bob, fields: ["If-Match: \(found.field("etag") ?? "")"])
            #expect(gone.status == 204)
        }
    }

    @Test func `a transfer returns the workspace as the former owner sees it`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let bob = try await served.member("bob", of: id, by: ada)
            let answer = try await served.send(
                "PUT /api/v2/workspaces/\(id)/owner", #"{"userId":"\#(bob.userId)"}"#, as: ada)
            #expect(answer.status == 200 && answer.json?.names == Self.members)
            #expect(answer["ownerId"] == bob.userId && answer["permissions"] == "write")
            let found = try await served.send("GET /api/v2/workspaces/\(id)", as: ada)
            #expect(found.json == answer.json)
            let seen = try await served.send("GET /api/v2/workspaces/\(id)", as: bob)
            #expect(seen["permissions"] == "owner")
        }
    }

    // MARK: Who is in it

    @Test func `shared users have all fields, the owner among them`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            served.clock.advance(seconds: 60)
            let bob = try await served.member("bob", of: id, by: ada, "write")
            let list = try await served.send(
                "GET /api/v2/workspaces/\(id)/sharedUsers", as: bob)
            #expect(list.status == 200 && list.json?["total"]?.int == 2)
            let users = try #require(list.json?["items"]?.items)
            #expect(users.allSatisfy { $0.names == Self.userMembers })
            #expect(users.map { $0["userId"]?.string } == [bob.userId, ada.userId])
            #expect(users.map { $0["permissions"]?.string } == ["write", "owner"])
            #expect(users[0]["email"]?.string == "bob@example.com")
            #expect(users[0]["displayName"]?.string == "Bob")
            #expect(users[0]["sharedAt"]?.string == "2026-01-15T09:01:02.000Z")
            #expect(users[1]["sharedAt"]?.string == "2026-01-15T09:00:01.000Z")
        }
    }

    @Test func `changing returns the new permissions, removing the former ones`()
        async throws
    {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            let bob = try await served.member("bob", of: id, by: ada)
            let path = "POST /api/v2/workspaces/\(id)/sharedUsers/\(bob.userId)"
            let changed = try await served.send(path, #"{"permissions":"write"}"#, as: ada)
            #expect(changed.status == 200 && changed.json?.names == Self.userMembers)
            #expect(changed["permissions"] == "write" && changed["userId"] == bob.userId)
            let removed = try await served.send("\(path)/remove", as: bob)
            #expect(removed.status == 200 && removed.json == changed.json)
            let again = try await served.send("\(path)/remove", as: ada)
            #expect(again.status == 404)
            for ending in ["", "/remove"] {
                let owner = try await served.send(
                    "POST /api/v2/workspaces/\(id)/sharedUsers/\(ada.userId)\(ending)",
                    #"{"permissions":"read"}"#, as: ada)
                #expect(owner.status == 409 && owner.code == "owner_is_fixed")
            }
        }
    }

    // MARK: Lists

    @Test func `lists have pages of pageSize and links`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace("One", by: ada)
            for name in ["Two", "Three"] { _ = try await served.workspace(name, by: ada) }
            for name in ["a", "b", "c"] {
                _ = try await served.member("m\(name)", of: id, by: ada)
                _ = try await served.invite("\(name)@example.com", intoWorkspace: id, by: ada)
            }
            let lists = [
                ("GET", "/api/v2/workspaces", "name", "Two", 3),
                ("GET", "/api/v2/workspaces/\(id)/sharedUsers", "userId", "usr_mb", 4),
                (
                    "POST", "/api/v2/workspaces/\(id)/pendingInvitations", "invitedEmail",
                    "b@example.com", 3
                ),
            ]
            for (method, path, member, second, total) in lists {
                let page = try await served.send("\(method) \(path)?page=2&pageSize=1", as: ada)
                #expect(page.status == 200, "\(path)")
                #expect(page.json?.names == ["items", "page", "pageSize", "total"])
                #expect(page.json?["items"]?.items.count == 1)
                #expect(page.json?["items"]?[0]?[member]?.string == second, "\(path)")
                #expect(page.json?["page"]?.int == 2 && page.json?["pageSize"]?.int == 1)
                #expect(page.json?["total"]?.int == total)
                let links = try #require(page.field("link"))
                for (relation, number) in [("first", 1), ("prev", 1), ("next", 3), ("last", total)]
                {
                    let link = "<\(path)?page=\(number)&pageSize=1>; rel=\"\(relation)\""
                    #expect(links.contains(link), "\(links)")
                }
                let beyond = try await served.send("\(method) \(path)?page=9", as: ada)
                #expect(beyond.json?["items"]?.items.isEmpty == true)
                #expect(beyond.json?["total"]?.int == total)
            }
        }
    }

    @Test func `invalid page numbers are refused`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = try await served.workspace(by: ada)
            for (query, pointer) in [
                ("pageSize=101", "/pageSize"), ("pageSize=0", "/pageSize"), ("page=0", "/page"),
                ("page=x", "/page"),
            ] {
                for request in [
                    "GET /api/v2/workspaces", "GET /api/v2/workspaces/\(id)/sharedUsers",
                    "POST /api/v2/workspaces/\(id)/pendingInvitations",
                    "GET /api/v2/workspaceInvitations",
                ] {
                    let refused = try await served.send("\(request)?\(query)", as: ada)
                    #expect(refused.status == 422)
                    #expect(refused.pointers == [pointer], "\(request) \(query)")
                }
            }
        }
    }
}
