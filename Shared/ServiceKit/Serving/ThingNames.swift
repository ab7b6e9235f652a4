import Contract
import Kernel
import WriteKit

/// Finds the things that requests name by external ids, each kind where it is known: in the
/// service's own tables, or at the service that owns it. It finds also what the caller can't see;
/// that is decided afterwards, as for any id.
public struct ThingNames: NameResolver {
    /// Finds the ids of those that exist, by their external ids.
    public enum Finder: Sendable {
        /// In this service's own tables.
        case here(ThingsByExternalID)
        /// At the service that owns them.
        case there(@Sendable (_ externalIds: [String]) async throws -> [String: String])
    }

    private let finders: [Named: Finder]
    /// Those in the service's own tables. Each is in the service's one database.
    private let own: ThingsByExternalID?

    /// - Parameter finders: one for each kind.
    public init(_ finders: [Named: Finder]) {
        self.finders = finders
        own =
            finders.values.lazy.compactMap { finder in
                if case .here(let things) = finder { things } else { nil }
            }.first
    }

    /// Of the service's own database.
    public var version: Int? { own.flatMap(\.version) }

    /// Those with a finder.
    public var kinds: Set<Named> { Set(finders.keys) }

    /// One question for each kind.
    public func resolve(
        _ names: [ExternalName], for caller: Caller
    ) async throws -> [ExternalName: String] {
        var found: [ExternalName: String] = [:]
        for (kind, names) in Dictionary(grouping: names, by: \.kind) {
            let externalIds = names.map(\.externalId)
            let ids: [String: String]
            switch finders[kind] {
            case .here(let things): ids = try things.find(externalIds)
            case .there(let find): ids = try await find(externalIds)
            case nil: ids = [:]
            }
            for name in names { found[name] = ids[name.externalId] }
        }
        return found
    }

    /// If it is one of this service's own.
    public func resolveNow(_ name: ExternalName, for caller: Caller) throws -> ResolvedName {
        guard case .here(let things)? = finders[name.kind] else { return .later }
        return ResolvedName(try things.find(name.externalId))
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
