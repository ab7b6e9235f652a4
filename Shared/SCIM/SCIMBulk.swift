import Kernel

/// The body of `/Bulk` (RFC 7644 §3.7): operations that are done one after the other, each by
/// itself.
public struct SCIMBulk: Sendable {
    /// Of one request.
    public static let maximum = 100

    /// The method of a request.
    public enum Method: String, Sendable, CaseIterable {
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// One request of many.
    public struct Operation: Sendable {
        /// What is done.
        public let method: Method
        /// The client's name for what is created; nil if it has none.
        public let bulkId: String?
        /// The version that it is meant for; nil for any.
        public let version: String?
        /// `/Users`, `/Groups/x`.
        public var path: String
        /// The body; null if there is none.
        public var data: SCIMValue
    }

    /// What is done, in the order of the request.
    public let operations: [Operation]
    /// Errors after which the rest is left undone; nil for none.
    public let failOnErrors: Int?

    /// - Throws: `invalidSyntax`; 413 for too many operations.
    public init(_ body: SCIMValue) throws(Fault) {
        if let schemas = body["schemas"]?.items,
            !schemas.contains(where: {
                AttributeName.areSame($0.string ?? "", SCIMURN.bulkRequest)
            })
        {
            throw .scim(.invalidSyntax, "schemas must have \(SCIMURN.bulkRequest).")
        }
        guard let list = body["Operations"]?.items, !list.isEmpty else {
            throw .scim(.invalidSyntax, "Operations must be a list with at least one operation.")
        }
        guard list.count <= Self.maximum else {
            throw Fault(
                .tooLarge, code: "scim_error",
                "A bulk request can have at most \(Self.maximum) operations.")
        }
        switch body["failOnErrors"] {
        case nil, .null: failOnErrors = nil
        case .integer(let count) where count > 0: failOnErrors = count
        default: throw .scim(.invalidValue, "failOnErrors must be a whole number from 1.")
        }
        var operations: [Operation] = []
        for item in list { operations.append(try Self.operation(item)) }
        self.operations = operations
        let names = operations.compactMap(\.bulkId)
        guard Set(names).count == names.count else {
            throw .scim(.invalidValue, "Each bulkId must be of one operation.")
        }
    }

    private static func operation(_ item: SCIMValue) throws(Fault) -> Operation {
        let word = item["method"]?.string ?? ""
        guard
            let method = Method.allCases.first(where: { AttributeName.areSame($0.rawValue, word) })
        else { throw .scim(.invalidSyntax, "method must be POST, PUT, PATCH or DELETE.") }
        guard let path = item["path"]?.string else {
            throw .scim(.invalidSyntax, "Each operation needs a path.")
        }
        let bulkId = item["bulkId"]?.string
        guard bulkId != nil || method != .post else {
            throw .scim(.invalidSyntax, "POST needs a bulkId.")
        }
        return Operation(
            method: method, bulkId: bulkId, version: item["version"]?.string, path: path,
            data: item["data"] ?? .null)
    }
}

extension SCIMBulk.Operation {
    private static let prefix = "bulkId:"

    /// The names of operations that it refers to.
    public var references: Set<String> {
        var names: Set<String> = []
        data.forEachText { text in
            if text.hasPrefix(Self.prefix) { names.insert(String(text.dropFirst(7))) }
        }
        for part in path.split(separator: "/") where part.hasPrefix(Self.prefix) {
            names.insert(String(part.dropFirst(7)))
        }
        return names
    }

    /// With ids in place of the names of operations that are done.
    public func resolved(_ ids: [String: String]) -> Self {
        func id(_ text: String) -> String {
            guard text.hasPrefix(Self.prefix) else { return text }
            return ids[String(text.dropFirst(7))] ?? text
        }
        var resolved = self
        resolved.data = data.mappingTexts(id)
        resolved.path = path.split(separator: "/", omittingEmptySubsequences: false)
            .map { id(String($0)) }.joined(separator: "/")
        return resolved
    }
}

extension SCIMValue {
    fileprivate func forEachText(_ body: (String) -> Void) {
        switch self {
        case .string(let text): body(text)
        case .array(let items): for item in items { item.forEachText(body) }
        case .object(let object): for member in object.members { member.value.forEachText(body) }
        default: break
        }
    }

    fileprivate func mappingTexts(_ change: (String) -> String) -> SCIMValue {
        switch self {
        case .string(let text): .string(change(text))
        case .array(let items): .array(items.map { $0.mappingTexts(change) })
        case .object(let object):
            .object(
                SCIMObject(object.members.map { ($0.name, $0.value.mappingTexts(change)) }))
        default: self
        }
    }
}
