import Contract
import Kernel

/// Every public route of the entities context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them, OpenAPI and the reference page are made from them.
public enum EntityRoutes {
    /// What changes or removes an entity, its versions and its installations needs this.
    static let write = ["entities:write"]

    /// In the order of the product's reference.
    public static let groups = [
        entities, shares, publishers, versions, installations, access,
    ]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    /// What the paths of these routes have in common.
    static let entityId = Member("entityId", "The entity.", .id("ent_"))

    /// The lists that can be narrowed to one kind of entity.
    static let ofType = Member("type", "Only entities of this type.", .words(EntityWords.types))

    // MARK: Problems that several routes have in common

    static let notPublisher = ProblemType.forbidden(
        "not_a_publisher", "The caller sees the entity, but does not publish it.")
    static let notOwner = ProblemType.forbidden(
        "not_the_owner", "The caller sees the entity, but does not own it.")
    static let userDeleted = ProblemType.forbidden(
        "user_deleted", "The caller was deleted while the request was on its way.")
    static let slugTaken = ProblemType.conflict(
        "slug_taken", "Another entity has this slug already.")
    static let accessUnknown = ProblemType.unavailable(
        "access_unknown", "A service that knows of access can't be asked at the moment.")
}
