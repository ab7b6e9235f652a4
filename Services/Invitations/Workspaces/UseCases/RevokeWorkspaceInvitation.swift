import Contract
import Kernel
import WriteKit

extension WorkspacesUseCases {
    func revokeInvitation(
        _ id: String, by caller: Caller
    ) async throws -> PendingWrite<InvitationInWorkspace, WorkspaceInvitation> {
        try await changePending(.withdraw, id, by: caller) { [self] tx, placed, _ in
            try revoke(placed.invitation, to: placed.workspace, by: caller, in: tx)
        }
    }
}
