import Contract
import HTTPCore
import Kernel

/// What operations answer.
extension Document {
    /// Successful answers, and two for all problems: a client has one type for them, and
    /// `x-problem-codes` says which the operation has beside those of all.
    mutating func answers(of operation: Operation) throws -> [JSONTree.Pair] {
        var answers: [JSONTree.Pair] = []
        for outcome in operation.outcomes where outcome.status < 400 {
            answers.append(JSONTree.Pair("\(outcome.status)", try write(outcome)))
        }
        return answers
            + ProblemSchema.ranges(of: operation.endpoint.errors).map {
                JSONTree.Pair($0, ["$ref": .string("#/components/responses/\($1)")])
            }
    }

    private mutating func write(_ outcome: Operation.Outcome) throws -> JSONTree {
        var tree: JSONTree = ["description": .string(outcome.meaning)]
        let headers = outcome.headers.filter { !Headers.listedOnce.contains($0) }
        if !headers.isEmpty { tree["headers"] = Self.headers(headers) }
        switch outcome.content {
        case .one(let type):
            tree["content"] = Self.content(
                outcome, try schemas.reference(to: type, .answer, isBody: true))
        case .list(let type, let envelope):
            tree["content"] = Self.content(outcome, try schemas.list(of: type, envelope))
        case .other:
            let type: JSONTree = outcome.mediaType.hasSuffix("json") ? "object" : "string"
            tree["content"] = Self.content(outcome, ["type": type])
        case .nothing, .problem: return shared(outcome, tree)
        }
        return tree
    }

    /// A reference to an answer without a body.
    private mutating func shared(_ outcome: Operation.Outcome, _ tree: JSONTree) -> JSONTree {
        var name = outcome.reason.filter { $0 != " " }
        if responses.contains(where: { $0.name == name && $0.value != tree }) {
            let own = outcome.headers.filter { !Headers.listedOnce.contains($0) }
            name += own.joined().filter { $0 != "-" }
        }
        if !responses.contains(where: { $0.name == name }) {
            responses.append(JSONTree.Pair(name, tree))
        }
        return ["$ref": .string("#/components/responses/\(name)")]
    }

    /// What any operation can answer, once for clients' errors and once for ours.
    mutating func addProblems(of operations: [Operation]) {
        let causes = ProblemSchema.byRule(operations)
        for errors in Endpoint.Errors.allCases
        where operations.contains(where: { $0.endpoint.errors == errors }) {
            for (range, name) in ProblemSchema.ranges(of: errors) {
                let these = causes.filter { "\($0.status)".prefix(1) == range.prefix(1) }
                let headers = these.flatMap { Headers.ofProblem($0.status, these) }
                var answer: JSONTree = [
                    "description": .string(ProblemSchema.meaning(range)),
                    "headers": Self.headers(Headers.always + Set(headers).sorted()),
                ]
                switch errors {
                case .text:
                    answer["content"] = ["text/plain": ["schema": ["type": "string"]]]
                case .oauth:
                    answer["content"] = [
                        "application/json": ["schema": ProblemSchema.oauthReference]
                    ]
                case .scim:
                    answer["content"] = [SCIMMedia.type: ["schema": ProblemSchema.scimReference]]
                case .problems:
                    answer["content"] = [
                        "application/problem+json": [
                            "schema": ProblemSchema.reference,
                            "example": ProblemSchema.example(these, about: nil),
                        ]
                    ]
                    answer["description"] = .string(
                        ProblemSchema.meaning(range) + " " + ProblemSchema.sentences(these))
                    answer["x-problem-codes"] = ProblemSchema.codes(these)
                }
                responses.append(JSONTree.Pair(name, answer))
            }
        }
    }

    private static func headers(_ names: [String]) -> JSONTree {
        .object(names.map { JSONTree.Pair($0, ["$ref": .string("#/components/headers/\($0)")]) })
    }

    private static func content(_ outcome: Operation.Outcome, _ schema: JSONTree) -> JSONTree {
        .object(
            [outcome.mediaType, outcome.otherMediaType].compactMap(\.self).map {
                JSONTree.Pair($0, ["schema": schema])
            })
    }
}
