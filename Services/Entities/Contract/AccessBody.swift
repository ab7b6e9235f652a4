import Contract

/// `GET /api/entities/{entityId}/access`
public struct AccessBody: Codable, Sendable, Equatable {
    public struct Path: Codable, Sendable, Equatable {
        public let via: AccessStep
        /// An explanation in one sentence.
        public let detail: String

        public init(via: AccessStep, detail: String) {
            self.via = via
            self.detail = detail
        }
    }

    public let granted: Bool
    /// The first step that grants access.
    @OrNull public var via: AccessStep?
    /// Every grant, in the order of the steps.
    public let paths: [Path]

    public init(paths: [Path]) {
        self.granted = !paths.isEmpty
        self.via = paths.first?.via
        self.paths = paths
    }
}

/// `POST /api/access/check`
public struct AccessChecksBody: Codable, Sendable {
    public struct Check: Codable, Sendable {
        public let entityId: String
        /// nil: the caller.
        public let userId: String?

        public init(entityId: String, userId: String? = nil) {
            self.entityId = entityId
            self.userId = userId
        }
    }

    public let checks: [Check]

    public init(checks: [Check]) { self.checks = checks }
}

/// `results` are in the order of the checks.
public struct AccessResultsBody: Codable, Sendable, Equatable {
    public struct Result: Codable, Sendable, Equatable {
        public let entityId: String
        public let userId: String
        public let granted: Bool
        @OrNull public var via: AccessStep?

        public init(entityId: String, userId: String, via: AccessStep?) {
            self.entityId = entityId
            self.userId = userId
            self.granted = via != nil
            self.via = via
        }
    }

    public let results: [Result]

    public init(results: [Result]) { self.results = results }
}
