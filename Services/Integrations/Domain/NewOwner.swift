import Kernel

/// The new owner that a request names.
struct NewOwner: Sendable, Equatable {
    let name: PrincipalName

    /// - Throws: 422 unless exactly one is given.
    init(userId: String?, teamId: String?) throws(Fault) {
        switch (userId, teamId) {
        case (let username?, nil): name = .user(username)
        case (nil, let id?): name = .team(id)
        default: throw .invalid("", "must have exactly one of userId and teamId")
        }
    }

    var unknown: Fault {
        switch name {
        case .user: .invalid("/userId", "must be the username of an existing user")
        case .team: .invalid("/teamId", "must be the id of an existing team")
        }
    }
}
