import Kernel
import TestSupport
import Testing

@testable import Gateway

@Suite struct SearchTests {
    private func add(_ world: GatewayWorld, _ username: String, _ display: String) async throws {
        let name = String(decoding: JSONText.quoted(display), as: UTF8.self)
        let body = """
            {"email": "\(username)@example.com", "username": "\(username)", "displayName": \(name)}
            """
        let answer = try await world.api.call("POST", "/api/users", token: adminToken, body: body)
        #expect(answer.status == 201, "\(answer.text)")
    }

    /// The usernames that a search finds, sorted.
    private func find(_ world: GatewayWorld, _ search: String) async throws -> [String] {
        let answer = try await world.api.call(
            "GET", "/api/users?search=\(search)", token: adminToken)
        #expect(answer.status == 200)
        let found = answer.json?["items"]?.items.compactMap { $0["username"]?.string } ?? []
        #expect(answer.json?["total"]?.int == found.count)
        return found.sorted()
    }

    @Test func `a search finds parts of names and addresses literally`() async throws {
        try await withGateway { world in
            try await add(world, "percent", "100 % sure")
            try await add(world, "under_score", "Snake")
            try await add(world, "back", #"C:\temp"#)
            try await add(world, "emile", "Émile Zöla")
            try await add(world, "emoji", "😀 👩‍👩‍👧")
            #expect(try await find(world, "%25") == ["percent"])
            #expect(try await find(world, "_") == ["under_score"])
            #expect(try await find(world, "%5C") == ["back"])
            #expect(try await find(world, "%5C%25").isEmpty)
            #expect(try await find(world, "SNAKE") == ["under_score"])
            #expect(try await find(world, "emile%40EXAMPLE") == ["emile"])
            #expect(try await find(world, "Z%C3%B6la") == ["emile"])
            #expect(try await find(world, "Zo%CC%88la") == ["emile"], "decomposed")
            #expect(try await find(world, "%F0%9F%98%80") == ["emoji"])
            try await add(world, "strasse", "Große Straße")
            try await add(world, "osos", "ΌΣΟΣ")
            #expect(try await find(world, "STRASSE") == ["strasse"])
            #expect(try await find(world, "GRO%E1%BA%9EE") == ["strasse"])
            #expect(try await find(world, "Stra%C2%AD%C3%9Fe") == ["strasse"], "soft hyphen")
            #expect(try await find(world, "%CF%8C%CF%83%CE%BF%CF%82") == ["osos"])
            #expect(try await find(world, "STRASSE%40EXAMPLE") == ["strasse"])
            #expect(try await find(world, "com%0Astrasse".replacing("%0A", with: "")).isEmpty)
            #expect(try await find(world, "100+%25+sure") == ["percent"])
            #expect(try await find(world, "nobody").isEmpty)
            #expect(try await find(world, "").count == 8)
            #expect(try await find(world, "%27%3B+DROP+TABLE+users").isEmpty)
            #expect(try await find(world, "+emile+") == ["emile"])
        }
    }

    @Test func `a very long search is answered, and invalid UTF-8 is malformed`()
        async throws
    {
        try await withGateway { world in
            let emoji = String(repeating: "%F0%9F%98%80", count: 200)
            #expect(try await find(world, emoji).isEmpty)
            for search in [String(repeating: "%25", count: 2_500), "%00", "a%0Ab%07"] {
                let wrong = try await world.api.call(
                    "GET", "/api/users?search=\(search)", token: adminToken)
                #expect(wrong.status == 422 && wrong.pointers == ["/search"])
            }
            let answer = try await world.api.call("GET", "/api/users?search=%FF", token: adminToken)
            #expect(answer.status == 400 && answer.code == "malformed_query")
            let twice = try await world.api.call(
                "GET", "/api/users?search=a&search=b", token: adminToken)
            #expect(twice.status == 422)
        }
    }

    @Test func `pages are stable and complete, even for users of one millisecond`() async throws {
        try await withGateway { world in
            for number in 0..<11 { try await add(world, "u\(number)", "U") }
            for query in ["", "search=u&"] {
                var seen: [String] = []
                for page in 1...4 {
                    let answer = try await world.api.call(
                        "GET", "/api/users?\(query)page=\(page)&pageSize=3", token: adminToken)
                    seen += answer.json?["items"]?.items.compactMap { $0["id"]?.string } ?? []
                }
                #expect(Set(seen).count == seen.count && seen.count >= 11)
                #expect(seen == seen.sorted(by: >), "newest first; ids sort as they were made")
            }
            let beyond = try await world.api.call(
                "GET", "/api/users?page=1000000000", token: adminToken)
            #expect(beyond.status == 200 && beyond.json?["items"]?.items.isEmpty == true)
            let wrong = try await world.api.call(
                "GET", "/api/users?page=0&pageSize=101", token: adminToken)
            #expect(wrong.status == 422 && wrong.pointers == ["/page", "/pageSize"])
        }
    }
}

enum JSONText {
    /// A JSON string.
    static func quoted(_ text: String) -> [UInt8] {
        Array("\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"".utf8)
    }
}
