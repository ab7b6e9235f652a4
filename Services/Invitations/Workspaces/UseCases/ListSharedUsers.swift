import Contract
import GatewayClient
import Kernel
import SQLite

/// A member and their profile.
struct WorkspaceMemberWithUser: Sendable, Equatable {
    let member: WorkspaceMember
    let user: UserProfile
}

extension WorkspacesUseCases {
    /// Newest first.
    func listSharedUsers(
        of workspaceId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<WorkspaceMemberWithUser> {
        let found = try database.read { reader in
            _ = try Self.admit(caller, to: .listMembers, in: workspaceId, reader)
            return try WorkspaceMemberStore.page(of: workspaceId, page, in: reader)
        }
        let profiles = try await directory.profiles(of: found.items.map(\.userId))
        return found.map {
            WorkspaceMemberWithUser(member: $0, user: profiles[$0.userId] ?? .unknown($0.userId))
        }
    }
}
