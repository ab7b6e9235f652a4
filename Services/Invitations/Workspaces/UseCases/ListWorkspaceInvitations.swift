import Contract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite

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
    ) async throws -> Page<InvitationInWorkspace> {
        guard let user = try await directory.profile(of: caller.userId) else {
            return Page([], page, total: 0)
        }
        let now = clock.now()
        return try database.read { reader in
            try WorkspaceInvitationStore.page(
                to: user.email, status, at: now, page, in: reader
            ).map { try InvitationInWorkspace($0, in: reader) }
        }
    }
}
