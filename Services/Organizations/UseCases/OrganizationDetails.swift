import Contract

/// A membership with its user.
struct MemberWithUser: Sendable, Equatable {
    let membership: Membership
    let user: UserProfile
}

/// An organization as members and platform admins see it.
struct OrganizationDetails: Sendable, Equatable {
    let organization: Organization
    /// The caller's role.
    let role: Role?
    /// The longest-standing members.
    var members: [MemberWithUser]
    let roles: [Role]
    let storage: Storage
    /// nil: the caller can't see it.
    let registryKey: String?
}

extension Membership {
    func withUser(_ profiles: [String: UserProfile]) -> MemberWithUser {
        MemberWithUser(membership: self, user: profiles[userId] ?? .unknown(userId))
    }
}
