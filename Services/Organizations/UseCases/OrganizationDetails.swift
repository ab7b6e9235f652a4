import Contract

/// A member, and who he is.
struct MemberWithUser: Sendable, Equatable {
    let membership: Membership
    let user: UserProfile
}

/// An organization as its members see it.
struct OrganizationDetails: Sendable, Equatable {
    let organization: Organization
    /// The caller's.
    let role: Role?
    /// The longest-standing.
    var members: [MemberWithUser]
    let roles: [Role]
    let storage: Storage
    /// nil: the caller may not see it.
    let registryKey: String?
}

extension Membership {
    func withUser(_ profiles: [String: UserProfile]) -> MemberWithUser {
        MemberWithUser(membership: self, user: profiles[userId] ?? .unknown(userId))
    }
}
