import Contract
import Kernel

/// Every public route of the entities context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them, OpenAPI and the reference page are made from them.
public enum EntityRoutes {
    /// Required to change or remove an entity, its versions and its installations.
    static let write = ["entities:write"]

    /// In the order of the product's reference.
    public static let groups = [
        entities, shares, publishers, versions, installations, access,
    ]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    /// The path parameter that these routes share.
    static let entityId = Member("entityId", "The entity.", .id("ent_").naming(.entity))

    /// The query parameter of lists that can be filtered by the type of entity.
    static let ofType = Member("type", "Only entities of this type.", .entityType)
}
