import Contract
import Kernel

/// A published version.
public struct VersionBody: Codable, Sendable, Equatable {
    public let id: String
    public let entityId: String
    public let version: String
    public let packageUrl: String
    public let sha256: String
    @OrNull public var notes: String?
    public let publishedBy: String
    public let createdAt: Timestamp

    public init(
        id: String, entityId: String, version: String, packageUrl: String, sha256: String,
        notes: String?, publishedBy: String, createdAt: Timestamp
    ) {
        self.id = id
        self.entityId = entityId
        self.version = version
        self.packageUrl = packageUrl
        self.sha256 = sha256
        self.notes = notes
        self.publishedBy = publishedBy
        self.createdAt = createdAt
    }
}

/// `POST /api/entities/{entityId}/versions`
public struct NewVersionBody: Codable, Sendable {
    public let version: String
    public let packageUrl: String
    public let sha256: String
    public let notes: String?
    /// Whether a version lower than the latest is allowed.
    public let backport: Bool?

    public init(
        version: String, packageUrl: String, sha256: String, notes: String? = nil,
        backport: Bool? = nil
    ) {
        self.version = version
        self.packageUrl = packageUrl
        self.sha256 = sha256
        self.notes = notes
        self.backport = backport
    }
}
