import Contract
import Kernel

/// A share: `GET`, `PUT /api/integrations/{id}/shares/{principalId}`
public struct IntegrationShareBody: Codable, Sendable, Equatable {
    public let integrationId: String
    public let principalId: String
    public let accessLevel: Int
    public let createdAt: Timestamp
    public let updatedAt: Timestamp

    public init(
        integrationId: String, principalId: String, accessLevel: Int, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.integrationId = integrationId
        self.principalId = principalId
        self.accessLevel = accessLevel
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A share in the list of an integration's shares, with its user or team.
public struct IntegrationShareWithPrincipalBody: Codable, Sendable, Equatable {
    public let integrationId: String
    public let principalId: String
    public let accessLevel: Int
    public let principal: PrincipalBody

    public init(integrationId: String, accessLevel: Int, principal: PrincipalBody) {
        self.integrationId = integrationId
        principalId = principal.id
        self.accessLevel = accessLevel
        self.principal = principal
    }
}

public enum PrincipalType: String, CaseIterable, Codable, Sendable {
    case user
    case team
}

/// A user or a team that has access.
public struct PrincipalBody: Codable, Sendable, Equatable {
    /// `user:<username>` or `team:<teamId>`.
    public let id: String
    public let name: String
    public let type: PrincipalType

    public init(id: String, name: String, type: PrincipalType) {
        self.id = id
        self.name = name
        self.type = type
    }
}

/// `PUT /api/integrations/{id}/shares/{principalId}`
public struct ShareLevelBody: Codable, Sendable {
    /// 1 if absent.
    public let accessLevel: Patch<WholeNumber>
    /// Whether a user who gets access is mailed; true if absent.
    public let notify: Bool?

    public init(accessLevel: Int? = nil, notify: Bool? = nil) {
        self.notify = notify
        self.accessLevel = accessLevel.map { .value(WholeNumber($0)) } ?? .unchanged
    }
}

/// An access level whose decoding errors always name the range.
public struct WholeNumber: Codable, Sendable, Equatable {
    public let value: Int

    public init(_ value: Int) { self.value = value }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            value = try container.decode(Int.self)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: IntegrationLimits.accessLevelRule)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}
