import Contract
import Kernel

/// Writes OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1).
struct Document {
    private(set) var tree: JSONTree
    var schemas = Schemas()
    /// Answers that are the same wherever they occur, by name.
    var responses: [JSONTree.Pair] = []
    private let parameters: SharedParameters

    init(
        _ tags: [APIDescription.Tag], _ notices: [Notice], version: String, server: String
    ) throws {
        let operations = tags.flatMap(\.operations)
        parameters = SharedParameters(operations)
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
        for schema in ProblemSchema.all { schemas.add(schema.name, schema.value) }
        addProblems(of: operations)
        var paths: [JSONTree.Pair] = []
        for operation in operations where !paths.contains(where: { $0.name == operation.path }) {
            let all = operations.filter { $0.path == operation.path }
            paths.append(JSONTree.Pair(operation.path, try write(all)))
        }
        tree["paths"] = .object(paths)
        var fields: [JSONTree.Pair] = []
        if !notices.isEmpty {
            fields = Self.noticeFields
            tree["webhooks"] = .object(
                try notices.map { JSONTree.Pair($0.type, ["post": try write($0)]) })
        }
        let shared = parameters.all.map { name, parameter in
            JSONTree.Pair(name, write(parameter))
        }
        tree["components"] = [
            "schemas": .object(schemas.named), "responses": .object(responses),
            "parameters": .object(shared + fields),
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

    /// The operations of one path. Parameters that all of them have are the path's.
    private mutating func write(_ operations: [Operation]) throws -> JSONTree {
        let written = operations.map { $0.parameters.map { reference(to: $0) } }
        let first = written.first ?? []
        let common =
            written.count == 1
            ? []
            : first.filter { one in
                written.allSatisfy { $0.contains(one) }
            }
        var tree: JSONTree = [:]
        if !common.isEmpty { tree["parameters"] = .array(common) }
        for (operation, parameters) in zip(operations, written) {
            tree[operation.endpoint.method.rawValue.lowercased()] = try write(
                operation, parameters.filter { !common.contains($0) })
        }
        return tree
    }

    private mutating func reference(to parameter: Operation.Parameter) -> JSONTree {
        parameters.name(of: parameter).map {
            ["$ref": .string("#/components/parameters/\($0)")]
        } ?? write(parameter)
    }

    private mutating func write(
        _ operation: Operation, _ parameters: [JSONTree]
    ) throws -> JSONTree {
        let endpoint = operation.endpoint
        let scopes = JSONTree.array(endpoint.scopes.map { .string($0) })
        var tree: JSONTree = [
            "operationId": .string(endpoint.id), "tags": [.string(operation.tag)],
            "summary": .string(endpoint.summary),
        ]
        let texts = [endpoint.documentation.details, endpoint.documentation.deprecation?.text]
            .compactMap(\.self)
        tree["description"] = texts.isEmpty ? nil : .string(texts.joined(separator: " "))
        if endpoint.documentation.deprecation != nil { tree["deprecated"] = true }
        if endpoint.access == .user {
            tree["security"] = [["token": scopes]]
            tree["x-required-scopes"] = scopes
        } else {
            tree["security"] = []
        }
        if !parameters.isEmpty { tree["parameters"] = .array(parameters) }
        if let body = endpoint.documentation.body {
            schemas.isOpen = endpoint.errors != .problems
            tree["requestBody"] = [
                "required": .bool(!body.isOptional),
                "content": .object([
                    JSONTree.Pair(
                        body.mediaType,
                        [
                            "schema": try schemas.reference(to: body.type, .request),
                            "example": try Example.object(body.type, .request),
                        ])
                ]),
            ]
        }
        tree["responses"] = .object(try answers(of: operation))
        let codes = ProblemSchema.ownCodes(operation)
        if !codes.isEmpty { tree["x-problem-codes"] = .object(codes) }
        return tree
    }

    /// A message that we send.
    private mutating func write(_ notice: Notice) throws -> JSONTree {
        [
            "operationId": .string(notice.operationId),
            "summary": .string(notice.meaning),
            "requestBody": [
                "content": [
                    "application/json": [
                        "schema": try schemas.reference(to: notice.body, .answer)
                    ]
                ]
            ],
            // Some generators require one.
            "responses": ["2XX": ["description": "Received"]],
        ]
    }

    /// What all messages have in common.
    private static var noticeFields: [JSONTree.Pair] {
        var tree = Self.parameter(Notice.signature, in: "header")
        tree["required"] = true
        return [JSONTree.Pair(Notice.signature.name, tree)]
    }

    private mutating func write(_ parameter: Operation.Parameter) -> JSONTree {
        Self.parameter(
            parameter.member, in: parameter.place.rawValue, schemas.text(parameter.member.rule))
    }

    private static func parameter(
        _ member: Member, in place: String, _ schema: JSONTree = ["type": "string"]
    ) -> JSONTree {
        var tree: JSONTree = [
            "name": .string(member.name), "in": .string(place),
            "description": .string(member.rule.described(member.meaning)),
        ]
        if place == "path" { tree["required"] = true }
        tree["schema"] = schema
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
}
