/// The entities context.
public protocol Entities: Sendable {
    /// A user's relation to an entity; nil if the entity does not exist.
    func standing(of userId: String, to entityId: String) async throws -> EntityStanding?
}
