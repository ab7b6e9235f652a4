import Contract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite

/// An invitation, and who sent it, if its invitee can learn that.
struct ReceivedWorkspaceInvitation: Sendable {
    let placed: InvitationInWorkspace
    let inviter: UserProfile?
}

extension WorkspacesUseCases {
    /// The pending ones to a workspace: the owner sees all, others those that they sent.
    func listPending(
        to workspaceId: String, _ page: PageRequest, by caller: Caller
    ) throws -> Page<InvitationInWorkspace> {
        let now = clock.now()
        return try database.read { reader in
            let access = try Self.admit(caller, to: .listInvitations, in: workspaceId, reader)
            let found =
                WorkspacePolicy.seesAllInvitations(access.permissions)
                ? try WorkspaceInvitationStore.openPage(
                    to: workspaceId, at: now, page, in: reader)
                : try WorkspaceInvitationStore.openPage(
                    to: workspaceId, by: caller.userId, at: now, page, in: reader)
            return found.map { InvitationInWorkspace($0, access.workspace) }
        }
    }

    /// Those to the caller's address, newest first.
    func listMine(
        _ status: WorkspaceInvitationStatus?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ReceivedWorkspaceInvitation> {
        guard let user = try await directory.profile(of: caller.userId) else {
            return Page([], page, total: 0)
        }
        let now = clock.now()
        let found = try database.read { reader in
            try WorkspaceInvitationStore.page(
                to: user.email, status, at: now, page, in: reader
            ).map { invitation in
                let isShown =
                    switch invitation.status(at: now) {
                    case .pending: true
                    case .accepted:
                        try WorkspaceMemberStore.find(
                            user.id, of: invitation.workspaceId, in: reader) != nil
                    case .rejected, .expired, .revoked: false
                    }
                return (
                    placed: try InvitationInWorkspace(invitation, in: reader), isShown: isShown
                )
            }
        }
        let shown = found.items.filter(\.isShown).map(\.placed.invitation.invitedBy)
        let inviters = try await directory.profiles(of: shown)
        return found.map { one in
            ReceivedWorkspaceInvitation(
                placed: one.placed,
                inviter: one.isShown ? inviters[one.placed.invitation.invitedBy] : nil)
        }
    }
}
