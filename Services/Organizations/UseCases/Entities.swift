/// The entities context.
public protocol Entities: Sendable {
    /// The ids of entities, by their external ids.
    func ids(ofEntities externalIds: [String]) async throws -> [String: String]
    /// A user's relation to an entity; nil if the entity does not exist.
    func standing(of userId: String, to entityId: String) async throws -> EntityStanding?
}
