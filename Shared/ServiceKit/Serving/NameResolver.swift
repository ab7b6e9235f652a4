import CLinux
import Contract
import Glibc
import HTTPCore
import Kernel

/// What a request names by an external id.
public struct ExternalName: Hashable, Sendable {
    /// Never a principal: that is a user by username, or a team.
    public let kind: Named
    /// In NFC.
    public let externalId: String

    public init(_ kind: Named, _ externalId: String) {
        self.kind = kind
        self.externalId = externalId
    }
}

/// Finds users or things by their external ids, for a server whose requests can name them so.
public protocol NameResolver: Sendable {
    /// What it finds. Other names are left to the service that gets the request next.
    var kinds: Set<Named> { get }
    /// Our own names of those that exist.
    /// - Parameters:
    ///   - names: each once.
    ///   - caller: who learns from the response, at most, which of them exist.
    func resolve(
        _ names: [ExternalName], for caller: Caller
    ) async throws -> [ExternalName: String]
    /// The same for one name, if that needs no waiting.
    func resolveNow(_ name: ExternalName, for caller: Caller) throws -> ResolvedName
    /// Another one when a name that `resolveNow` finds can have come to mean something else. Nil
    /// if that is not known, or what it finds depends on the caller.
    var version: Int? { get }
}

extension NameResolver {
    /// Nothing is known.
    public var version: Int? { nil }
}

/// What is known of a name at once.
public enum ResolvedName: Sendable, Equatable {
    /// Our own name.
    case ours(String)
    /// It belongs to nothing.
    case unknown
    /// `NameResolver.resolve` has to be asked.
    case later

    /// - Parameter name: nil for `unknown`.
    public init(_ name: String?) { self = name.map(Self.ours) ?? .unknown }
}

/// Resolves the external ids of requests before their handlers see them, by what the routes
/// declare: handlers, use cases and other services work with our own ids alone.
///
/// A name that belongs to nobody is left as it is. It is no id of ours, so it is handled like an
/// unknown id.
struct RequestNames: Sendable {
    private let resolver: any NameResolver
    /// Of each route; nil where it names nothing that the resolver finds.
    private let inputs: [NamedInput?]

    init(_ table: RouteTable, _ resolver: any NameResolver) {
        self.resolver = resolver
        inputs = table.routes.map {
            $0.leavesNames ? nil : NamedInput($0.endpoint, resolver.kinds)
        }
    }

    /// Where the request to a route may name something by an external id.
    func places(in request: RequestContext, to route: Int) -> NamePlaces {
        inputs[route]?.places(in: request) ?? []
    }

    /// What the request to a route names by external ids; nil if nothing.
    func find(in request: RequestContext, to route: Int, _ places: NamePlaces) -> FoundNames? {
        inputs[route]?.find(in: request, places)
    }

    /// What our own names in a path can be kept under (`RecentPaths`).
    var version: Int? { resolver.version }

    /// As many names are looked up one by one; of more, all at once.
    private static let few = 8

    /// The request with our own names; nil if it has to wait for them.
    func resolveNow(_ found: FoundNames, in request: RequestContext) throws -> RequestContext? {
        guard found.count <= Self.few else { return nil }
        let caller = request.caller
        var found = found
        var mustWait = false
        try found.resolve { name in
            switch try resolver.resolveNow(name, for: caller) {
            case .ours(let text): return text
            case .unknown: return nil
            case .later:
                mustWait = true
                return nil
            }
        }
        return mustWait ? nil : found.replaced(in: request)
    }

    /// The request with our own names.
    func resolve(_ found: FoundNames, in request: RequestContext) async throws -> RequestContext {
        let names = try await resolver.resolve(found.names, for: request.caller)
        var found = found
        found.resolve { names[$0] }
        return found.replaced(in: request)
    }
}

/// Where requests to a route can hold a name that a resolver finds.
struct NamedInput: Sendable {
    private let path: [Named?]
    private let query: [String: Named]
    /// nil: nowhere in the body.
    private let body: BodySchema?
    private let kinds: Set<Named>

    /// nil: nowhere.
    init?(_ endpoint: Endpoint, _ kinds: Set<Named>) {
        guard endpoint.access == .user, endpoint.isStrict else { return nil }
        // A principal is one or the other, as each of its values says.
        let isUseful = { (named: Named) in
            kinds.contains(named)
                || named == .principal && !kinds.isDisjoint(with: [.username, .team])
        }
        self.kinds = kinds
        path = PathID.all(in: endpoint.path).map { $0?.names.flatMap { isUseful($0) ? $0 : nil } }
        query = endpoint.documentation.query.reduce(into: [:]) { query, member in
            if let named = member.rule.names, isUseful(named) { query[member.name] = named }
        }
        // Every test that makes a server of the route finds a type without a schema.
        let schema = try? endpoint.bodySchema()
        body = schema?.named.contains(where: isUseful) == true ? schema : nil
        guard path.contains(where: { $0 != nil }) || !query.isEmpty || body != nil else {
            return nil
        }
    }

    func places(in request: RequestContext) -> NamePlaces {
        var places: NamePlaces = []
        if request.head.withPath(ExternalBytes.mayBe(inTarget:)) { places.insert(.path) }
        if request.head.withQuery(ExternalBytes.mayBe(inTarget:)) { places.insert(.query) }
        if body != nil, ExternalBytes.mayBe(inBody: request.body) { places.insert(.body) }
        return places
    }

    func find(in request: RequestContext, _ places: NamePlaces) -> FoundNames? {
        var found = FoundNames()
        if !places.isDisjoint(with: [.path, .query]) { findInTarget(of: request, &found) }
        if let body, places.contains(.body) {
            found.body = JSONSyntax.names(in: request.body, by: body)
                .filter { kinds.contains($0.name.name.kind) }
        }
        return found.isEmpty ? nil : found
    }

    private func findInTarget(of request: RequestContext, _ found: inout FoundNames) {
        found.path = path.enumerated().map { index, named in
            guard let named, let text = request.head.decodedPath(request.parameters[index]) else {
                return nil
            }
            return name(text, named)
        }
        guard !query.isEmpty, let items = request.head.queryItems() else { return }
        for item in items {
            if let named = query[item.name], let name = name(item.value, named) {
                found.query.append((item.name, item.value, name))
            }
        }
    }

    private func name(_ text: String, _ named: Named) -> FoundNames.Name? {
        FoundNames.Name(text, named).flatMap { kinds.contains($0.name.kind) ? $0 : nil }
    }
}

/// Parts of a request that may hold names.
struct NamePlaces: OptionSet {
    let rawValue: UInt8

    static let path = NamePlaces(rawValue: 1)
    static let query = NamePlaces(rawValue: 2)
    static let body = NamePlaces(rawValue: 4)
}

/// Tells from the bytes of a request whether it can name anything by an external id at all: what
/// all others cost is this.
enum ExternalBytes {
    /// Percent-encoded, it can have any spelling.
    static func mayBe(inTarget bytes: UnsafeRawBufferPointer) -> Bool {
        has(UInt8(ascii: "%"), bytes) || containsPrefix(bytes)
    }

    /// Escaped, too.
    static func mayBe(inBody bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { has(UInt8(ascii: "\\"), $0) || containsPrefix($0) }
    }

    /// Most targets have no colon, and looking for that is much faster.
    private static func containsPrefix(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard has(UInt8(ascii: ":"), bytes), let start = bytes.baseAddress else { return false }
        return memmem(start, bytes.count, ExternalID.prefix, ExternalID.prefix.utf8.count) != nil
    }

    private static func has(_ byte: UInt8, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress else { return false }
        return memchr(start, Int32(byte), bytes.count) != nil
    }
}
