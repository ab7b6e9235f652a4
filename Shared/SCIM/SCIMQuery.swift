import Kernel

/// What a list is asked for (RFC 7644 §3.4.2), by the query or the body of `.search`.
public struct SCIMQuery: Sendable {
    /// Resources of one response, unless the request wants fewer.
    public static let defaultCount = 100
    /// The most of one response.
    public static let maximumCount = 200

    /// Which resources; nil for all.
    public var filter: SCIMFilter?
    /// Which of their attributes.
    public var projection = Projection.all
    /// What orders them; nil for the server.
    public var sortBy: AttributePath?
    /// Whether the greatest comes first.
    public var isDescending = false
    /// From 1.
    public var startIndex = 1
    /// How many at most.
    public var count = SCIMQuery.defaultCount

    public init() {}

    /// The names of its parameters.
    public static let names = [
        "filter", "attributes", "excludedAttributes", "sortBy", "sortOrder", "startIndex", "count",
    ]

    /// - Parameter value: of a parameter; nil if it is not given.
    public init(parameters value: (String) throws(Fault) -> String?) throws(Fault) {
        func names(_ name: String) throws(Fault) -> [String] {
            try value(name)?.split(separator: ",").map {
                String($0.trimming(while: { $0 == " " }))
            } ?? []
        }
        filter = try Self.filter(try value("filter"))
        projection = try Projection(
            attributes: try names("attributes"),
            excludedAttributes: try names("excludedAttributes"))
        try sort(by: try value("sortBy"), order: try value("sortOrder"))
        limit(
            from: try value("startIndex").map { text throws(Fault) in try Self.number(text) },
            count: try value("count").map { text throws(Fault) in try Self.number(text) })
    }

    /// - Parameter body: of `.search` (RFC 7644 §3.4.3).
    public init(search body: SCIMValue) throws(Fault) {
        func text(_ name: String) throws(Fault) -> String? {
            guard let value = body[name], value != .null else { return nil }
            guard let text = value.string else {
                throw .scim(.invalidSyntax, "\(name) must be a text.")
            }
            return text
        }
        func names(_ name: String) throws(Fault) -> [String] {
            guard let value = body[name], value != .null else { return [] }
            let texts = (value.items ?? [value]).compactMap(\.string)
            return texts.flatMap { $0.split(separator: ",").map(String.init) }
        }
        func number(_ name: String) throws(Fault) -> Int? {
            guard let value = body[name], value != .null else { return nil }
            guard case .integer(let number) = value else {
                throw .scim(.invalidValue, "\(name) must be a whole number.")
            }
            return number
        }
        filter = try Self.filter(try text("filter"))
        projection = try Projection(
            attributes: try names("attributes"),
            excludedAttributes: try names("excludedAttributes"))
        try sort(by: try text("sortBy"), order: try text("sortOrder"))
        limit(from: try number("startIndex"), count: try number("count"))
    }

    private static func filter(_ text: String?) throws(Fault) -> SCIMFilter? {
        guard let text else { return nil }
        return try SCIMFilter(text)
    }

    private mutating func sort(by path: String?, order: String?) throws(Fault) {
        if let path { sortBy = try AttributePath(parsing: path) }
        guard let order else { return }
        isDescending = AttributeName.areSame(order, "descending")
        guard isDescending || AttributeName.areSame(order, "ascending") else {
            throw .scim(.invalidValue, "sortOrder must be ascending or descending.")
        }
    }

    /// RFC 7644 §3.4.2.4: what is less than the least counts as the least.
    private mutating func limit(from start: Int?, count: Int?) {
        startIndex = max(1, min(start ?? 1, 1_000_000_000))
        self.count = max(0, min(count ?? Self.defaultCount, Self.maximumCount))
    }

    private static func number(_ text: String) throws(Fault) -> Int {
        guard let number = Int(text) else {
            throw .scim(.invalidValue, "startIndex and count must be whole numbers.")
        }
        return number
    }
}

extension Substring {
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        var text = self.drop(while: isTrimmed)
        while let last = text.last, isTrimmed(last) { text.removeLast() }
        return text
    }
}

/// A part of a list.
public struct SCIMPage: Sendable {
    /// In the order of the list.
    public let resources: [SCIMObject]
    /// Of the whole list.
    public let total: Int

    public init(_ resources: [SCIMObject], total: Int) {
        self.resources = resources
        self.total = total
    }

    /// The message that has it (RFC 7644 §3.4.2).
    public func message(from startIndex: Int) -> SCIMValue {
        [
            "schemas": [.string(SCIMURN.listResponse)], "totalResults": .integer(total),
            "startIndex": .integer(startIndex), "itemsPerPage": .integer(resources.count),
            "Resources": .array(resources.map { .object($0) }),
        ]
    }
}

extension SCIMQuery {
    /// Whether resources have to be looked at, rather than counted.
    public var needsSelection: Bool { filter != nil || sortBy != nil }

    /// How many resources are sorted for one request.
    static let maximumSorted = 100_000

    /// Picks the resources that it asks for, of all that there are.
    public struct Selection: Sendable {
        private let query: SCIMQuery
        private var found: [(key: SortKey, resource: SCIMObject)] = []
        private var total = 0

        public init(_ query: SCIMQuery) { self.query = query }

        /// Takes the next resource in the server's order, if it meets a filter.
        /// - Parameter filter: the query's, or what of it is not known to be met.
        /// - Throws: `tooMany` for more matches than are sorted.
        public mutating func take(
            _ resource: SCIMObject, _ schema: SCIMSchema, if filter: SCIMFilter?
        ) throws(Fault) {
            if let filter, try !filter.matches(resource, schema) { return }
            total += 1
            guard let path = query.sortBy else {
                let isOnPage = total >= query.startIndex && found.count < query.count
                if isOnPage { found.append((SortKey(), resource)) }
                return
            }
            guard total <= SCIMQuery.maximumSorted else {
                throw .scim(.tooMany, "More resources match than are sorted: narrow the filter.")
            }
            found.append((try SortKey(path, of: resource, schema), resource))
        }

        /// The page.
        public var page: SCIMPage {
            guard query.sortBy != nil else { return SCIMPage(found.map(\.resource), total: total) }
            // Those without a value are last (RFC 7644 §3.4.2.3), ties keep their order.
            let sorted = found.enumerated().sorted { a, b in
                let (one, other) = (a.element.key, b.element.key)
                if one == other { return a.offset < b.offset }
                if one.text == nil || other.text == nil { return other.text == nil }
                return query.isDescending ? other < one : one < other
            }
            let shown = sorted.dropFirst(query.startIndex - 1).prefix(query.count)
            return SCIMPage(shown.map(\.element.resource), total: total)
        }
    }

    struct SortKey: Sendable, Comparable {
        var text: String?

        init() {}

        init(_ path: AttributePath, of resource: SCIMObject, _ schema: SCIMSchema) throws(Fault) {
            guard let found = try path.values(of: resource, schema.all, comparing: true) else {
                return
            }
            // The primary value stands for all of them.
            let elements = try path.elements(of: resource, schema.all)
            let primary = elements.firstIndex { $0["primary"]?.bool == true } ?? 0
            guard found.values.indices.contains(primary) else { return }
            switch found.values[primary] {
            case .string(let value):
                text = found.attribute.isCaseExact ? value : Text.folded(value)
            case .bool(let value): text = value ? "1" : "0"
            case .integer(let value): text = String(value)
            default: return
            }
        }

        static func < (a: SortKey, b: SortKey) -> Bool {
            (a.text ?? "").utf8.lexicographicallyPrecedes((b.text ?? "").utf8)
        }
    }
}
