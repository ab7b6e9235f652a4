import Kernel

/// What a context tells the decision point. Its policy alone decides; searches list candidates and
/// ask it about each, so that a search finds exactly what an evaluation allows.
public protocol DecisionMaker: Sendable {
    /// Decides each question, in order. Many are read off the event loop.
    func decide(_ items: [DecisionQuery.Item]) async throws -> [Decision]
    /// Users who may be able to do something with the thing: those with any grant for it besides
    /// what everyone has, the first after an id. nil if there is no such thing.
    /// - Parameter limit: fewer can be returned, also if others follow.
    func grantHolders(of resourceId: String, after: String, limit: Int) async throws
        -> GrantHolders?
    /// Ids of things with which the user may be able to do something, newest first.
    func resources(of subject: DecisionSubject, _ page: PageRequest) async throws -> Page<String>
}

/// Some users with a grant for one thing.
public struct GrantHolders: Sendable {
    /// The first ones after an id, ascending.
    public let userIds: [String]
    /// Whether there are no more.
    public let areAll: Bool

    public init(_ userIds: [String], areAll: Bool) {
        self.userIds = userIds
        self.areAll = areAll
    }
}
