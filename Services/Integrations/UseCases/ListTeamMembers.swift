import Contract
import GatewayClient
import Kernel
import SQLite

/// A member of a team and their profile.
struct TeamMemberWithUser: Sendable, Equatable {
    let member: TeamMember
    let user: UserProfile
}

extension IntegrationsUseCases {
    /// Newest first.
    func listTeamMembers(
        of id: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<TeamMemberWithUser> {
        let members = try readTeam(.see, on: id, by: caller) { reader, team in
            try TeamMemberStore.page(of: team.id, page, in: reader)
        }
        let profiles = try await directory.profiles(of: Set(members.items.map(\.userId)))
        // A user who was just deleted appears under their id.
        return members.map {
            let nameless = UserProfile(
                id: $0.userId, email: "", username: $0.userId, displayName: "")
            return TeamMemberWithUser(member: $0, user: profiles[$0.userId] ?? nameless)
        }
    }
}
