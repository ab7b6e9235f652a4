import Contract
import IntegrationsContract
import TestSupport
import Testing

/// What the document says of answers in HAL.
@Suite struct HALTests {
    private let document: JSONValue

    init() throws { document = try World.document() }

    private func operation(_ endpoint: Endpoint) -> JSONValue? {
        document["paths"]?[endpoint.path]?[endpoint.method.rawValue.lowercased()]
    }

    /// The answers of an operation, those that are shared included.
    private func answers(_ endpoint: Endpoint) -> [(status: String, answer: JSONValue)] {
        let responses = operation(endpoint)?["responses"]
        return (responses?.names ?? []).compactMap { status in
            responses?[status].map { (status, resolved($0)) }
        }
    }

    private func resolved(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.string else { return value }
        return reference.split(separator: "/").dropFirst().map(String.init)
            .reduce(Optional(document)) { $0?[$1] } ?? .null
    }

    /// The schema of the answer with which all is well.
    private func schema(_ endpoint: Endpoint) -> JSONValue? {
        operation(endpoint)?.at("responses", "200", "content", HAL.mediaType, "schema")
            .map(resolved)
    }

    @Test func `integrations respond with HAL, and with problems as everywhere`() {
        for endpoint in IntegrationRoutes.all {
            for (status, answer) in answers(endpoint) {
                let types = answer["content"]?.names ?? []
                switch status {
                case "200", "201": #expect(types == [HAL.mediaType], "\(endpoint.id)")
                case "204", "304": #expect(types.isEmpty, "\(endpoint.id)")
                default: #expect(types == ["application/problem+json"], "\(endpoint.id) \(status)")
                }
            }
            let body = operation(endpoint)?.at("requestBody", "content")
            #expect(body == nil || body?.names == ["application/json"], "\(endpoint.id)")
        }
    }

    @Test func `no other routes respond with HAL`() {
        let hal = World.endpoints.filter { endpoint in
            answers(endpoint).contains { $0.answer["content"]?[HAL.mediaType] != nil }
        }
        let own = Set(IntegrationRoutes.all.map(\.id))
        #expect(hal.allSatisfy { own.contains($0.id) })
        let silent = IntegrationRoutes.all.filter { !hal.contains($0) }
        #expect(silent.allSatisfy { $0.method == .delete })
    }

    @Test(arguments: [
        (IntegrationRoutes.listIntegrations, "integration", "Integration"),
        (
            IntegrationRoutes.listIntegrationShares, "integration-share",
            "IntegrationShareWithPrincipal"
        ),
        (IntegrationRoutes.listTeams, "team", "Team"),
        (IntegrationRoutes.listTeamMembers, "team-member", "TeamMember"),
    ])
    func `a HAL list has embedded items, links and its page`(
        endpoint: Endpoint, name: String, item: String
    ) throws {
        let relation = "inf:" + name
        let list = try #require(schema(endpoint))
        let members = ["_embedded", "_links", "page", "pageSize", "total"]
        #expect(list["properties"]?.names == members)
        #expect(list["required"]?.texts.sorted() == members)
        let embedded = list.at("properties", "_embedded").map(resolved)
        #expect(embedded?["properties"]?.names == [relation])
        #expect(embedded?["required"]?.texts == [relation])
        let items = embedded?.at("properties", relation)
        #expect(items?["type"]?.string == "array")
        #expect(items?.at("items", "$ref")?.string == "#/components/schemas/\(item)")
        let links = try #require(list.at("properties", "_links").map(resolved))
        #expect(links["required"]?.texts.contains("self") == true)
        for neighbour in ["next", "prev"] {
            #expect(links.at("properties", neighbour) != nil)
            #expect(links["required"]?.texts.contains(neighbour) == false)
        }
        let parameters = document.parameters(of: endpoint)
        #expect(parameters.contains("#/components/parameters/page"))
        #expect(parameters.contains("#/components/parameters/pageSize"))
        #expect(operation(endpoint)?.at("responses", "200", "headers", "Link") != nil)
    }

    @Test func `these are all lists of integrations`() {
        let lists = IntegrationRoutes.all.filter { $0.id.hasPrefix("list") }.map(\.id)
        #expect(
            lists == [
                "listIntegrations", "listIntegrationShares", "listTeams", "listTeamMembers",
            ])
    }

    @Test func `the root's links are those that the schema requires`() throws {
        let list = try #require(schema(IntegrationRoutes.listIntegrations))
        let links = try #require(list.at("properties", "_links").map(resolved))
        let fixed = IntegrationRootLinks.fixed(below: "").map(\.relation) + ["self", "curies"]
        #expect(links["required"]?.texts.sorted() == fixed.sorted())
        // Each relation with a prefix is explained by the curie.
        let prefixed = fixed.filter { $0.contains(":") }
        #expect(prefixed.allSatisfy { $0.hasPrefix(IntegrationRelations.curie + ":") })
    }

    @Test func `link templates lead to existing routes`() throws {
        let paths = Set(IntegrationRoutes.all.map(\.path))
        for (relation, link) in IntegrationRootLinks.fixed(below: "") {
            #expect(link.templated == true, "\(relation)")
            let path = link.href.split(separator: "{?", maxSplits: 1).first.map(String.init)
            #expect(paths.contains(path ?? ""), "\(relation)")
        }
        for curie in IntegrationRootLinks.curies(below: "") {
            #expect(curie.href == "/docs/integrations?rel={rel}")
            #expect(try World.texts()["integrations"] != nil)
        }
    }

    @Test func `members that begin with an underscore are required and refer to schemas`() throws {
        for (name, required) in [
            ("Integration", ["_links"]), ("Team", ["_links"]), ("IntegrationOwner", ["_embedded"]),
        ] {
            let schema = try #require(document.at("components", "schemas", name))
            for member in required {
                #expect(schema["required"]?.texts.contains(member) == true, "\(name)")
                let value = try #require(schema.at("properties", member))
                #expect(value.objects.contains { $0["$ref"] != nil }, "\(name).\(member)")
            }
        }
        // One of the two.
        let owner = document.at("components", "schemas", "EmbeddedIntegrationOwner")
        #expect(owner?["properties"]?.names == ["inf:team", "inf:user"])
        #expect(owner?["required"] == nil)
    }
}
