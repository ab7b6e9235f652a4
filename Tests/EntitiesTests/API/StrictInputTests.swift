import TestSupport
import Testing

/// Wrong requests of a developer's first day (api.md §11.5). Each is told everything that is wrong.
@Suite struct StrictInputTests {
    private struct Wrong: Sendable, CustomTestStringConvertible {
        let request: String
        let body: String?
        let status: Int
        let code: String
        /// `place detail` of each error.
        var errors: [String] = []
        var detail: String?

        var testDescription: String { "\(request) \(body ?? "")" }
    }

    private static let create = "POST /api/entities"
    private static let wrong = [
        Wrong(
            request: create, body: #"{"name":"x","type":"app","organization_id":"org_1"}"#,
            status: 422, code: "unknown_field",
            errors: ["/organization_id is unknown; did you mean organizationId?"],
            detail: "/organization_id is unknown; did you mean organizationId?"),
        Wrong(
            request: create, body: #"{"nam":"x","type":"app"}"#, status: 422,
            code: "validation_failed",
            errors: ["/name is required", "/nam is unknown; did you mean name?"]),
        Wrong(
            request: create, body: #"{"name":7,"description":[],"x":{"name":1}}"#, status: 422,
            code: "validation_failed",
            errors: [
                "/name must be a string", "/description must be a string", "/type is required",
                "/x is unknown",
            ]),
        Wrong(
            request: create, body: #"{"name":null,"type":"robot"}"#, status: 422,
            code: "validation_failed",
            errors: [
                "/name must be a string, not null",
                "/type must be one of app, service, chat_extension",
            ]),
        Wrong(
            request: create, body: #"{"name":" ","slug":"-x","type":7}"#, status: 422,
            code: "validation_failed",
            errors: [
                "/name must not be empty",
                "/slug must be 1 to 60 characters of a-z, 0-9 and '-', and must not begin or end "
                    + "with '-'",
                "/type must be one of app, service, chat_extension",
            ]),
        Wrong(
            request: create, body: "[]", status: 422, code: "validation_failed",
            errors: [" must be an object"]),
        Wrong(
            request: create, body: #"{"name":"x",}"#, status: 400, code: "malformed_json",
            detail: "The body is not valid JSON at line 1, column 13: the name of a member, in "
                + "quotes is expected there."),
        Wrong(
            request: create, body: #"{"name":"x","name":"y"}"#, status: 400,
            code: "malformed_json", detail: "The body has /name twice."),
        Wrong(request: create, body: nil, status: 400, code: "body_missing"),
        Wrong(
            request: "GET /api/entities?pagesize=5&x=1", body: nil, status: 422,
            code: "unknown_parameter",
            errors: ["query pagesize is unknown; did you mean pageSize?", "query x is unknown"]),
        Wrong(
            request: "GET /api/entities?page=0", body: nil, status: 422, code: "validation_failed",
            errors: ["query page must be a whole number from 1 to 1000000000"],
            detail: "page must be a whole number from 1 to 1000000000."),
        Wrong(
            request: "GET /api/entities/usr_01K0000000000000000000000A", body: nil, status: 404,
            code: "not_found",
            detail: "usr_01K0000000000000000000000A isn't an entity's id, which begins with ent_."),
        Wrong(
            request: "GET /api/entities/", body: nil, status: 404, code: "not_found",
            detail: "There is nothing at this path. Did you mean /api/entities?"),
        Wrong(
            request: "GET /API/Entities", body: nil, status: 404, code: "not_found",
            detail: "There is nothing at this path. Did you mean /api/entities?"),
        Wrong(
            request: "POST /entities", body: "{}", status: 404, code: "not_found",
            detail: "There is nothing at this path. Did you mean /api/entities?"),
        Wrong(
            request: "GET /api/things", body: nil, status: 404, code: "not_found",
            detail: "There is nothing at this path."),
    ]

    @Test(arguments: wrong)
    private func `a wrong request is told everything that is wrong`(_ wrong: Wrong) async throws {
        try await ServedEntities.run { served in
            let before = try served.database.dump()
            let answer = try await served.send(wrong.request, wrong.body, as: served.user("ada"))
            #expect(answer.status == wrong.status && answer.code == wrong.code, "\(answer.text)")
            let errors = answer.json?["errors"]?.items.map { error in
                let place = error["pointer"]?.string
                let parameter = "\(error["in"]?.string ?? "") \(error["parameter"]?.string ?? "")"
                return "\(place ?? parameter) \(error["detail"]?.string ?? "")"
            }
            #expect(errors ?? [] == wrong.errors)
            if let detail = wrong.detail { #expect(answer["detail"] == detail) }
            #expect(try served.database.dump() == before)
        }
    }

    @Test func `what was read can be sent back`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let made = try await served.send(
                Self.create, #"{"name":"Bot","type":"app"}"#, as: ada)
            let path = try #require(made.field("location"))
            let read = try await served.send("GET \(path)", as: ada)
            let written = try await served.send("PATCH \(path)", read.text, as: ada)
            #expect(written.status == 200 && written.text == read.text)
        }
    }

    @Test func `a client that prefers it is told what was ignored`() async throws {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let body = #"{"name":"Bot","type":"app","expires":1,"d\"é":{"e":2}}"#
            let lenient = ["Prefer: respond-async, handling=lenient;x=1"]
            let made = try await served.send(Self.create, body, as: ada, fields: lenient)
            #expect(made.status == 201)
            #expect(made.field("preference-applied") == "handling=lenient")
            #expect(made.field("latchkey-ignored") == #""/expires", "/d\"%C3%A9""#)
            let list = try await served.send(
                "GET /api/entities?sort=name", as: ada, fields: lenient)
            #expect(list.status == 200 && list.field("latchkey-ignored") == #""sort""#)
            let plain = try await served.send(
                "GET /api/entities?page=1", as: ada, fields: lenient)
            #expect(plain.status == 200 && plain.field("latchkey-ignored") == nil)
            // A check that asks other services is decoded twice.
            let checked = try await served.send(
                "POST /api/access/check",
                #"{"checks":[{"entityId":"ent_01JHMZ0000000000000000000A","x":1}]}"#, as: ada,
                fields: lenient)
            #expect(checked.status == 200, "\(checked.text)")
            #expect(checked.field("latchkey-ignored") == #""/checks/0/x""#)
            // Mistakes that are no unknown names stay mistakes.
            let wrong = try await served.send(
                Self.create, #"{"type":"app","x":1}"#, as: ada, fields: lenient)
            #expect(wrong.status == 422 && wrong.pointers == ["/name"])
        }
    }
}
