import Kernel
import Organizations
import TestSupport
import Testing

/// The organizations service's real responses have the fields of the goldens and no others.
@Suite struct OrganizationsAnswerTests {
    private let owner = [Cast.identity(of: Caller(userId: Cast.ada.userId), for: "organizations")]

    @Test func `organization responses match the goldens, for a platform admin without the key`()
        async throws
    {
        let asked = Asked()
        try await OrganizationsAlone.run(asked) { api in
            let made = try await api.call(
                "POST", "/api/organizations", body: #"{"name":"Acme"}"#, fields: owner)
            try expect(made, 201, like: "public-organization-details")
            let path = "/api/organizations/acme"
            try expect(
                try await api.call("GET", path, fields: owner), 200,
                like: "public-organization-details")
            let changed = try await api.call(
                "PATCH", path, body: #"{"name":"Acme Inc"}"#, fields: owner)
            try expect(changed, 200, like: "public-organization-details")
            try expectList(
                try await api.call("GET", "/api/organizations", fields: owner),
                of: "public-organization")
            let admin = Caller(userId: Cast.grace.userId, isAdmin: true)
            let seen = try await api.call(
                "GET", path, fields: [Cast.identity(of: admin, for: "organizations")])
            let shape = JSONValue(try Golden.bytes("public-organization-details"))?.shape
            #expect(seen.status == 200)
            #expect(seen.json?.shape == shape?.subtracting(["/npmRegistryKey"]))
        }
    }

    @Test func `member and role responses match the goldens`() async throws {
        try await OrganizationsAlone.run(Asked()) { api in
            let bob = [
                Cast.identity(of: Caller(userId: Cast.bob.userId), for: "organizations")
            ]
            let path =
                "/api/organizations/"
                + (try await OrganizationsAlone.organization(api, "Acme", by: Cast.bob))
            let added = try await api.call(
                "POST", path + "/members", body: #"{"email":"ada@example.com"}"#, fields: bob)
            try expect(added, 201, like: "public-member")
            let changed = try await api.call(
                "PATCH", path + "/members/\(Cast.ada.userId)", body: #"{"role":"admin"}"#,
                fields: bob)
            try expect(changed, 200, like: "public-member")
            try expectList(
                try await api.call("GET", path + "/members", fields: bob), of: "public-member")
            let role = try await api.call(
                "POST", path + "/roles", body: #"{"name":"Writers","scopes":["org:write"]}"#,
                fields: bob)
            try expect(role, 201, like: "public-role")
            let renamed = try await api.call(
                "PATCH", path + "/roles/\(role["id"] ?? "")", body: #"{"name":"Editors"}"#,
                fields: bob)
            try expect(renamed, 200, like: "public-role")
            try expectList(
                try await api.call("GET", path + "/roles", fields: bob), of: "public-role")
        }
    }

    @Test func `store responses match the goldens`() async throws {
        try await OrganizationsAlone.run(Asked()) { api in
            let path = try await OrganizationsAlone.acme(api, Asked(), by: Cast.ada) + "/store"
            let body = #"{"entityId":"\#(Cast.entity)","isPublic":true}"#
            let made = try await api.call("POST", path, body: body, fields: owner)
            try expect(made, 201, like: "public-publication")
            let one = path + "/\(made["id"] ?? "")"
            let changed = try await api.call(
                "PATCH", one, body: #"{"isPublic":true}"#, fields: owner)
            try expect(changed, 200, like: "public-publication")
            // For members and for everyone.
            let stranger = [Cast.identity(of: Cast.bob, for: "organizations")]
            for identity in [owner, stranger] {
                try expect(
                    try await api.call("GET", one, fields: identity), 200,
                    like: "public-publication")
                try expectList(
                    try await api.call("GET", path, fields: identity), of: "public-publication")
                try expectList(
                    try await api.call("GET", "/api/stores", fields: identity),
                    of: "public-public-store")
            }
        }
    }

    @Test func `storage and key responses match the goldens, without the secret`() async throws {
        let remote = OrganizationsRemote(
            directory: FakeDirectory(), entities: NoEntities(), storage: AnyBucket())
        try await OrganizationsAlone.run(Asked(), remote: remote) { api in
            let path = try await OrganizationsAlone.acme(api, Asked(), by: Cast.ada)
            let config = path + "/storage-config"
            try expect(
                try await api.call("GET", config, fields: owner), 200,
                like: "public-storage-managed")
            let secret = "opens-the-bucket"
            let body = try Golden.text("public-storage-external").replacing(
                #""secretAccessKeySet":true"#, with: #""secretAccessKey":"\#(secret)""#)
            let set = try await api.call("POST", config, body: body, fields: owner)
            try expect(set, 200, like: "public-storage-external")
            let got = try await api.call("GET", config, fields: owner)
            try expect(got, 200, like: "public-storage-external")
            #expect(got.text == (try Golden.text("public-storage-external")))
            let details = try await api.call("GET", path, fields: owner)
            let shape = JSONValue(try Golden.bytes("public-storage-external"))?.shape
            #expect(details.json?["storageConfig"]?.shape == shape)
            for answer in [set, got, details] { #expect(!answer.text.contains(secret)) }

            let rotate = path + "/npm-registry-key/rotate"
            let repeatable = owner + ["Idempotency-Key: once"]
            let first = try await api.call("POST", rotate, fields: repeatable)
            try expect(first, 200, like: "public-npm-key")
            let again = try await api.call("POST", rotate, fields: repeatable)
            #expect(again.status == 200 && again.text == "{}")
        }
    }

    @Test func `audit and problem responses match the goldens`() async throws {
        try await OrganizationsAlone.run(Asked()) { api in
            _ = try await OrganizationsAlone.acme(api, Asked(), by: Cast.ada)
            let audit = try await api.call(
                "GET", "/api/audit?organizationId=acme", fields: owner)
            let entry = JSONValue(try Golden.bytes("public-audit-entry"))
            #expect(audit.json?["items"]?[0]?.names == entry?.names, "\(audit.text)")
            try expect(
                try await api.call("GET", "/api/organizations/x", fields: owner), 404,
                like: "public-problem")
            try expect(try await api.call("GET", "/api/organizations"), 401, like: "public-problem")
            let invalid = try await api.call(
                "POST", "/api/organizations", body: #"{"name":""}"#, fields: owner)
            try expect(invalid, 422, like: "public-problem-invalid")
        }
    }
}

private struct NoEntities: Entities {
    func standing(of userId: String, to entityId: String) -> EntityStanding? { nil }
    func ids(ofEntities externalIds: [String]) -> [String: String] { [:] }
}

/// Accepts any bucket.
private struct AnyBucket: Buckets {
    func prove(_ bucket: Bucket, secret: String, for userId: String) {}
}
