import Contract
import GatewayContract
import Kernel
import TestSupport
import Testing

@testable import OpenAPI

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
        #expect(try World.make().document == World.describe().document)
    }

    @Test func `version and server are as configured`() throws {
        let document = try World.document()
        #expect(document.at("info", "version")?.string == "1.2.3")
        #expect(document["openapi"]?.string == "3.1.1")
        #expect(document["servers"]?[0]?["url"]?.string == "/")
        let described = try World.make(server: "https://api.example.com")
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
        }
    }

    @Test func `an operation lists what it answers when all is well, and problems once`() throws {
        for (id, operation) in try operations() {
            let statuses = operation["responses"]?.names ?? []
            #expect(statuses.suffix(2) == ["4XX", "5XX"], "\(id)")
            #expect(statuses.count > 2 && statuses.dropLast(2).allSatisfy { $0 < "400" }, "\(id)")
        }
        let problem = try World.document().at(
            "components", "responses", "ClientError", "content", "application/problem+json",
            "schema", "$ref")
        #expect(problem?.string == "#/components/schemas/Problem")
    }

    @Test func `every problem is listed with its operation or among those of all`() throws {
        let responses = try World.document().at("components", "responses")
        let common = ["ClientError", "ServerError"].flatMap {
            responses?.at($0, "x-problem-codes")?.texts ?? []
        }
        #expect(common.count > 20 && Set(common).count == common.count)
        let listed = Dictionary(uniqueKeysWithValues: try operations())
        for group in World.groups {
            for endpoint in group.endpoints where endpoint.errors == .problems {
                let operation = try Operation(endpoint, in: group, isForwarded: true)
                let own = listed[endpoint.id]?["x-problem-codes"]
                for case .problem(let causes) in operation.outcomes.map(\.content) {
                    let codes = common + (own?["\(causes[0].status)"]?.texts ?? [])
                    #expect(causes.allSatisfy { codes.contains($0.code) }, "\(endpoint.id)")
                }
            }
        }
    }

    @Test func `POSTs that change something accept an idempotency key`() throws {
        let document = try World.document()
        for (id, _) in try operations() {
            let endpoint = try #require(World.endpoints.first { $0.id == id })
            let names = document.parameters(of: endpoint)
            // Keys are kept for each user. The effects of these are in several transactions.
            let isRepeatable =
                endpoint.method == .post && endpoint.access == .user && !endpoint.readsOnly
                && !["createSCIMGroup", "updateSCIMResources"].contains(id)
            let hasKey = names.contains("#/components/parameters/Idempotency-Key")
            #expect(hasKey == isRepeatable, "\(id)")
        }
    }

    @Test func `lists have pages, single resources have tags`() throws {
        let operations = Dictionary(uniqueKeysWithValues: try operations())
        let list = operations["listEntities"]
        let listing = try #require(World.endpoints.first { $0.id == "listEntities" })
        let parameters = try World.document().parameters(of: listing)
        for name in ["page", "pageSize", "Latchkey-User"] {
            #expect(parameters.contains("#/components/parameters/\(name)"), "\(parameters)")
        }
        #expect(list?.at("responses", "200", "headers", "Link") != nil)
        let reference = list?.at("responses", "200", "content", "application/json", "schema")
        #expect(reference?["$ref"]?.string == "#/components/schemas/EntityList")
        #expect(operations["getEntity"]?.at("responses", "200", "headers", "ETag") != nil)
        #expect(operations["createEntity"]?.at("responses", "201", "headers", "Location") != nil)
    }

    @Test func `a problem's code is one of its operation's`() throws {
        let operations = Dictionary(uniqueKeysWithValues: try operations())
        let codes = operations["removePublisher"]?.at("x-problem-codes", "409")
        #expect(codes?.texts == ["last_publisher", "owner_is_publisher"])
    }

    @Test func `the document is small, and leaves room`() throws {
        #expect(try World.describe().document.count <= 440_000)
    }

    @Test func `what has values or members has a name of its own`() throws {
        let components = try World.document()["components"]
        for kind in ["schemas", "parameters"] {
            guard case .object(let all)? = components?[kind] else { continue }
            for (name, schema) in all {
                let inner = schema.objects.dropFirst(kind == "schemas" ? 1 : 0)
                let isNamed = inner.allSatisfy {
                    $0["enum"] == nil
                        && ($0["type"]?.string != "object" || $0["properties"] == nil)
                }
                #expect(isNamed, "\(name)")
            }
        }
        for (id, operation) in try operations() {
            let parameters = operation["parameters"]?.objects ?? []
            #expect(parameters.allSatisfy { $0["enum"] == nil }, "\(id)")
        }
    }

    /// A client has one name space: for schemas, and for what generators derive from operations.
    @Test func `names differ in more than case, and are not those of derived classes`() throws {
        let names = try World.document().at("components", "schemas")?.names ?? []
        #expect(Set(names.map { $0.lowercased() }).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isLetter } })
        for (id, _) in try operations() {
            let base = id.prefix(1).uppercased() + id.dropFirst()
            for suffix in ["", "Body", "Params", "Request", "Response"] {
                #expect(!names.contains(base + suffix), "\(base + suffix)")
            }
        }
    }

    @Test func `an operation that ends is shown as deprecated`() throws {
        let end = Timestamp(milliseconds: 1_814_313_600_000)
        let old = Endpoint(
            "getOld", .get, "/api/old", summary: "Get the old", answers: .noContent,
            deprecation: Deprecation(
                since: Timestamp(milliseconds: 1_798_761_600_000), sunset: end,
                guide: "/docs/versioning"))
        let described = try APIDescription(
            own: [EndpointGroup("Old", "What ends.", [old])], forwarded: [], pages: World.pages,
            frame: PageFrame(version: "1"), server: nil)
        let document = JSONValue(described.document)
        let operation = document?.at("paths", "/api/old", "get")
        #expect(operation?["deprecated"] == .bool(true))
        let text = operation?["description"]?.string ?? ""
        #expect(text.contains("ends at 2027-06-30T00:00:00.000Z: see `/docs/versioning`"))
        #expect(try operations().allSatisfy { $0.1["deprecated"] == nil })
    }

    @Test func `texts are escaped as JSON`() {
        let tree: JSONTree = ["a\"\\\n\u{1}ä": [.null, true, -1, [:], []]]
        #expect(tree.text == #"{"a\"\\\n\u0001ä":[null,true,-1,{},[]]}"#)
        #expect(JSONValue(Array(tree.text.utf8))?.names == ["a\"\\\n\u{1}ä"])
        #expect(tree.pretty == #"{"a\"\\\n\u0001ä": [null, true, -1, {}, []]}"#)
    }
}
