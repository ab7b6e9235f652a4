import Contract
import Kernel

/// A user's installation of an entity.
public struct InstallationBody: Codable, Sendable, Equatable {
    public let entityId: String
    /// nil: installed before there was a version.
    @OrNull public var version: String?
    /// Whether the user still has access to the entity.
    public let usable: Bool
    public let installedAt: Timestamp
    public let entity: EntitySummaryBody

    public init(
        entityId: String, version: String?, usable: Bool, installedAt: Timestamp,
        entity: EntitySummaryBody
    ) {
        self.entityId = entityId
        self.version = version
        self.usable = usable
        self.installedAt = installedAt
        self.entity = entity
    }
}

/// `PUT /api/entities/{entityId}/installation`; the body may be missing.
public struct InstallBody: Codable, Sendable {
    /// nil: the latest version.
    public let version: String?

    public init(version: String? = nil) { self.version = version }
}
