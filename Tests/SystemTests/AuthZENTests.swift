import TestSupport
import Testing

/// The certification scenario of the OpenID Authorization API 1.0
/// (github.com/openid/authzen, certification/authorization-api-1_0-scenario.md) on our types: its
/// records are workspaces, of which Alice owns two and Bob reads one. Levels Basic Core, Batch
/// Core, Search Core and Discovery, each case under the number that the scenario gives it.
@Suite(.serialized) struct AuthZENTests {
    private static let alice = #"{"type":"user","id":"alice"}"#
    private static let bob = #"{"type":"user","id":"bob"}"#
    private static let one = #"{"type":"record","id":"record-1"}"#
    private static let two = #"{"type":"record","id":"record-2"}"#

    private static func question(
        _ subject: String, _ action: String, _ resource: String, _ more: String = ""
    ) -> String {
        #"{"subject":\#(subject),"action":{"name":"\#(action)"},"resource":\#(resource)\#(more)}"#
    }

    @Test func `the certification scenario passes`() async throws {
        let fixture = try await AuthZENFixture()
        try await basic(fixture)
        try await basicErrors(fixture)
        try await batch(fixture)
        try await search(fixture)
        try await searchErrors(fixture)
        try await discovery(fixture)
        await fixture.stack.killAll()
    }

    // MARK: Basic Core

    private func basic(_ fixture: AuthZENFixture) async throws {
        let cases: [(String, String, Bool)] = [
            ("2.2.1", Self.question(Self.alice, "read", Self.one), true),
            ("1.4 rule 2", Self.question(Self.alice, "write", Self.one), true),
            ("1.4 rule 3", Self.question(Self.bob, "read", Self.one), true),
            ("2.2.2", Self.question(Self.bob, "write", Self.one), false),
            (
                "2.2.3",
                Self.question(
                    Self.alice, "read", Self.one,
                    #","context":{"time":"2025-06-27T18:03-07:00","ip":"192.168.1.1"}"#), true
            ),
            (
                "2.2.8",
                """
                {"subject":{"type":"user","id":"alice","properties":{"department":"Sales"}},
                 "action":{"name":"read","properties":{"method":"GET"}},
                 "resource":{"type":"record","id":"record-1","properties":{"owner":"bob"}}}
                """, true
            ),
            (
                "2.2.9",
                Self.question(
                    Self.alice, "read", Self.one,
                    #","foo":"bar","futureField":{"nested":true}"#), true
            ),
        ]
        for (number, body, expected) in cases {
            // 2.6: the same each time.
            for _ in 0..<3 {
                let answer = try await fixture.post("evaluation", body)
                #expect(answer.status == 200, "\(number): \(answer.text)")
                #expect(answer.field("content-type") == "application/json", "\(number)")
                #expect(answer.json?["decision"] == .bool(expected), "\(number): \(answer.text)")
                let id = answer.json?["context"]?["evaluation_id"]?.string ?? ""
                #expect(id.hasPrefix("evl_"))
                let isLogged = await eventually { fixture.stack.logs.contains(id) }
                #expect(isLogged, "\(number)")
            }
        }
        // 2.5
        for id in ["bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "any text: [it] is {echoed}!"] {
            let answer = try await fixture.post(
                "evaluation", cases[0].1, fields: ["X-Request-ID: \(id)"])
            #expect(answer.field("x-request-id") == id)
        }
        let unnamed = try await fixture.post("evaluation", cases[0].1)
        #expect(unnamed.status == 200 && unnamed.field("x-request-id") != nil)
    }

    private func basicErrors(_ fixture: AuthZENFixture) async throws {
        let action = #""action":{"name":"read"}"#
        let bodies: [(String, String)] = [
            ("2.4.1", #"{\#(action),"resource":\#(Self.one)}"#),
            ("2.4.1", #"{"subject":\#(Self.alice),"resource":\#(Self.one)}"#),
            ("2.4.1", #"{"subject":\#(Self.alice),\#(action)}"#),
            ("2.4.2", #"{"subject":{"id":"alice"},\#(action),"resource":\#(Self.one)}"#),
            ("2.4.2", #"{"subject":{"type":"user"},\#(action),"resource":\#(Self.one)}"#),
            ("2.4.2", #"{"subject":\#(Self.alice),"action":{},"resource":\#(Self.one)}"#),
            ("2.4.2", #"{"subject":\#(Self.alice),\#(action),"resource":{"id":"record-1"}}"#),
            ("2.4.2", #"{"subject":\#(Self.alice),\#(action),"resource":{"type":"record"}}"#),
            ("2.4.4", #"{"subject":"#), ("2.4.5", ""), ("2.4.6", "[]"),
            ("2.4.6", #"{"subject":"alice",\#(action),"resource":\#(Self.one)}"#),
            (
                "2.4.6",
                #"{"subject":\#(Self.alice),"action":{"name":123},"resource":\#(Self.one)}"#
            ),
        ]
        for (number, body) in bodies {
            let answer = try await fixture.post("evaluation", body)
            #expect(answer.status == 400, "\(number): \(answer.text)")
            #expect(answer.field("content-type") == "text/plain; charset=utf-8", "\(number)")
            #expect(!answer.text.isEmpty && !answer.text.hasPrefix("{"), "\(number)")
        }
        // 2.4.3
        let text = try await fixture.post(
            "evaluation", Self.question(Self.alice, "read", Self.one),
            fields: ["Content-Type: text/plain"])
        #expect(text.status == 400, "\(text.text)")
        let anonymous = try await fixture.stack.api.call(
            "POST", "/access/v1/evaluation",
            body: Self.question(Self.alice, "read", Self.one))
        #expect(anonymous.status == 401 && anonymous.field("www-authenticate") == "Bearer")
        let bob = try await fixture.stack.token(of: fixture.names["bob"] ?? "")
        let member = try await fixture.post(
            "evaluation", Self.question(Self.alice, "read", Self.one), token: bob)
        #expect(member.status == 403 && !member.text.hasPrefix("{"))
    }

    // MARK: Batch Core

    private static let reading = #""action":{"name":"read"}"#
    private static let batches: [(String, String, [Bool])] = [
        (
            "3.2.1",
            """
            {"subject":\(alice),\(reading),
             "evaluations":[{"resource":\(one)},{"resource":\(two)}]}
            """, [true, true]
        ),
        (
            "3.2.2",
            """
            {"subject":\(bob),"resource":\(one),
             "evaluations":[{"action":{"name":"read"}},{"action":{"name":"write"}}]}
            """, [true, false]
        ),
        (
            "3.2.5",
            """
            {"evaluations":[\(question(alice, "read", one)),
             \(question(bob, "write", one))]}
            """, [true, false]
        ),
        (
            "3.2.6",
            """
            {"subject":\(alice),\(reading),"context":{"time":"2025-06-27T18:03-07:00"},
             "evaluations":[{"resource":\(one)},
             {"resource":\(two),"context":{"source":"batch-override"}}]}
            """, [true, true]
        ),
        (
            "3.4.1",
            """
            {"subject":\(alice),\(reading),"options":{"evaluations_semantic":"execute_all"},
             "evaluations":[{"resource":\(one)},{}]}
            """, [true, false]
        ),
        (
            "deny_on_first_deny",
            """
            {"subject":\(bob),\(reading),
             "options":{"evaluations_semantic":"deny_on_first_deny","another_option":"x"},
             "evaluations":[{"resource":\(one)},{"resource":\(two)},
             {"resource":\(one)}]}
            """, [true, false]
        ),
        (
            "permit_on_first_permit",
            """
            {"subject":\(bob),\(reading),
             "options":{"evaluations_semantic":"permit_on_first_permit"},
             "evaluations":[{"resource":\(two)},{"resource":\(one)},
             {"resource":\(two)}]}
            """, [false, true]
        ),
    ]

    private func decisions(_ answer: RawResponse) -> [Bool?]? {
        answer.json?["evaluations"]?.items.map {
            if case .bool(let decision)? = $0["decision"] { decision } else { nil }
        }
    }

    private func batch(_ fixture: AuthZENFixture) async throws {
        for (number, body, expected) in Self.batches {
            let answer = try await fixture.post("evaluations", body)
            #expect(answer.status == 200, "\(number): \(answer.text)")
            #expect(decisions(answer) == expected, "\(number): \(answer.text)")
            #expect(answer.json?["decision"] == nil, "\(number)")
        }
        // 3.4.2 and 3.4.3
        for more in ["", #","evaluations":[]"#] {
            let body = Self.question(Self.alice, "read", Self.one, more)
            let answer = try await fixture.post("evaluations", body)
            #expect(answer.status == 200 && answer.json?["decision"] == .bool(true))
            #expect(answer.json?["evaluations"] == nil)
        }
        let wrong = try await fixture.post(
            "evaluations",
            Self.question(
                Self.alice, "read", Self.one,
                #","evaluations":[{}],"options":{"evaluations_semantic":"some"}"#))
        #expect(wrong.status == 400)
        #expect(try await fixture.post("evaluations", "{}").status == 400)
    }

    // MARK: Search Core

    private func ids(_ answer: RawResponse) -> Set<String> {
        Set(answer.json?["results"]?.items.compactMap { $0["id"]?.string } ?? [])
    }

    private func search(_ fixture: AuthZENFixture) async throws {
        let users = Set(["alice", "bob"].compactMap { fixture.names[$0] })
        let kind = #"{"type":"user"}"#
        let subjects = [
            ("4.2.1", Self.question(kind, "read", Self.one)),
            ("4.2.2", Self.question(kind, "read", Self.one, #","context":{"ip":"192.168.1.1"}"#)),
            ("4.2.3", Self.question(Self.alice, "read", Self.one)),
        ]
        for (number, body) in subjects {
            let answer = try await fixture.post("search/subject", body)
            #expect(answer.status == 200 && ids(answer) == users, "\(number): \(answer.text)")
            let externals = answer.json?["results"]?.items.compactMap {
                $0["properties"]?["externalId"]?.string
            }
            #expect(Set(externals ?? []) == ["alice", "bob"], "\(number)")
        }
        let writers = try await fixture.post(
            "search/subject", Self.question(kind, "write", Self.one))
        #expect(ids(writers) == Set([fixture.names["alice"] ?? ""]))
        let records = Set(["record-1", "record-2"].compactMap { fixture.names[$0] })
        for (number, more) in [
            ("4.3.1", #"{"type":"record"}"#), ("4.3.3", Self.one),
        ] {
            for context in ["", #","context":{"ip":"192.168.1.1"}"#] {
                let answer = try await fixture.post(
                    "search/resource", Self.question(Self.alice, "read", more, context))
                #expect(answer.status == 200 && ids(answer) == records, "\(number)")
            }
        }
        let bobs = try await fixture.post(
            "search/resource", Self.question(Self.bob, "write", #"{"type":"record"}"#))
        #expect(bobs.status == 200 && ids(bobs).isEmpty)
        for context in ["", #","context":{"ip":"192.168.1.1"}"#] {
            let answer = try await fixture.post(
                "search/action",
                #"{"subject":\#(Self.alice),"resource":\#(Self.one)\#(context)}"#)
            let names = answer.json?["results"]?.items.compactMap { $0["name"]?.string }
            #expect(names == ["read", "write", "own"], "4.4: \(answer.text)")
        }
        try await pages(fixture, users)
    }

    /// 4.5
    private func pages(_ fixture: AuthZENFixture, _ users: Set<String>) async throws {
        let body = Self.question(#"{"type":"user"}"#, "read", Self.one)
        func page(_ part: String) async throws -> RawResponse {
            try await fixture.post(
                "search/subject", String(body.dropLast()) + #","page":\#(part)}"#)
        }
        var found: Set<String> = []
        var token = ""
        var rounds = 0
        repeat {
            let part = token.isEmpty ? #"{"limit":1}"# : #"{"token":"\#(token)"}"#
            let answer = try await page(part)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(ids(answer).count <= 1 && found.isDisjoint(with: ids(answer)))
            found.formUnion(ids(answer))
            token = try #require(answer.json?["page"]?["next_token"]?.string)
            rounds += 1
        } while !token.isEmpty && rounds < 10
        #expect(found == users)
        let first = try await page(#"{"limit":1}"#)
        let next = try #require(first.json?["page"]?["next_token"]?.string)
        // Another search, another limit, and no token at all.
        let other = try await fixture.post(
            "search/subject",
            String(Self.question(#"{"type":"user"}"#, "write", Self.one).dropLast())
                + #","page":{"token":"\#(next)"}}"#)
        #expect(other.status == 400)
        #expect(try await page(#"{"token":"\#(next)","limit":2}"#).status == 400)
        #expect(try await page(#"{"token":"x"}"#).status == 400)
        #expect(try await page(#"{"limit":-1}"#).status == 400)
        let none = try await page(#"{"limit":0}"#)
        #expect(none.status == 200 && ids(none).isEmpty)
    }

    private func searchErrors(_ fixture: AuthZENFixture) async throws {
        let kind = #"{"type":"user"}"#
        let record = #"{"type":"record"}"#
        let empty: [(String, String)] = [
            ("action", #"{"subject":{"type":"user","id":"no"},"resource":\#(Self.one)}"#),
            ("subject", Self.question(#"{"type":"spaceship"}"#, "read", Self.one)),
            ("subject", Self.question(kind, "read", #"{"type":"spaceship","id":"x"}"#)),
            ("subject", Self.question(kind, "read", #"{"type":"record","id":"no"}"#)),
            ("subject", Self.question(kind, "fly", Self.one)),
            ("resource", Self.question(#"{"type":"user","id":"no"}"#, "read", record)),
            ("resource", Self.question(#"{"type":"robot","id":"alice"}"#, "read", record)),
            ("resource", Self.question(Self.alice, "read", #"{"type":"spaceship"}"#)),
            (
                "action",
                #"{"subject":\#(Self.alice),"resource":{"type":"spaceship","id":"x"}}"#
            ),
        ]
        for (path, body) in empty {
            let answer = try await fixture.post("search/" + path, body)
            #expect(answer.status == 200, "4.6 \(body): \(answer.text)")
            #expect(answer.json?["results"]?.items.isEmpty == true, "4.6 \(body)")
        }
        let wrong: [(String, String)] = [
            ("subject", #"{"subject":\#(kind),"resource":\#(Self.one)}"#),
            ("resource", #"{"action":{"name":"read"},"resource":\#(record)}"#),
            ("action", #"{"subject":\#(Self.alice)}"#),
            ("subject", Self.question(kind, "read", record)),
            ("resource", Self.question(kind, "read", record)),
            ("action", #"{"subject":\#(kind),"resource":\#(Self.one)}"#),
        ]
        for (path, body) in wrong {
            let answer = try await fixture.post("search/" + path, body)
            #expect(answer.status == 400, "4.7 \(path) \(body): \(answer.text)")
        }
        for (number, subject, action, resource, reason) in [
            ("unknown user", #"{"type":"user","id":"no"}"#, "read", Self.one, "unknown_subject"),
            ("a team", #"{"type":"team","id":"no"}"#, "read", Self.one, "unknown_subject"),
            ("action", Self.alice, "fly", Self.one, "unknown_action"),
            ("thing", Self.alice, "read", #"{"type":"record","id":"no"}"#, "unknown_resource"),
            ("kind", Self.alice, "read", #"{"type":"ship","id":"no"}"#, "unknown_resource"),
        ] {
            let answer = try await fixture.post(
                "evaluation", Self.question(subject, action, resource))
            #expect(answer.json?["decision"] == .bool(false), "\(number)")
            #expect(answer.json?["context"]?["reason"]?.string == reason, "\(number)")
        }
    }

    // MARK: Discovery

    /// 6
    private func discovery(_ fixture: AuthZENFixture) async throws {
        let answer = try await fixture.stack.api.call(
            "GET", "/.well-known/authzen-configuration")
        #expect(answer.status == 200 && answer.field("content-type") == "application/json")
        let base = "http://127.0.0.1:\(fixture.stack.gatewayPort)"
        #expect(answer["policy_decision_point"] == base)
        let endpoints = [
            "access_evaluation_endpoint": "evaluation",
            "access_evaluations_endpoint": "evaluations",
            "search_subject_endpoint": "search/subject",
            "search_resource_endpoint": "search/resource",
            "search_action_endpoint": "search/action",
        ]
        for (name, path) in endpoints {
            #expect(answer[name] == "\(base)/access/v1/\(path)")
        }
    }
}
