import Contract

/// `GET /api/entities/{entityId}/people`
public struct PeopleBody: Codable, Sendable, Equatable {
    public struct Person: Codable, Sendable, Equatable {
        public let user: UserProfile
        /// The first step that grants access.
        public let via: AccessStep
        /// Every grant, in the order of the steps.
        public let paths: [AccessBody.Path]

        public init(user: UserProfile, via: AccessStep, paths: [AccessBody.Path]) {
            self.user = user
            self.via = via
            self.paths = paths
        }
    }

    public let items: [Person]
    /// nil: this is the last page.
    @OrNull public var next: String?
    /// Whether a public store opens the entity to everybody.
    public let everyone: Bool

    public init(items: [Person], next: String?, everyone: Bool) {
        self.items = items
        self.everyone = everyone
        _next = OrNull(wrappedValue: next)
    }
}
