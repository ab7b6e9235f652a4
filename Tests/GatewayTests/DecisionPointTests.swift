import Contract
import FoundationEssentials
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The decision point, before a context that answers as the test says.
@Suite struct DecisionPointTests {
    private func ask(
        _ world: GatewayWorld, _ path: String, _ body: String, token: String = adminToken,
        fields: [String] = []
    ) async throws -> RawResponse {
        try await world.api.call(
            "POST", "/access/v1/" + path, token: token, body: body, fields: fields)
    }

    private func question(_ subject: String, _ more: String = "") -> String {
        """
        {"subject":{"type":"user","id":"\(subject)"},"action":{"name":"access"},
         "resource":{"type":"entity","id":"ent_1"}\(more)}
        """
    }

    /// A context that allows everything.
    private func allowing(_ log: Log<[Seen]>) -> @Sendable (Exchange) -> Void {
        answering(log) { (query: DecisionQuery) in
            DecisionReply(items: query.items.map { _ in .allowed("share") })
        }
    }

    private func answering<Query: Decodable>(
        _ log: Log<[Seen]>, _ reply: @escaping @Sendable (Query) throws -> some Encodable
    ) -> @Sendable (Exchange) -> Void {
        { exchange in
            let sink = Sink()
            sink.onEnd = {
                var seen = Seen(exchange)
                seen.body = sink.bytes
                log.change { $0.append(seen) }
                let query = try? JSONDecoder().decode(Query.self, from: Data(sink.bytes))
                let answer = query.flatMap { try? reply($0) }
                exchange.respond(answer.map { .json($0) } ?? Response(200))
            }
            exchange.readBody(sink)
        }
    }

    @Test func `only platform admins with the scope ask, and a token that reads is enough`()
        async throws
    {
        let log = Log<[Seen]>([])
        try await withProxy(allowing(log)) { world, _ in
            let ann = try await world.user("ann")
            let without = try await world.user("without", role: "admin", scopes: ["users:admin"])
            let reader = try await world.user(
                "reader", role: "admin", scopes: ["access:check"], readOnly: true)
            let body = question(ann.id)
            for path in ["evaluation", "evaluations"] {
                for token in [ann.token, without.token] {
                    let answer = try await ask(world, path, body, token: token)
                    #expect(answer.status == 403)
                    #expect(answer.field("content-type") == "text/plain; charset=utf-8")
                    #expect(
                        answer.field("www-authenticate")
                            == #"Bearer error="insufficient_scope", scope="access:check""#)
                }
                let acting = try await ask(
                    world, path, body, fields: ["Latchkey-User: \(ann.id)"])
                #expect(acting.status == 403)
                let allowed = try await ask(world, path, body, token: reader.token)
                #expect(allowed.status == 200, "\(allowed.text)")
                #expect(allowed.json?["decision"] == .bool(true))
                #expect(allowed.json?["context"]?["via"]?.string == "share")
            }
            #expect(log.value.count == 2)
        }
    }

    @Test func `a context is asked once for all questions, and not about unknown users`()
        async throws
    {
        let log = Log<[Seen]>([])
        try await withProxy(allowing(log)) { world, _ in
            let ann = try await world.user("ann")
            let boss = try await world.user("boss", role: "admin")
            let gone = try await world.user("gone")
            _ = try await world.api.call(
                "PATCH", "/api/users/\(gone.id)", token: adminToken, body: #"{"suspended":true}"#)
            log.set([])
            let subjects = [ann.id, "usr_nobody", boss.id, gone.id, ann.id]
            let parts = subjects.map { #"{"subject":{"type":"user","id":"\#($0)"}}"# }
            let answer = try await ask(
                world, "evaluations",
                question(ann.id, #","evaluations":[\#(parts.joined(separator: ","))]"#))
            let list = answer.json?["evaluations"]?.items ?? []
            #expect(
                list.map { $0["decision"] } == [true, false, true, false, true].map { .bool($0) })
            #expect(
                list.map { $0["context"]?["reason"]?.string }
                    == [nil, "unknown_subject", nil, "user_suspended", nil])
            let asked = log.value.filter { $0.target == DecisionQueries.decide.path }
            let query = try JSONDecoder().decode(
                DecisionQuery.self, from: Data(try #require(asked.first).body))
            #expect(asked.count == 1)
            #expect(query.items.map(\.subject.userId) == [ann.id, boss.id, ann.id])
            #expect(query.items.map(\.subject.isAdmin) == [false, true, false])
            #expect(Set(list.map { $0["context"]?["evaluation_id"]?.string }).count == 5)
        }
    }

    @Test func `a context that doesn't answer makes the whole request fail`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            let answer = try await ask(
                world, "evaluations",
                question(ann.id, #","evaluations":[{},{"subject":{"type":"user","id":"no"}}]"#))
            #expect(answer.status == 503 && answer.field("retry-after") != nil)
            #expect(answer.field("content-type") == "text/plain; charset=utf-8")
        }
    }

    @Test func `long names name nothing, and are neither sent nor logged`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(allowing(log)) { world, _ in
            let ann = try await world.user("ann")
            let long = String(repeating: "\\u0001", count: 20_000)
            let parts = Array(repeating: "{}", count: 100).joined(separator: ",")
            let things = #"{"type":"entity","id":"\#(long)"}"#
            let answers = [
                try await ask(
                    world, "evaluations",
                    #"{"subject":{"type":"user","id":"\#(ann.id)"},"action":{"name":"access"},"#
                        + #""resource":\#(things),"evaluations":[\#(parts)]}"#),
                try await ask(
                    world, "evaluations", question(long, #","evaluations":[\#(parts)]"#)),
            ]
            for (answer, reason) in zip(answers, ["unknown_resource", "unknown_subject"]) {
                let list = answer.json?["evaluations"]?.items ?? []
                #expect(list.count == 100, "\(answer.status)")
                #expect(list.allSatisfy { $0["context"]?["reason"]?.string == reason })
            }
            #expect(log.value.isEmpty)
            let lines = world.log.lines.filter { $0.contains("access decision") }
            #expect(lines.count == 200 && lines.allSatisfy { $0.utf8.count < 2_000 })
        }
    }

    @Test func `a token that was not given out is refused`() async throws {
        let log = Log<[Seen]>([])
        let context = answering(log) { (query: SubjectQuery) in
            SubjectReply(userIds: [], next: "usr_1")
        }
        try await withProxy(context) { world, _ in
            func search(_ token: String) async throws -> RawResponse {
                try await ask(
                    world, "search/subject", question("x", #","page":{"token":"\#(token)"}"#))
            }
            let first = try await ask(world, "search/subject", question("x"))
            let token = try #require(first.json?["page"]?["next_token"]?.string)
            #expect(try await search(token).status == 200)
            var wrong = [
                String(token.dropLast()), token + "A", "A" + token.dropFirst(),
                String(repeating: "A", count: 100_000), "e\\u0301",
                Base64URL.encode(Array(#"{"place":"9223372036854775807","limit":1000}"#.utf8)),
            ]
            for index in [0, 10, token.utf8.count - 1] {
                var bytes = Array(token.utf8)
                bytes[index] =
                    bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                wrong.append(String(decoding: bytes, as: UTF8.self))
            }
            log.set([])
            for token in wrong {
                let answer = try await search(token)
                #expect(answer.status == 400, "\(token.prefix(40)): \(answer.text)")
            }
            #expect(log.value.isEmpty)
        }
    }

    @Test func `too many questions are refused`() async throws {
        try await withGateway { world in
            let parts = Array(repeating: "{}", count: DecisionQuery.maximum + 1)
            let answer = try await ask(
                world, "evaluations",
                question("x", #","evaluations":[\#(parts.joined(separator: ","))]"#))
            #expect(answer.status == 400)
        }
    }

    /// All results of a search for subjects, page by page.
    private func subjects(_ world: GatewayWorld, limit: Int) async throws -> [String] {
        var found: [String] = []
        var page = #"{"limit":\#(limit)}"#
        for _ in 0..<100 {
            let answer = try await ask(world, "search/subject", question("x", #","page":\#(page)"#))
            try #require(answer.status == 200, "\(answer.text)")
            found += answer.json?["results"]?.items.compactMap { $0["id"]?.string } ?? []
            let next = answer.json?["page"]?["next_token"]?.string ?? ""
            if next.isEmpty { return found }
            page = #"{"token":"\#(next)"}"#
        }
        Issue.record("the search has no end")
        return found
    }

    @Test(arguments: [1, 2, 3, 100])
    func `platform admins are found among others, each once`(limit: Int) async throws {
        let granted = Log<[String]>([])
        let log = Log<[Seen]>([])
        let context = answering(log) { (query: SubjectQuery) in
            let rest = granted.value.sorted().filter { $0 > query.after }.prefix(query.limit)
            return SubjectReply(
                userIds: Array(rest), next: rest.count < query.limit ? nil : rest.last,
                admins: true)
        }
        try await withProxy(context) { world, _ in
            var expected: Set<String> = []
            for number in 0..<5 {
                let admin = try await world.user("admin\(number)", role: "admin")
                let member = try await world.user("member\(number)")
                let other = try await world.user("other\(number)")
                expected.formUnion([admin.id, member.id])
                granted.change { $0 += [member.id] + (number == 1 ? [admin.id] : []) }
                if number == 2 {
                    granted.change { $0.append(other.id) }
                    _ = try await world.api.call(
                        "PATCH", "/api/users/\(other.id)", token: adminToken,
                        body: #"{"suspended":true}"#)
                }
            }
            expected.insert(
                try #require(try await world.api.call("GET", "/api/me", token: adminToken)["id"]))
            granted.change { $0.append("usr_deleted") }
            let found = try await subjects(world, limit: limit)
            #expect(Set(found) == expected && found.count == expected.count)
        }
    }

    @Test(arguments: [1, 4, 100])
    func `where everyone can, all users are found`(limit: Int) async throws {
        let log = Log<[Seen]>([])
        let context = answering(log) { (_: SubjectQuery) in
            SubjectReply(userIds: [], everyone: true)
        }
        try await withProxy(context) { world, _ in
            var ids = [try await world.api.call("GET", "/api/me", token: adminToken)["id"] ?? ""]
            for number in 0..<7 { ids.append(try await world.user("user\(number)").id) }
            _ = try await world.api.call(
                "PATCH", "/api/users/\(ids.removeLast())", token: adminToken,
                body: #"{"suspended":true}"#)
            #expect(try await subjects(world, limit: limit) == ids.sorted())
        }
    }

    @Test func `without a public URL there is no configuration document`() async throws {
        try await withGateway { world in
            let answer = try await world.api.call("GET", "/.well-known/authzen-configuration")
            #expect(answer.status == 404)
        }
        try await withGateway(extra: ["LATCHKEY_PUBLIC_URL": "https://a.example/x"]) { world in
            for path in ["", "/x"] {
                let answer = try await world.api.call(
                    "GET", "/.well-known/authzen-configuration" + path)
                #expect(answer["policy_decision_point"] == "https://a.example/x")
                #expect(
                    answer["access_evaluation_endpoint"]
                        == "https://a.example/x/access/v1/evaluation")
            }
            let other = try await world.api.call("GET", "/.well-known/authzen-configuration/y")
            #expect(other.status == 404)
        }
    }
}
