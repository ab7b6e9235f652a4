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

    /// One place in the tree. Nodes name each other by their numbers in one array, and segments are
    /// ranges of one: a search through objects would retain each that it looks at.
    private struct Node {
        var literals: Range<Int> = 0..<0
        var parameter: Int?
        /// The first of its values, one for each method.
        var values: Int
    }

    private struct Literal {
        let segment: Range<Int>
        let node: Int
    }

    private static let methods = Method.allCases.count
    private var nodes: [Node] = []
    /// Those of one node follow each other.
    private var literals: [Literal] = []
    private var segments: [UInt8] = []
    /// -1 for none.
    private var values: [Int] = []

    /// - Parameter routes: patterns like `/api/entities/{entityId}/shares`. A slash at the end
    ///   counts: `/console/` is another path than `/console`. Two routes that match the same
    ///   requests are a programming mistake and trap here, at start.
    public init(_ routes: [(method: Method, pattern: String, value: Int)]) {
        let tree = Tree()
        for route in routes { tree.add(route.method, route.pattern, route.value) }
        _ = add(tree)
    }

    /// Children get their numbers before their own children.
    private mutating func add(_ tree: Tree) -> Int {
        let number = nodes.count
        nodes.append(Node(values: values.count))
        values += tree.values.map { $0 ?? -1 }
        var children: [Literal] = []
        for (segment, child) in tree.literals {
            let start = segments.count
            segments += segment
            children.append(Literal(segment: start..<segments.count, node: add(child)))
        }
        nodes[number].literals = literals.count..<(literals.count + children.count)
        literals += children
        nodes[number].parameter = tree.parameter.map { add($0) }
        return number
    }

    /// The URL table while it is made.
    private final class Tree {
        var literals: [(segment: [UInt8], tree: Tree)] = []
        var parameter: Tree?
        var values = [Int?](repeating: nil, count: Router.methods)

        func add(_ method: Method, _ pattern: String, _ value: Int) {
            var tree = self
            for segment in pattern.split(separator: "/") { tree = tree.child(segment) }
            // The empty segment behind the last slash.
            if pattern.count > 1, pattern.hasSuffix("/") { tree = tree.child("") }
            let slot = Int(method.rawValue)
            precondition(tree.values[slot] == nil, "two routes: \(method) \(pattern)")
            tree.values[slot] = value
        }

        private func child(_ segment: Substring) -> Tree {
            if segment.hasPrefix("{") {
                let child = parameter ?? Tree()
                parameter = child
                return child
            }
            let bytes = Array(segment.utf8)
            if let known = literals.first(where: { $0.segment == bytes }) { return known.tree }
            let child = Tree()
            literals.append((bytes, child))
            return child
        }
    }

    /// - Parameter path: a checked path, as `RequestHead.withPath` lends it. HEAD is served by the
    ///   route of GET.
    public func match(_ method: Method, _ path: UnsafeRawBufferPointer) -> Match {
        guard path.first == ASCII.slash else { return .notFound }
        var search = Search(method: method == .head ? .get : method, path: path)
        // `/` has no segment; any other path has one behind each slash.
        if let value = visit(0, from: path.count == 1 ? 2 : 1, &search) {
            return .found(value, search.parameters)
        }
        return search.allowed.isEmpty ? .notFound : .methodNotAllowed(search.allowed)
    }

    private struct Search {
        let method: Method
        let path: UnsafeRawBufferPointer
        var parameters = PathParameters()
        var allowed: [Method] = []
    }

    private func visit(_ number: Int, from start: Int, _ search: inout Search) -> Int? {
        let (node, path) = (nodes[number], search.path)
        if start > path.count { return end(node, &search) }
        var stop = start
        while stop < path.count, path[stop] != ASCII.slash { stop += 1 }
        for index in node.literals where isEqual(literals[index].segment, path, start..<stop) {
            if let value = visit(literals[index].node, from: stop + 1, &search) { return value }
            // The path is this one, with other methods: no parameter means it too.
            if !search.allowed.isEmpty { return nil }
        }
        guard let child = node.parameter, stop > start else { return nil }
        let count = search.parameters.count
        search.parameters.append(start..<stop)
        if let value = visit(child, from: stop + 1, &search) { return value }
        search.parameters.removeLast(to: count)
        return nil
    }

    private func isEqual(
        _ segment: Range<Int>, _ path: UnsafeRawBufferPointer, _ part: Range<Int>
    ) -> Bool {
        guard segment.count == part.count else { return false }
        for offset in 0..<part.count
        where segments[segment.lowerBound + offset] != path[part.lowerBound + offset] {
            return false
        }
        return true
    }

    private func end(_ node: Node, _ search: inout Search) -> Int? {
        let value = values[node.values + Int(search.method.rawValue)]
        if value >= 0 { return value }
        for other in Method.allCases where values[node.values + Int(other.rawValue)] >= 0 {
            // Several patterns may match the path with the same methods.
            if !search.allowed.contains(other) { search.allowed.append(other) }
            if other == .get, !search.allowed.contains(.head) { search.allowed.append(.head) }
        }
        return nil
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
