import Contract
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// Storage, stores, and requests of other services.
@Suite struct StoreAPITests {
    static let time = "2026-01-15T09:00:01.000Z"

    private let external = #"""
        {"mode":"external","external":{"provider":"s3","endpoint":"https://s3.example.com/",\#
        "bucket":"acme-assets","region":"eu-west-1","accessKeyId":"AKIA",\#
        "secretAccessKey":"hush-hush"}}
        """#

    @Test func `a bucket is returned without its secret everywhere`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let target = "\(path)/storage-config"
            #expect(try await served.send("GET \(target)", as: ada).text == #"{"mode":"managed"}"#)
            let set = try await served.send("POST \(target)", external, as: ada)
            let body = #"""
                {"external":{"accessKeyId":"AKIA","bucket":"acme-assets",\#
                "endpoint":"https://s3.example.com","provider":"s3","region":"eu-west-1",\#
                "secretAccessKeySet":true},"mode":"external"}
                """#
            #expect(set.status == 200 && set.text == body)
            #expect(try await served.send("GET \(target)", as: ada).text == body)
            let audit = try await served.send(
                "GET /api/audit?organizationId=\(path.split(separator: "/").last ?? "")", as: ada)
            for answer in [audit, try await served.send("GET \(path)", as: ada)] {
                #expect(answer.text.contains("acme-assets") && !answer.text.contains("hush"))
            }
            let back = try await served.send("POST \(target)", #"{"mode":"managed"}"#, as: ada)
            #expect(back.text == #"{"mode":"managed"}"#)
        }
    }

    @Test func `a failed bucket check is reported and can be repeated`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            served.storage.fault = Fault(
                .invalid, code: "storage_dns_failed", "The endpoint's name can't be resolved.",
                fields: [Fault.Field("/external/endpoint", "can't be resolved")])
            let key = ["Idempotency-Key: k"]
            let failed = try await served.send(
                "POST \(path)/storage-config", external, as: ada, fields: key)
            #expect(failed.status == 422 && failed.code == "storage_dns_failed")
            #expect(failed.pointers == ["/external/endpoint"])
            let unchanged = try await served.send("GET \(path)/storage-config", as: ada)
            #expect(unchanged.text == #"{"mode":"managed"}"#)
            served.storage.fault = nil
            let done = try await served.send(
                "POST \(path)/storage-config", external, as: ada, fields: key)
            #expect(done.status == 200)
            let again = try await served.send(
                "POST \(path)/storage-config", external, as: ada, fields: key)
            #expect(again.field("idempotency-replayed") == "true" && again.body == done.body)
            #expect(served.storage.asked.count == 2)
        }
    }

    @Test func `a publication is created, read, updated and deleted`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let eve = served.user("eve")
            let path = try await served.organization(by: ada)
            let organizationId = String(path.split(separator: "/").last ?? "")
            let entity = served.entities.add("Bot", by: ada)
            let made = try await served.send(
                "POST \(path)/store", #"{"entityId":"\#(entity)","isPublic":null}"#, as: ada)
            let id = made["id"] ?? ""
            #expect(made.status == 201 && made.field("location") == "\(path)/store/\(id)")
            let body = #"""
                {"entity":{"id":"\#(entity)","name":"Bot","type":"app"},"id":"\#(id)",\#
                "isPublic":false,"organizationId":"\#(organizationId)",\#
                "publishedAt":"\#(Self.time)","publishedBy":"usr_ada","updatedAt":"\#(Self.time)"}
                """#
            #expect(made.text == body)
            #expect(try await served.send("GET \(path)/store/\(id)", as: ada).text == body)
            let again = try await served.send(
                "POST \(path)/store", #"{"entityId":"\#(entity)"}"#, as: ada)
            #expect(again.status == 409 && again.code == "already_published")
            #expect(try await served.send("GET \(path)/store", as: eve).status == 404)
            let shown = try await served.send(
                "PATCH \(path)/store/\(id)", #"{"isPublic":true}"#, as: ada)
            #expect(shown.status == 200 && shown.json?["isPublic"] == .bool(true))
            let open = try await served.send("GET \(path)/store?type=app", as: eve)
            #expect(open.text == #"{"items":[\#(shown.text)],"page":1,"pageSize":20,"total":1}"#)
            let stores = try await served.send("GET /api/stores?search=ACM", as: eve)
            let store =
                #"{"createdAt":"\#(Self.time)","id":"\#(organizationId)","name":"Acme","#
                + #""publicationCount":1,"slug":"acme"}"#
            #expect(stores.text == #"{"items":[\#(store)],"page":1,"pageSize":20,"total":1}"#)
            #expect(try await served.send("DELETE \(path)/store/\(id)", as: ada).status == 204)
            #expect(try await served.send("DELETE \(path)/store/\(id)", as: ada).status == 404)
        }
    }

    @Test func `an entity is unpublished by body or query`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let entity = served.entities.add(by: ada)
            func withdraw(_ query: String, _ body: String?) async throws -> RawResponse {
                try await served.send("DELETE \(path)/store\(query)", body, as: ada)
            }
            let (query, body) = ("?entityId=\(entity)", #"{"entityId":"\#(entity)"}"#)
            for (query, body) in [(query, nil), ("", body), (query, body), (query, "")] {
                _ = try await served.publish(entity, to: path, by: ada)
                #expect(try await withdraw(query, body).status == 204, "\(query) \(body ?? "-")")
            }
            _ = try await served.publish(entity, to: path, by: ada)
            let before = try served.database.dump()
            for (query, body) in [
                ("", nil), ("", ""), ("", "{}"), ("?entityId=ent_other", body),
                (query + "&entityId=\(entity)", nil), ("", #"{"entityId":null}"#),
            ] {
                let wrong = try await withdraw(query, body)
                #expect(wrong.status == 422 && wrong.pointers == ["/entityId"], "\(wrong.text)")
            }
            #expect(try await withdraw(query, "{").status == 400)
            #expect(try await withdraw("?entityId=ent_other", nil).status == 404)
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `while the entities service is down, publishing is a 503 with Retry-After`()
        async throws
    {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let entity = served.entities.add(by: ada)
            served.entities.isDown = true
            let answer = try await served.send(
                "POST \(path)/store", #"{"entityId":"\#(entity)"}"#, as: ada)
            #expect(answer.status == 503 && answer.code == "entities_unavailable")
            #expect(answer.field("retry-after") == "1")
            #expect(!answer.text.contains("NeighbourIsDown"))
        }
    }

    // MARK: Other services

    @Test func `queries are for services, not for users`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let id = String(path.split(separator: "/").last ?? "")
            let entity = served.entities.add(by: ada)
            _ = try await served.publish(entity, publicly: true, to: path, by: ada)
            let open = try await served.sendAsService(
                "POST \(OrganizationQueries.storeEntities.path)", #"{"userId":"usr_eve"}"#)
            let epoch = try #require(open.json?["mark"]?["epoch"]?.string)
            let questions = [
                (
                    OrganizationQueries.storeEntities, #"{"userId":"usr_eve"}"#,
                    #"{"changes":[{"entityId":"\#(entity)","isPublic":true,"organizationId":"#
                        + #""\#(id)"}],"closing":[],"isComplete":true,"mark":{"epoch":"\#(epoch)","#
                        + #""version":1},"organizationIds":[],"startsOver":true}"#
                ),
                (
                    OrganizationQueries.storeAccess,
                    #"{"subjects":[{"userId":"usr_ada","entityIds":["ent_x","\#(entity)"]}]}"#,
                    #"{"subjects":[{"organizationStore":[1],"publicStore":[1]}]}"#
                ),
                (
                    OrganizationQueries.grants, #"{"entityId":"ent_x","userIds":["usr_ada"]}"#,
                    #"{"publicOnes":[],"users":[[]]}"#
                ),
                (
                    OrganizationQueries.people,
                    #"{"entityId":"\#(entity)","after":"","limit":5}"#,
                    #"{"userIds":["usr_ada"]}"#
                ),
                (
                    OrganizationQueries.colleagues,
                    #"{"userId":"usr_ada","among":["usr_eve","usr_ada"]}"#,
                    #"{"colleagues":["usr_ada"]}"#
                ),
                (
                    OrganizationQueries.membership,
                    #"{"userId":"usr_eve","organizationId":"\#(id)"}"#, #"{"membershipId":null}"#
                ),
                (
                    OrganizationQueries.externalIds, #"{"externalIds":["a"]}"#, #"{"ids":{}}"#
                ),
                (
                    OrganizationQueries.grants, #"{"entityId":"ent_x","userIds":[]}"#,
                    #"{"publicOnes":[],"users":[]}"#
                ),
                (
                    AuditRoutes.tail, #"{"filter":{"about":"nothing"},"limit":1}"#,
                    #"{"entries":[],"total":0}"#
                ),
            ]
            #expect(Set(questions.map(\.0)).isSuperset(of: OrganizationQueries.all))
            for (endpoint, question, answer) in questions {
                let given = try await served.sendAsService("POST \(endpoint.path)", question)
                var text = given.text
                // Each process counts by an epoch of its own.
                if endpoint == OrganizationQueries.storeAccess {
                    text.replace(/"mark":\{[^}]*\},/, with: "")
                }
                #expect(given.status == 200 && text == answer, "\(endpoint.id) \(given.text)")
                let root = served.user("root", isAdmin: true)
                for caller in [root, nil] {
                    let refused = try await served.send(
                        "POST \(endpoint.path)", question, as: caller)
                    #expect(refused.status == 401, "\(endpoint.id)")
                }
            }
        }
    }

    @Test func `events are accepted from services and applied once`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            let path = try await served.organization(by: ada)
            let entity = served.entities.add(by: ada)
            let id = try await served.publish(entity, publicly: true, to: path, by: ada)
            func take(_ number: Int, _ type: String, _ data: String) async throws -> RawResponse {
                let escaped = data.replacing("\"", with: "\\\"")
                return try await served.sendAsService(
                    "POST /internal/events",
                    #"{"id":"evt_\#(number)","type":"\#(type)","at":"\#(Self.time)","#
                        + #""data":"\#(escaped)"}"#,
                    from: type.hasPrefix("entity.") ? "entities" : "gateway")
            }
            let actor = #""actor":{"userId":"usr_ada","tokenId":"t","requestId":"r-5"}"#
            let renamed =
                #"{"entityId":"\#(entity)","name":"New","updatedAt":"2027-01-15T09:00:00.000Z"}"#
            for applied in [true, false] {
                let answer = try await take(1, "entity.renamed", renamed)
                #expect(answer.status == 200 && answer.text == #"{"applied":\#(applied)}"#)
            }
            let shown = try await served.send("GET \(path)/store/\(id)", as: ada)
            #expect(shown.json?["entity"]?["name"]?.string == "New")
            let deleted = #"{"entityId":"\#(entity)",\#(actor)}"#
            #expect(try await take(2, "entity.deleted", deleted).text == #"{"applied":true}"#)
            #expect(try await served.send("GET \(path)/store/\(id)", as: ada).status == 404)
            let unknown = try await take(3, "entity.painted", "{}")
            #expect(unknown.text == #"{"applied":false}"#)
            let broken = try await take(4, "entity.deleted", "{}")
            #expect(broken.status == 422)
            let user = #"{"userId":"usr_ada","deletedBy":"usr_root"}"#
            #expect(try await take(5, "user.deleted", user).text == #"{"applied":true}"#)
            #expect(try await served.send("GET \(path)", as: ada).status == 404)
            #expect(try served.database.outbox().map(\.type) == ["organization.deleted"])
            let refused = try await served.send("POST /internal/events", "{}", as: ada)
            #expect(refused.status == 401)
        }
    }
}
