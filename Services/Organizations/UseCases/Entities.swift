/// Who publishes what: the entities context.
public protocol Entities: Sendable {
    /// How a user stands to an entity; nil if there is no such entity. What fails throws.
    func standing(of userId: String, to entityId: String) async throws -> EntityStanding?
}
