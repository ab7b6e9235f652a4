import Contract
import HTTPCore
import Kernel

/// `application/problem+json` (RFC 9457) as ServiceKit writes it.
enum ProblemSchema {
    private static let pointer =
        "A JSON Pointer (RFC 6901) into the body, or `/` and the name of a parameter."

    /// The schemas by name: none has another inside, so that generators name them all alike.
    static let all = [
        JSONTree.Pair("Problem", problem), JSONTree.Pair("ProblemError", error),
        JSONTree.Pair("OAuthError", oauthError), JSONTree.Pair("SCIMError", scimError),
        JSONTree.Pair("ParameterPlace", ["type": "string", "enum": ["query", "path", "header"]]),
    ]

    private static let problem: JSONTree = [
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
                "items": ["$ref": "#/components/schemas/ProblemError"],
            ],
        ],
        "required": ["type", "title", "status", "detail", "code", "requestId"],
    ]

    private static let oauthError: JSONTree = [
        "type": "object", "description": "Why a request was refused (RFC 6749 §5.2).",
        "properties": [
            "error": ["type": "string", "description": "The cause, for programs."],
            "error_description": [
                "type": "string", "description": "An explanation in one sentence, for people.",
            ],
        ], "required": ["error"],
    ]

    private static let scimError: JSONTree = [
        "type": "object", "description": "Why a request was refused (RFC 7644 §3.12).",
        "properties": [
            "schemas": ["type": "array", "items": ["type": "string"]],
            "status": ["type": "string", "description": "The HTTP status."],
            "scimType": ["type": "string", "description": "The cause, if the standard names it."],
            "detail": ["type": "string", "description": "An explanation, for people."],
        ], "required": ["schemas", "status", "detail"],
    ]

    private static let error: JSONTree = [
        "type": "object", "description": "An invalid value.",
        "properties": [
            "pointer": ["type": "string", "description": .string(pointer)],
            "parameter": [
                "type": "string", "description": "A parameter, where it is not the body.",
            ],
            "in": ["$ref": "#/components/schemas/ParameterPlace"],
            "detail": ["type": "string", "description": "The rule that the value must follow."],
        ], "required": ["detail"],
    ]

    static let reference: JSONTree = ["$ref": "#/components/schemas/Problem"]
    static let oauthReference: JSONTree = ["$ref": "#/components/schemas/OAuthError"]
    static let scimReference: JSONTree = ["$ref": "#/components/schemas/SCIMError"]

    // MARK: Answers

    /// The ranges of statuses that every operation has, and the names of their answers.
    static func ranges(of errors: Endpoint.Errors) -> [(range: String, name: String)] {
        let form =
            switch errors {
            case .problems: ""
            case .text: "Text"
            case .oauth: "OAuth"
            case .scim: "SCIM"
            }
        return [("4XX", "ClientError" + form), ("5XX", "ServerError" + form)]
    }

    /// What an answer in such a range means.
    static func meaning(_ range: String) -> String {
        range == "4XX"
            ? "The request was refused." : "The request failed, and can be sent again."
    }

    /// The problems that follow from declarations, each once.
    static func byRule(_ operations: [Operation]) -> [ProblemType] {
        var found: [ProblemType] = []
        for operation in operations {
            for case .problem(let causes) in operation.outcomes.map(\.content) {
                let own = operation.endpoint.documentation.problems
                for cause in causes where !own.contains(cause) {
                    // A limit is said where it is another one.
                    guard !found.contains(where: { $0.code == cause.code }) else { continue }
                    found.append(cause)
                }
            }
        }
        return found.enumerated()
            .sorted { ($0.element.status, $0.offset) < ($1.element.status, $1.offset) }
            .map(\.element)
    }

    /// The codes of an operation's own problems, by status.
    static func ownCodes(_ operation: Operation) -> [JSONTree.Pair] {
        guard operation.endpoint.errors == .problems else { return [] }
        let own = operation.endpoint.documentation.problems
        return operation.outcomes.compactMap { outcome in
            guard case .problem(let causes) = outcome.content else { return nil }
            let these = causes.filter(own.contains)
            return these.isEmpty ? nil : JSONTree.Pair("\(outcome.status)", codes(these))
        }
    }

    /// The codes of some problems.
    static func codes(_ causes: [ProblemType]) -> JSONTree {
        .array(causes.map { .string($0.code) })
    }

    /// Each code with what it means.
    static func sentences(_ causes: [ProblemType]) -> String {
        causes.map { "`\($0.code)` \($0.detail)" }.joined(separator: " ")
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

extension Endpoint.Errors {
    /// Of the body of a refusal.
    var mediaType: String {
        switch self {
        case .problems: "application/problem+json"
        case .text: "text/plain"
        case .oauth: "application/json"
        case .scim: SCIMMedia.type
        }
    }
}
