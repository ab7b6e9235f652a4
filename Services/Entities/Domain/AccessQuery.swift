/// A question: can this user access this entity?
public struct AccessQuery: Sendable, Hashable {
    public let entityId: String
    public let userId: String

    public init(entityId: String, userId: String) {
        self.entityId = entityId
        self.userId = userId
    }
}
