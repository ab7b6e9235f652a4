import Kernel
import OrganizationsContract

/// A user's membership in an organization.
struct Membership: Sendable, Equatable {
    /// A user who joins again gets another one.
    let id: String
    let organizationId: String
    let userId: String
    var role: Role
    let joinedAt: Timestamp

    var isOwner: Bool { role.builtIn == .owner }
}

extension Membership {
    /// An organization keeps an owner, whoever leaves, is removed or changes roles.
    /// - Parameter hasOther: whether there is another owner; called only for an owner.
    func checkLeavesAnOwner(_ hasOther: () throws -> Bool) throws {
        guard isOwner, try !hasOther() else { return }
        throw Fault(OrganizationProblems.lastOwner)
    }
}
