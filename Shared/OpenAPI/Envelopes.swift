import Contract
import HTTPCore
import Kernel

/// `application/problem+json` (RFC 9457) as ServiceKit writes it.
enum ProblemSchema {
    private static let pointer =
        "A JSON Pointer (RFC 6901) into the body, or `/` and the name of a parameter."

    static let tree: JSONTree = [
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "properties": [
            "type": ["type": "string", "description": "`/problems/` and the code."],
            "title": ["type": "string", "description": "The name of the status."],
            "status": ["type": "integer", "description": "The HTTP status."],
            "detail": [
                "type": "string", "description": "An explanation in one sentence, for people.",
            ],
            "instance": ["type": "string", "description": "The path of the request."],
            "code": [
                "type": "string", "pattern": "^[a-z]+(_[a-z]+)*$",
                "description": "The cause, for programs: stable, and unique for each cause.",
            ],
            "requestId": ["type": "string", "description": "The same as in `X-Request-Id`."],
            "errors": [
                "type": "array", "description": "The invalid values, of a 422.",
                "items": [
                    "type": "object",
                    "properties": [
                        "pointer": [
                            "type": "string", "description": .string(pointer),
                        ],
                        "parameter": [
                            "type": "string",
                            "description": "A parameter, where it is not the body.",
                        ],
                        "in": ["type": "string", "enum": ["query", "path", "header"]],
                        "detail": [
                            "type": "string", "description": "The rule that the value must follow.",
                        ],
                    ], "required": ["detail"],
                ],
            ],
        ],
        "required": ["type", "title", "status", "detail", "code", "requestId"],
    ]

    static let reference: JSONTree = ["$ref": "#/components/schemas/Problem"]

    /// The codes of an operation's problems of one status.
    static func codes(_ causes: [ProblemType]) -> JSONTree {
        .array(causes.map { .string($0.code) })
    }

    /// - Parameter value: the name of something that the operation takes.
    static func example(_ causes: [ProblemType], about value: String?) -> JSONTree {
        // An operation's own conflicts come last and say most.
        guard let cause = causes.first?.status == 409 ? causes.last : causes.first else {
            return .null
        }
        var example: JSONTree = [
            "type": .string("/problems/\(cause.code)"),
            "title": .string("\(MessageWriter.reason(cause.status))"),
            "status": .number(cause.status),
            "detail": .string(cause.detail), "code": .string(cause.code),
            "requestId": "1dlYqdkCtevnew8pF5",
        ]
        if cause == .validationFailed, let value {
            example["errors"] = [["pointer": .string("/" + value), "detail": "must not be empty"]]
        }
        return example
    }
}

/// A page of a list, in its envelope.
enum ListSchema {
    typealias Envelope = Documentation.ResponseDoc.Envelope

    /// - Parameter links: the schema of HAL's `_links`.
    static func tree(of items: JSONTree, _ envelope: Envelope, links: JSONTree) -> JSONTree {
        let array: JSONTree = ["type": "array", "items": items, "maxItems": .number(size)]
        let content: [JSONTree.Pair]
        switch envelope {
        case .plain: content = [JSONTree.Pair("items", array)]
        case .snakeCase: content = [JSONTree.Pair("data", array)]
        case .hal(let relation, _):
            let embedded: JSONTree = [
                "type": "object", "properties": .object([JSONTree.Pair(relation, array)]),
                "required": [.string(relation)],
            ]
            content = [
                JSONTree.Pair("_links", links), JSONTree.Pair("_embedded", embedded),
            ]
        }
        let properties = content + numbers(envelope)
        return [
            "type": "object", "description": "A page of a list.",
            "properties": .object(properties),
            "required": .array(properties.map { .string($0.name) }),
        ]
    }

    private static func numbers(_ envelope: Envelope) -> [JSONTree.Pair] {
        [
            JSONTree.Pair("page", ["type": "integer", "minimum": 1, "description": "From 1."]),
            JSONTree.Pair(
                envelope.sizeName,
                [
                    "type": "integer", "minimum": 1, "maximum": .number(size),
                    "description": "Items on a full page.",
                ]),
            JSONTree.Pair(
                "total", ["type": "integer", "minimum": 0, "description": "Items on all pages."]),
        ]
    }

    static func example(
        _ type: any Documented.Type, _ envelope: Envelope
    ) throws -> JSONTree {
        let items = JSONTree.array([try Example.object(type, .answer)])
        let content: [JSONTree.Pair]
        switch envelope {
        case .plain: content = [JSONTree.Pair("items", items)]
        case .snakeCase: content = [JSONTree.Pair("data", items)]
        case .hal(let relation, let links):
            content = [
                JSONTree.Pair("_links", try Example.object(links, .answer)),
                JSONTree.Pair("_embedded", .object([JSONTree.Pair(relation, items)])),
            ]
        }
        return .object(
            content + [
                JSONTree.Pair("page", 1),
                JSONTree.Pair(envelope.sizeName, .number(PageRequest.defaultSize)),
                JSONTree.Pair("total", 1),
            ])
    }

    private static let size = PageRequest.maximumSize
}
