import Contract
import GatewayClient
import Kernel
import SQLite

/// A collaborator and their profile.
struct CollaboratorWithUser: Sendable, Equatable {
    let collaborator: Collaborator
    let user: UserProfile
}

extension InvitationsUseCases {
    /// Newest first.
    func listCollaborators(
        of entityId: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<CollaboratorWithUser> {
        try await admit(caller, to: .listCollaborators, on: entityId)
        let found = try database.read { try CollaboratorStore.page(of: entityId, page, in: $0) }
        let profiles = try await directory.profiles(of: found.items.map(\.userId))
        return found.map {
            CollaboratorWithUser(
                collaborator: $0, user: profiles[$0.userId] ?? .unknown($0.userId))
        }
    }
}
