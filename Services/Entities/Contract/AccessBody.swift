import Contract
import Kernel

/// `GET /api/entities/{entityId}/access`
public struct AccessBody: Codable, Sendable, Equatable {
    public struct Path: Codable, Sendable, Equatable {
        public let via: AccessStep
        /// The share or publication; nil for publishers and collaborators.
        @OrNull public var grantId: String?
        public let grantedBy: String
        public let grantedAt: Timestamp
        /// The organization whose store gives access.
        public let organizationId: String?
        /// nil: the grant does not expire.
        public let expiresAt: Timestamp?
        /// An explanation in one sentence.
        public let detail: String

        public init(
            via: AccessStep, grantId: String?, grantedBy: String, grantedAt: Timestamp,
            organizationId: String? = nil, expiresAt: Timestamp? = nil, detail: String
        ) {
            self.via = via
            self.grantedBy = grantedBy
            self.grantedAt = grantedAt
            self.organizationId = organizationId
            self.expiresAt = expiresAt
            self.detail = detail
            _grantId = OrNull(wrappedValue: grantId)
        }
    }

    public let granted: Bool
    /// Only where grants did not decide.
    public let reason: AccessReason?
    /// The first step that grants access.
    @OrNull public var via: AccessStep?
    /// Every grant, in the order of the steps.
    public let paths: [Path]

    public init(paths: [Path], reason: AccessReason? = nil) {
        self.granted = !paths.isEmpty
        self.reason = reason
        self.via = paths.first?.via
        self.paths = paths
    }
}

/// `DELETE /api/entities/{entityId}/access/{userId}`
public struct AccessRevocationBody: Codable, Sendable, Equatable {
    public let removed: [AccessBody.Path]
    /// Through stores.
    public let remaining: [AccessBody.Path]

    public init(removed: [AccessBody.Path], remaining: [AccessBody.Path]) {
        self.removed = removed
        self.remaining = remaining
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

/// Why a check was not granted whatever the grants are.
public enum AccessReason: String, Codable, Sendable, CaseIterable {
    /// The check is about another user, and the caller is neither a publisher nor has the scope
    /// `access:check`.
    case notAllowedToAsk = "not_allowed_to_ask"
    /// The user of the check is suspended.
    case userSuspended = "user_suspended"
}

/// `results` are in the order of the checks.
public struct AccessResultsBody: Codable, Sendable, Equatable {
    public struct Result: Codable, Sendable, Equatable {
        public let entityId: String
        public let userId: String
        public let granted: Bool
        /// Only where grants did not decide.
        public let reason: AccessReason?
        @OrNull public var via: AccessStep?

        public init(
            entityId: String, userId: String, via: AccessStep?, reason: AccessReason? = nil
        ) {
            self.entityId = entityId
            self.userId = userId
            self.granted = via != nil
            self.reason = reason
            self.via = via
        }
    }

    public let results: [Result]

    public init(results: [Result]) { self.results = results }
}
