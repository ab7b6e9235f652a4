import Kernel

/// A user's time in an organization.
struct Membership: Sendable, Equatable {
    /// Another one each time that he joins.
    let id: String
    let organizationId: String
    let userId: String
    var role: Role
    let joinedAt: Timestamp

    var isOwner: Bool { role.builtIn == .owner }
}

extension Membership {
    static let alreadyMember = Fault(
        .conflict, code: "already_member", "This user is a member already.")

    /// An organization keeps an owner, whoever leaves, goes or is given another role.
    /// - Parameter other: whether there is another owner; asked if he is one himself.
    func checkLeavesAnOwner(_ other: () throws -> Bool) throws {
        guard isOwner, try !other() else { return }
        throw Fault(
            .conflict, code: "last_owner",
            "An organization keeps at least one owner: name another one first.")
    }
}
