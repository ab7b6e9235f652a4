import Contract

/// `organization.deleted`: the organization's entities become personal.
public struct OrganizationDeleted: Codable, Sendable, Equatable {
    public static let type = "organization.deleted"

    public let organizationId: String
    public let actor: EventActor

    public init(organizationId: String, actor: EventActor) {
        self.organizationId = organizationId
        self.actor = actor
    }
}

/// `member.removed`: what the user had as a member of the organization ends.
public struct MemberRemoved: Codable, Sendable, Equatable {
    public static let type = "member.removed"

    public let organizationId: String
    public let userId: String
    /// The membership that has ended; a user who joins again has another one.
    public let membershipId: String
    /// Takes over what has no other publisher: the organization's longest-standing owner.
    public let successorId: String
    /// The successor's own membership, on which what they take over depends. Absent in events that
    /// were written before this field existed.
    public let successorMembershipId: String?
    public let actor: EventActor
    /// The offboarding that ended the membership: what the user had then is left to its own event.
    public let operationId: String?

    public init(
        organizationId: String, userId: String, membershipId: String, successorId: String,
        successorMembershipId: String?, actor: EventActor, operationId: String? = nil
    ) {
        self.organizationId = organizationId
        self.userId = userId
        self.membershipId = membershipId
        self.successorId = successorId
        self.successorMembershipId = successorMembershipId
        self.actor = actor
        self.operationId = operationId
    }
}
