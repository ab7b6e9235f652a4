import Kernel

/// The URL table: a tree of path segments. Literal segments go before parameters. Routes are known
/// by their numbers: a generic value would cost each match its unspecialised code.
public struct Router: Sendable {
    /// The result of a look-up.
    public enum Match {
        case found(Int, PathParameters)
        /// The path exists, with these methods.
        case methodNotAllowed([Method])
        case notFound
    }

    private final class Node: @unchecked Sendable {  // never changed after init
        var literals: [(segment: [UInt8], node: Node)] = []
        var parameter: Node?
        var values = [Int?](repeating: nil, count: Method.allCases.count)
    }

    private let root = Node()

    /// - Parameter routes: patterns like `/api/entities/{entityId}/shares`. A slash at the end
    ///   counts: `/console/` is another path than `/console`. Two routes that match the same
    ///   requests are a programming mistake and trap here, at start.
    public init(_ routes: [(method: Method, pattern: String, value: Int)]) {
        for route in routes {
            var node = root
            for segment in route.pattern.split(separator: "/") {
                node = Self.child(of: node, segment)
            }
            // The empty segment behind the last slash.
            if route.pattern.count > 1, route.pattern.hasSuffix("/") {
                node = Self.child(of: node, "")
            }
            let slot = Int(route.method.rawValue)
            precondition(node.values[slot] == nil, "two routes: \(route.method) \(route.pattern)")
            node.values[slot] = route.value
        }
    }

    private static func child(of node: Node, _ segment: Substring) -> Node {
        if segment.hasPrefix("{") {
            let child = node.parameter ?? Node()
            node.parameter = child
            return child
        }
        let bytes = Array(segment.utf8)
        if let known = node.literals.first(where: { $0.segment == bytes }) { return known.node }
        let child = Node()
        node.literals.append((bytes, child))
        return child
    }

    /// - Parameter path: a checked path, as `RequestHead.withPath` lends it. HEAD is served by the
    ///   route of GET.
    public func match(_ method: Method, _ path: UnsafeRawBufferPointer) -> Match {
        guard path.first == ASCII.slash else { return .notFound }
        var search = Search(method: method == .head ? .get : method, path: path)
        // `/` has no segment; any other path has one behind each slash.
        if let value = search.visit(root, from: path.count == 1 ? 2 : 1) {
            return .found(value, search.parameters)
        }
        return search.allowed.isEmpty ? .notFound : .methodNotAllowed(search.allowed)
    }

    private struct Search {
        let method: Method
        let path: UnsafeRawBufferPointer
        var parameters = PathParameters()
        var allowed: [Method] = []

        mutating func visit(_ node: Node, from start: Int) -> Int? {
            if start > path.count { return end(node) }
            var stop = start
            while stop < path.count, path[stop] != ASCII.slash { stop += 1 }
            let segment = UnsafeRawBufferPointer(rebasing: path[start..<stop])
            for (literal, child) in node.literals where segment.equals(literal) {
                if let value = visit(child, from: stop + 1) { return value }
                // The path is this one, with other methods: no parameter means it too.
                if !allowed.isEmpty { return nil }
            }
            guard let child = node.parameter, stop > start else { return nil }
            let count = parameters.count
            parameters.append(start..<stop)
            if let value = visit(child, from: stop + 1) { return value }
            parameters.removeLast(to: count)
            return nil
        }

        private mutating func end(_ node: Node) -> Int? {
            if let value = node.values[Int(method.rawValue)] { return value }
            for other in Method.allCases where node.values[Int(other.rawValue)] != nil {
                // Several patterns may match the path with the same methods.
                if !allowed.contains(other) { allowed.append(other) }
                if other == .get, !allowed.contains(.head) { allowed.append(.head) }
            }
            return nil
        }
    }
}

/// Where the parameters of a matched path stand in it, in the order of the pattern; no allocation.
public struct PathParameters: Sendable {
    /// Parameters of the pattern.
    public private(set) var count = 0
    private var storage: (Range<Int>, Range<Int>, Range<Int>, Range<Int>) = (
        0..<0, 0..<0, 0..<0, 0..<0
    )

    /// None: of a path without parameters.
    public init() {}

    init(_ ranges: [Range<Int>]) {
        for range in ranges { append(range) }
    }

    /// Where the parameter stands in the path, in bytes.
    public subscript(index: Int) -> Range<Int> {
        switch index {
        case 0: storage.0
        case 1: storage.1
        case 2: storage.2
        default: storage.3
        }
    }

    mutating func append(_ range: Range<Int>) {
        switch count {
        case 0: storage.0 = range
        case 1: storage.1 = range
        case 2: storage.2 = range
        case 3: storage.3 = range
        default: preconditionFailure("a pattern has at most four parameters")
        }
        count += 1
    }

    mutating func removeLast(to count: Int) { self.count = count }
}
