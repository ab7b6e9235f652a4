import Contract
import Kernel

/// Finds the things that requests name by external ids, each kind where it is known: in the
/// service's own tables, or at the service that owns it. It finds also what the caller can't see;
/// that is decided afterwards, as for any id.
public struct ThingNames: NameResolver {
    /// The ids of those that exist, by their external ids.
    public typealias Finder = @Sendable (_ externalIds: [String]) async throws -> [String: String]

    private let finders: [Named: Finder]

    /// - Parameter finders: one for each kind.
    public init(_ finders: [Named: Finder]) { self.finders = finders }

    /// Those with a finder.
    public var kinds: Set<Named> { Set(finders.keys) }

    /// One question for each kind.
    public func resolve(
        _ names: [ExternalName], for caller: Caller
    ) async throws -> [ExternalName: String] {
        var found: [ExternalName: String] = [:]
        for (kind, names) in Dictionary(grouping: names, by: \.kind) {
            let ids = try await finders[kind]?(names.map(\.externalId)) ?? [:]
            for name in names { found[name] = ids[name.externalId] }
        }
        return found
    }
}

extension Route {
    /// Answers other services, which things of this one requests name by external ids.
    public static func externalIds(
        _ endpoint: Endpoint, _ find: @escaping @Sendable ([String]) throws -> [String: String]
    ) -> Route {
        .now(endpoint) { request in
            let query = try request.decode(ExternalIDsQuery.self)
            return .json(ExternalIDsReply(ids: try find(query.externalIds)))
        }
    }
}

extension ServiceClient {
    /// The ids of the things that exist, by their external ids, of the service that owns them.
    public func ids(
        of externalIds: [String], by endpoint: Endpoint
    ) async throws -> [String: String] {
        try await call(
            endpoint, ExternalIDsQuery(externalIds: externalIds), as: ExternalIDsReply.self
        ).ids
    }
}
