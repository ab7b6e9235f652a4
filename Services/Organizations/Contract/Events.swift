import Contract

/// `organization.deleted`: its entities become personal.
public struct OrganizationDeleted: Codable, Sendable, Equatable {
    public static let type = "organization.deleted"

    public let organizationId: String
    public let actor: EventActor

    public init(organizationId: String, actor: EventActor) {
        self.organizationId = organizationId
        self.actor = actor
    }
}

/// `member.removed`: what he had as a member of the organization is no longer his.
public struct MemberRemoved: Codable, Sendable, Equatable {
    public static let type = "member.removed"

    public let organizationId: String
    public let userId: String
    /// Which time of his in the organization has ended.
    public let membershipId: String
    /// Takes over what nobody else is there for: the organization's longest-standing owner.
    public let successorId: String
    /// The successor's own membership: what they take over rests on it. Absent in events that were
    /// written before it was told.
    public let successorMembershipId: String?
    public let actor: EventActor

    public init(
        organizationId: String, userId: String, membershipId: String, successorId: String,
        successorMembershipId: String?, actor: EventActor
    ) {
        self.organizationId = organizationId
        self.userId = userId
        self.membershipId = membershipId
        self.successorId = successorId
        self.successorMembershipId = successorMembershipId
        self.actor = actor
    }
}
