import Contract
import Kernel

/// Writes OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1).
struct Document {
    private(set) var tree: JSONTree
    private var schemas = Schemas()
    /// Problem answers that are the same wherever they occur.
    private var responses: [JSONTree.Pair] = []

    init(
        _ tags: [APIDescription.Tag], _ notices: [Notice], version: String, server: String
    ) throws {
        tree = [
            "openapi": "3.1.1",
            "info": [
                "title": "Latchkey", "version": .string(version),
                "summary": "Sharing and access for platforms.",
                "description": .string(Conventions.text),
                "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(server)]],
            "tags": .array(
                tags.map {
                    ["name": .string($0.group.name), "description": .string($0.group.meaning)]
                }),
        ]
        schemas.add("Problem", ProblemSchema.tree)
        var paths: [JSONTree.Pair] = []
        for operation in tags.flatMap(\.operations) {
            let path = operation.endpoint.path
            let index = paths.firstIndex { $0.name == path } ?? paths.endIndex
            if index == paths.endIndex { paths.append(JSONTree.Pair(path, [:])) }
            paths[index].value[operation.endpoint.method.rawValue.lowercased()] =
                try write(operation)
        }
        tree["paths"] = .object(paths)
        if !notices.isEmpty {
            tree["webhooks"] = .object(
                try notices.map { JSONTree.Pair($0.type, ["post": try write($0)]) })
        }
        tree["components"] = [
            "schemas": .object(schemas.named), "responses": .object(responses),
            "parameters": .object(
                (Parameters.ofLists.map { ($0, "query") }
                    + [
                        Parameters.user, Parameters.idempotencyKey, Parameters.ifNoneMatch,
                        Parameters.ifMatch,
                    ]
                    .map { ($0, "header") }).map { member, place in
                        JSONTree.Pair(member.name, Self.parameter(member, in: place))
                    }),
            "headers": .object(Headers.all.map { JSONTree.Pair($0.name, Self.header($0)) }),
            "securitySchemes": [
                "token": [
                    "type": "http", "scheme": "bearer",
                    "description": .string(Conventions.authentication),
                ]
            ],
        ]
    }

    // MARK: Operations

    private mutating func write(_ operation: Operation) throws -> JSONTree {
        let endpoint = operation.endpoint
        let scopes = JSONTree.array(endpoint.scopes.map { .string($0) })
        var tree: JSONTree = [
            "operationId": .string(endpoint.id), "tags": [.string(operation.tag)],
            "summary": .string(endpoint.summary),
        ]
        tree["description"] = endpoint.documentation.details.map { .string($0) }
        if endpoint.access == .user {
            tree["security"] = [["token": scopes]]
            tree["x-required-scopes"] = scopes
        } else {
            tree["security"] = []
        }
        if !operation.parameters.isEmpty {
            var parameters: [JSONTree] = []
            for parameter in operation.parameters {
                parameters.append(
                    parameter.isShared
                        ? ["$ref": .string("#/components/parameters/\(parameter.member.name)")]
                        : Self.parameter(
                            parameter.member, in: parameter.place.rawValue,
                            schemas.text(parameter.member.rule)))
            }
            tree["parameters"] = .array(parameters)
        }
        if let body = endpoint.documentation.body {
            schemas.isOpen = endpoint.errors == .text
            tree["requestBody"] = [
                "required": .bool(!body.isOptional),
                "content": [
                    "application/json": [
                        "schema": try schemas.reference(to: body.type, .request),
                        "example": try Example.object(body.type, .request),
                    ]
                ],
            ]
        }
        var responses: [JSONTree.Pair] = []
        for outcome in operation.outcomes {
            responses.append(
                JSONTree.Pair("\(outcome.status)", try write(outcome, about: operation.firstValue)))
        }
        tree["responses"] = .object(responses)
        return tree
    }

    /// A message that we send.
    private mutating func write(_ notice: Notice) throws -> JSONTree {
        [
            "summary": .string(notice.meaning),
            "description": .string(Notice.rules),
            "parameters": .array(
                Notice.fields.map { member in
                    var tree = Self.parameter(member, in: "header")
                    tree["required"] = true
                    return tree
                }),
            "requestBody": [
                "required": true,
                "content": [
                    "application/json": [
                        "schema": try schemas.reference(to: notice.body, .answer),
                        "example": try notice.example,
                    ]
                ],
            ],
            "responses": [
                "2XX": ["description": "Received. The body of the response is ignored."],
                "410": ["description": "The webhook is disabled and receives no further events."],
                "default": ["description": "The delivery is retried later."],
            ],
        ]
    }

    /// - Parameter schema: nil for the rule's own.
    private static func parameter(
        _ member: Member, in place: String, _ schema: JSONTree? = nil
    ) -> JSONTree {
        var tree: JSONTree = [
            "name": .string(member.name), "in": .string(place),
            "description": .string(member.rule.described(member.meaning)),
        ]
        if place == "path" { tree["required"] = true }
        tree["schema"] = schema ?? Schemas.schema(member.rule)
        tree["example"] = member.example
        return tree
    }

    private static func header(_ member: Member) -> JSONTree {
        var tree: JSONTree = ["description": .string(member.meaning)]
        if Headers.required.contains(member.name) { tree["required"] = true }
        tree["schema"] = ["type": "string"]
        tree["example"] = member.example
        return tree
    }

    // MARK: Answers

    /// - Parameter value: the name of something that the operation takes.
    private mutating func write(
        _ outcome: Operation.Outcome, about value: String?
    ) throws -> JSONTree {
        var tree: JSONTree = [
            "description": .string(outcome.meaning),
            "headers": .object(
                outcome.headers.map {
                    JSONTree.Pair($0, ["$ref": .string("#/components/headers/\($0)")])
                }),
        ]
        switch outcome.content {
        case .nothing: break
        case .one(let type):
            tree["content"] = Self.content(
                outcome, try schemas.reference(to: type, .answer), try Example.object(type, .answer)
            )
        case .list(let type, let envelope):
            tree["content"] = Self.content(
                outcome, try schemas.list(of: type, envelope),
                try ListSchema.example(type, envelope))
        case .other:
            let type: JSONTree = outcome.mediaType == "application/json" ? "object" : "string"
            tree["content"] = Self.content(outcome, ["type": type])
        case .problem(let causes):
            tree["content"] = Self.content(
                outcome, ProblemSchema.reference, ProblemSchema.example(causes, about: value))
            tree["x-problem-codes"] = ProblemSchema.codes(causes)
            tree["description"] = .string(
                "\(outcome.meaning): "
                    + causes.map { "`\($0.code)` \($0.detail)" }.joined(separator: " "))
            return shared(outcome, causes, tree)
        }
        return tree
    }

    /// A reference to `tree`, if it says nothing of its operation.
    private mutating func shared(
        _ outcome: Operation.Outcome, _ causes: [ProblemType], _ tree: JSONTree
    ) -> JSONTree {
        let isShared = causes.allSatisfy { Causes.common.contains($0) || $0 == .notFound }
        guard isShared else { return tree }
        // The same status has another set of causes elsewhere: those are numbered.
        let base = outcome.meaning.filter { $0 != " " }
        var name = base
        var number = 1
        while let other = responses.first(where: { $0.name == name }), other.value != tree {
            number += 1
            name = base + "\(number)"
        }
        if !responses.contains(where: { $0.name == name }) {
            responses.append(JSONTree.Pair(name, tree))
        }
        return ["$ref": .string("#/components/responses/\(name)")]
    }

    private static func content(
        _ outcome: Operation.Outcome, _ schema: JSONTree, _ example: JSONTree? = nil
    ) -> JSONTree {
        var body: JSONTree = ["schema": schema]
        body["example"] = example
        return .object([JSONTree.Pair(outcome.mediaType, body)])
    }
}
