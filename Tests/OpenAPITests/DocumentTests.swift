import Contract
import GatewayContract
import OpenAPI
import TestSupport
import Testing

/// The whole document, looked at from outside.
@Suite struct DocumentTests {
    private func operations() throws -> [(String, JSONValue)] {
        guard case .object(let paths)? = try World.document()["paths"] else { return [] }
        return paths.values.flatMap { path -> [(String, JSONValue)] in
            path.names.compactMap { method in
                guard let operation = path[method], let id = operation["operationId"]?.string
                else { return nil }
                return (id, operation)
            }
        }
    }

    @Test func `every route is listed once, and the document is deterministic`() throws {
        let ids = try operations().map(\.0)
        #expect(ids.sorted() == World.endpoints.map(\.id).sorted())
        #expect(try World.describe().document == World.describe().document)
    }

    @Test func `version and server are as configured`() throws {
        let document = try World.document()
        #expect(document.at("info", "version")?.string == "1.2.3")
        #expect(document["openapi"]?.string == "3.1.1")
        #expect(document["servers"]?[0]?["url"]?.string == "/")
        let described = try World.describe(server: "https://api.example.com")
        let other = JSONValue(described.document)
        #expect(other?["servers"]?[0]?["url"]?.string == "https://api.example.com")
    }

    @Test func `every reference has a target`() throws {
        let document = try World.document()
        let references = Set(document.objects.compactMap { $0["$ref"]?.string })
        #expect(references.count > 50)
        for reference in references {
            let names = reference.split(separator: "/").dropFirst().map(String.init)
            let target = names.reduce(Optional(document)) { $0?[$1] }
            #expect(target != nil, "\(reference)")
        }
    }

    @Test func `declared scopes are required, and open routes need no token`() throws {
        for (id, operation) in try operations() {
            let endpoint = try #require(World.endpoints.first { $0.id == id })
            let scopes = operation["security"]?[0]?["token"]?.texts
            #expect(scopes == (endpoint.access == .user ? endpoint.scopes : nil), "\(id)")
            // A wrong sign-in code is 401 as well, and so is a suspended user.
            let signsIn = ["createSession", "claimInvitation"].contains(id)
            let asks = endpoint.access == .user || signsIn
            #expect((operation.at("responses", "401") != nil) == asks, "\(id)")
        }
    }

    @Test func `problems that follow from a declaration are documented`() throws {
        let operations = Dictionary(uniqueKeysWithValues: try operations())
        func statuses(_ id: String) -> [String] { operations[id]?["responses"]?.names ?? [] }
        #expect(
            statuses("getOpenAPI") == [
                "200", "304", "400", "412", "414", "429", "431", "500", "503",
            ])
        #expect(
            statuses("getMe") == [
                "200", "304", "400", "401", "403", "412", "414", "422", "429", "431", "500", "503",
            ])
        #expect(Set(statuses("updateEntity")).isSuperset(of: ["404", "409", "412", "415", "504"]))
        for changing in ["deleteEntity", "removeShare", "shareEntity", "createEntity"] {
            #expect(statuses(changing).contains("412"))
        }
        #expect(!statuses("checkAccess").contains("412"))
        #expect(!statuses("listTokens").contains("404"))
        #expect(!statuses("createToken").contains("504"))
        #expect(statuses("addPublisher").prefix(2) == ["200", "201"])
    }

    @Test func `POSTs that change something accept an idempotency key`() throws {
        for (id, operation) in try operations() {
            let endpoint = try #require(World.endpoints.first { $0.id == id })
            let names = operation["parameters"]?.items.compactMap { $0["$ref"]?.string } ?? []
            // Keys are kept for each user.
            let isReading = ["checkAccess", "listPendingWorkspaceInvitations"].contains(id)
            let isRepeatable =
                endpoint.method == .post && endpoint.access == .user && !isReading
            let hasKey = names.contains("#/components/parameters/Idempotency-Key")
            #expect(hasKey == isRepeatable, "\(id)")
        }
    }

    @Test func `lists have pages, single resources have tags`() throws {
        let operations = Dictionary(uniqueKeysWithValues: try operations())
        let list = operations["listEntities"]
        #expect(list?["parameters"]?.items.count == 6)
        #expect(list?.at("responses", "200", "headers", "Link") != nil)
        let reference = list?.at("responses", "200", "content", "application/json", "schema")
        #expect(reference?["$ref"]?.string == "#/components/schemas/EntityList")
        #expect(operations["getEntity"]?.at("responses", "200", "headers", "ETag") != nil)
        #expect(operations["createEntity"]?.at("responses", "201", "headers", "Location") != nil)
    }

    @Test func `a problem's code is one of its operation's`() throws {
        let operations = Dictionary(uniqueKeysWithValues: try operations())
        let conflict = operations["removePublisher"]?.at("responses", "409")
        let schema = conflict?.at("content", "application/problem+json", "schema", "$ref")
        #expect(schema?.string == "#/components/schemas/Problem")
        #expect(
            conflict?["x-problem-codes"]?.texts == ["last_publisher", "owner_is_publisher"])
    }

    @Test func `texts are escaped as JSON`() {
        let tree: JSONTree = ["a\"\\\n\u{1}ä": [.null, true, -1, [:], []]]
        #expect(tree.text == #"{"a\"\\\n\u0001ä":[null,true,-1,{},[]]}"#)
        #expect(JSONValue(Array(tree.text.utf8))?.names == ["a\"\\\n\u{1}ä"])
        #expect(tree.pretty == #"{"a\"\\\n\u0001ä": [null, true, -1, {}, []]}"#)
    }
}
