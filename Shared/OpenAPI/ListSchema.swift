import Contract
import Kernel

/// A page of a list, in its envelope.
enum ListSchema {
    typealias Envelope = Documentation.ResponseDoc.Envelope

    /// - Parameters:
    ///   - links: the schema of HAL's `_links`.
    ///   - embedded: the schema of HAL's `_embedded`.
    static func tree(
        of items: JSONTree, _ envelope: Envelope, links: JSONTree, embedded: JSONTree
    ) -> JSONTree {
        let content: [JSONTree.Pair]
        switch envelope {
        case .plain: content = [JSONTree.Pair("items", array(of: items))]
        case .snakeCase: content = [JSONTree.Pair("data", array(of: items))]
        case .hal:
            content = [JSONTree.Pair("_links", links), JSONTree.Pair("_embedded", embedded)]
        }
        let properties = content + numbers(envelope)
        return [
            "type": "object", "description": "A page of a list.",
            "properties": .object(properties),
            "required": .array(properties.map { .string($0.name) }),
        ]
    }

    /// What a page in HAL holds.
    static func embedded(_ items: JSONTree, as relation: String) -> JSONTree {
        [
            "type": "object", "description": "The items of a page.",
            "properties": .object([JSONTree.Pair(relation, array(of: items))]),
            "required": [.string(relation)],
        ]
    }

    private static func array(of items: JSONTree) -> JSONTree {
        ["type": "array", "items": items, "maxItems": .number(size)]
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
