import HTTPCore
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// Status codes, fields and bodies over a socket.
@Suite struct OrganizationsAPITests {
    static let time = "2026-01-15T09:00:00.000Z"

    @Test func `an organization is created, read, updated and deleted`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let created = try await served.send(
                "POST /api/organizations", #"{"name":" Acme "}"#, as: ada)
            #expect(created.status == 201)
            let path = try #require(created.field("location"))
            let id = String(path.dropFirst("/api/organizations/".count))
            #expect(IDMinter.isWellFormed(id, prefix: "org_"))
            let json = try #require(created.json)
            #expect(
                json.names == [
                    "createdAt", "externalId", "id", "memberCount", "members", "name",
                    "npmRegistryKey", "role", "roles", "slug", "storageConfig",
                ])
            #expect(json["id"]?.string == id && json["name"]?.string == "Acme")
            #expect(json["createdAt"]?.string == Self.time && json["memberCount"]?.int == 1)
            #expect(json["role"]?.string == "owner" && json["slug"]?.string == "acme")
            #expect(created.text.contains(#""storageConfig":{"mode":"managed"}"#))
            let roleId = json["roles"]?[0]?["id"]?.string ?? ""
            #expect(
                created.text.contains(
                    #"{"builtIn":true,"id":"\#(roleId)","name":"owner","scopes":["*"]}"#))
            let member = #"""
                "members":[{"displayName":"Ada","email":"ada@example.com",\#
                "joinedAt":"\#(Self.time)","role":"owner","roleId":"\#(roleId)",\#
                "userId":"usr_ada"}]
                """#
            #expect(created.text.contains(member))
            let found = try await served.send("GET \(path)", as: ada)
            #expect(found.status == 200 && found.text == created.text)
            let bySlug = try await served.send("GET /api/organizations/acme", as: ada)
            #expect(bySlug.text == created.text)
            let list = try await served.send("GET /api/organizations?search=AC", as: ada)
            let item =
                #"{"createdAt":"\#(Self.time)","externalId":null,"id":"\#(id)","memberCount":1,"#
                + #""name":"Acme","#
                + #""role":"owner","slug":"acme"}"#
            #expect(list.text == #"{"items":[\#(item)],"page":1,"pageSize":20,"total":1}"#)
            #expect(list.field("link")?.contains("rel=\"first\"") == true)
            let patched = try await served.send("PATCH \(path)", #"{"slug":"bolt"}"#, as: ada)
            #expect(patched.status == 200 && patched["slug"] == "bolt" && patched["name"] == "Acme")
            #expect(try await served.send("DELETE \(path)", as: ada).status == 204)
            #expect(try await served.send("GET \(path)", as: ada).status == 404)
        }
    }

    @Test func `a platform admin sees a null role and no key`() async throws {
        try await ServedOrganizations.run { served in
            let path = try await served.organization(by: served.user("ada"))
            let root = served.user("root", isAdmin: true)
            let shown = try await served.send("GET \(path)", as: root)
            #expect(shown.status == 200 && shown.json?["role"] == .null)
            #expect(shown.json?.names.contains("npmRegistryKey") == false)
            #expect(shown.json?["members"]?.items.count == 1)
        }
    }

    @Test func `a member is added, updated and removed`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let bob = served.user("bob")
            let path = try await served.organization(by: ada)
            let added = try await served.send(
                "POST \(path)/members", #"{"email":" BOB@example.com "}"#, as: ada)
            #expect(added.status == 201 && added["role"] == "member")
            #expect(added.field("location") == "\(path)/members/usr_bob")
            #expect(
                added.json?.names == [
                    "displayName", "email", "joinedAt", "role", "roleId", "userId",
                ])
            let again = try await served.send(
                "POST \(path)/members", #"{"userId":"usr_bob"}"#, as: ada)
            #expect(again.status == 409 && again.code == "already_member")
            let changed = try await served.send(
                "PATCH \(path)/members/usr_bob", #"{"role":"Admin"}"#, as: ada)
            #expect(changed.status == 200 && changed["role"] == "admin")
            let list = try await served.send("GET \(path)/members?pageSize=1&page=2", as: bob)
            #expect(list.json?["total"]?.int == 2)
            #expect(list.json?["items"]?[0] != nil)
            let last = try await served.send("DELETE \(path)/members/usr_ada", as: ada)
            #expect(last.status == 409 && last.code == "last_owner")
            #expect(try await served.send("DELETE \(path)/members/usr_bob", as: bob).status == 204)
            #expect(try await served.send("DELETE \(path)/members/usr_bob", as: ada).status == 404)
        }
    }

    @Test func `an invalid body is a 422 with the field's pointer`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let role = try await served.role("r", [], in: path, by: ada)
            let bucket = #""provider":"s3","endpoint":"https://a","bucket":"abc","region":"auto""#
            let before = try served.database.dump()
            for (request, body, pointers) in [
                ("POST /api/organizations", "{}", ["/name"]),
                ("POST /api/organizations", #"{"name":1}"#, ["/name"]),
                ("POST /api/organizations", #"{"name":"","slug":"-"}"#, ["/name", "/slug"]),
                ("PATCH \(path)", #"{"name":null}"#, ["/name"]),
                ("PATCH \(path)", #"{"slug":null}"#, ["/slug"]),
                ("POST \(path)/members", "{}", [""]),
                ("POST \(path)/members", #"{"userId":"usr_ada","email":"a@b.example"}"#, [""]),
                ("POST \(path)/members", #"{"userId":"usr_none"}"#, ["/userId"]),
                ("POST \(path)/members", #"{"email":"no@example.com"}"#, ["/email"]),
                ("POST \(path)/members", #"{"userId":"usr_ada","role":"x"}"#, ["/role"]),
                ("PATCH \(path)/members/usr_ada", #"{"role":null}"#, ["/role"]),
                ("PATCH \(path)/members/usr_ada", #"{"role":"x"}"#, ["/role"]),
                ("POST \(path)/roles", #"{"name":"x"}"#, ["/scopes"]),
                ("POST \(path)/roles", #"{"name":"x","scopes":["*"]}"#, ["/scopes/0"]),
                ("PATCH \(path)/roles/\(role)", #"{"scopes":null}"#, ["/scopes"]),
                ("POST \(path)/storage-config", #"{"mode":"other"}"#, ["/mode"]),
                ("POST \(path)/storage-config", #"{"mode":"external"}"#, ["/external"]),
                (
                    "POST \(path)/storage-config",
                    #"{"mode":"external","external":{\#(bucket),"accessKeyId":"A"}}"#,
                    ["/external/secretAccessKey"]
                ),
                ("POST \(path)/store", "{}", ["/entityId"]),
                ("POST \(path)/store", #"{"entityId":"x","isPublic":1}"#, ["/isPublic"]),
                ("PATCH \(path)/store/pub_1", #"{"isPublic":null}"#, ["/isPublic"]),
                ("GET \(path)/store?type=bot", nil, ["/type"]),
                ("GET /api/stores?pageSize=101", nil, ["/pageSize"]),
                ("GET /api/organizations?page=0", nil, ["/page"]),
                ("GET \(path)/members?page=x", nil, ["/page"]),
                ("GET /api/audit", nil, ["/organizationId"]),
            ] as [(String, String?, [String])] {
                let answer = try await served.send(request, body, as: ada)
                #expect(
                    answer.status == 422 && answer.pointers == pointers, "\(request) \(answer.text)"
                )
            }
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `an update ignores absent fields and refuses null`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let bob = served.user("bob")
            let lenient = ["Prefer: handling=lenient"]
            let all = #"""
                "id":"org_1","createdAt":"2020-01-01T00:00:00.000Z","memberCount":99,\#
                "role":"owner","roles":[],"members":[],"npmRegistryKey":"mine",\#
                "organizationId":"org_2",\#
                "publishedBy":"usr_eve","publishedAt":"2020-01-01T00:00:00.000Z","builtIn":true,\#
                "roleId":"rol_1","joinedAt":"2020-01-01T00:00:00.000Z","publicationCount":7,"x":{}
                """#
            let made = try await served.send(
                "POST /api/organizations", #"{"name":"Acme",\#(all)}"#, as: ada, fields: lenient)
            let path = try #require(made.field("location"))
            #expect(path != "/api/organizations/org_1" && made["id"] != "org_1")
            #expect(made.json?["memberCount"]?.int == 1 && made["createdAt"] == Self.time)
            #expect(made.json?["roles"]?.items.count == 3 && made["npmRegistryKey"] != "mine")
            let patched = try await served.send(
                "PATCH \(path)", #"{\#(all)}"#, as: ada, fields: lenient)
            #expect(patched.status == 200 && patched.text == made.text)
            let member = try await served.send(
                "POST \(path)/members",
                #"{"userId":"usr_bob","roleId":"\#(made.json?["roles"]?[0]?["id"]?.string ?? "")","#
                    + #""joinedAt":"2020-01-01T00:00:00.000Z"}"#, as: ada)
            #expect(member["role"] == "member" && member["joinedAt"] == Self.time)
            let role = try await served.send(
                "POST \(path)/roles", #"{"name":"r","scopes":[],\#(all)}"#, as: ada, fields: lenient
            )
            #expect(role.json?["builtIn"] == .bool(false) && role["id"] != "org_1")
            let entity = served.entities.add("Bot", by: bob)
            let published = try await served.send(
                "POST \(path)/store",
                #"{"entityId":"\#(entity)","entity":{"name":"Other","type":"service"},\#(all)}"#,
                as: bob, fields: lenient)
            #expect(published.status == 201 && published["publishedBy"] == "usr_bob")
            #expect(published["publishedAt"] == Self.time)
            #expect(published.json?["entity"]?["name"]?.string == "Bot")
            let id = published["id"] ?? ""
            let shown = try await served.send(
                "PATCH \(path)/store/\(id)", #"{"entityId":"ent_1",\#(all)}"#, as: ada,
                fields: lenient)
            #expect(shown.status == 200 && shown.text == published.text)
        }
    }

    @Test func `an unknown method on a known path is a 405 with Allow`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            for (path, wrong, allowed) in [
                ("/api/organizations", "PUT", "GET, HEAD, POST, OPTIONS"),
                ("/api/organizations", "DELETE", "GET, HEAD, POST, OPTIONS"),
                ("/api/organizations/x", "PUT", "GET, HEAD, PATCH, DELETE, OPTIONS"),
                ("/api/organizations/x/npm-registry-key/rotate", "GET", "POST, OPTIONS"),
                ("/api/organizations/x/members", "DELETE", "GET, HEAD, POST, OPTIONS"),
                ("/api/organizations/x/members/y", "GET", "PATCH, DELETE, OPTIONS"),
                ("/api/organizations/x/roles/y", "PUT", "PATCH, DELETE, OPTIONS"),
                ("/api/organizations/x/storage-config", "PATCH", "GET, HEAD, POST, OPTIONS"),
                ("/api/organizations/x/store", "PATCH", "GET, HEAD, POST, DELETE, OPTIONS"),
                ("/api/organizations/x/store/y", "POST", "GET, HEAD, PATCH, DELETE, OPTIONS"),
                ("/api/stores", "POST", "GET, HEAD, OPTIONS"),
            ] {
                let answer = try await served.send("\(wrong) \(path)", as: ada)
                #expect(answer.status == 405, "\(wrong) \(path): \(answer.text)")
                #expect(answer.field("allow") == allowed, "\(wrong) \(path)")
            }
        }
    }

    @Test func `HEAD is GET without the body`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            for place in [path, "/api/organizations", "\(path)/roles", "\(path)/storage-config"] {
                let get = try await served.send("GET \(place)", as: ada)
                let head = try await served.send("HEAD \(place)", as: ada)
                #expect(head.status == 200 && head.body.isEmpty)
                #expect(head.field("content-length") == get.field("content-length"))
                #expect(head.field("etag") == get.field("etag"))
            }
        }
    }

    @Test func `a role is created, read, updated and deleted`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let made = try await served.send(
                "POST \(path)/roles", #"{"name":"Ops","scopes":["org:write","entities:write"]}"#,
                as: ada)
            let id = made["id"] ?? ""
            #expect(made.status == 201 && made.field("location") == "\(path)/roles/\(id)")
            #expect(
                made.text
                    == #"{"builtIn":false,"id":"\#(id)","name":"Ops","#
                    + #""scopes":["entities:write","org:write"]}"#)
            let taken = try await served.send(
                "POST \(path)/roles", #"{"name":"OPS","scopes":[]}"#, as: ada)
            #expect(taken.status == 409 && taken.code == "role_name_taken")
            try await served.join(served.user("bob"), path, as: id, by: ada)
            let used = try await served.send("DELETE \(path)/roles/\(id)", as: ada)
            #expect(used.status == 409 && used.code == "role_in_use")
            let list = try await served.send("GET \(path)/roles", as: ada)
            let builtIn = list.json?["items"]?[1]?["id"]?.string ?? ""
            for method in ["PATCH", "DELETE"] {
                let body = method == "PATCH" ? #"{"scopes":[]}"# : nil
                let fixed = try await served.send(
                    "\(method) \(path)/roles/\(builtIn)", body, as: ada)
                #expect(fixed.status == 409 && fixed.code == "built_in_role")
            }
        }
    }
}
