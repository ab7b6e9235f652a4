import Contract
import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit

/// The URL table of workspaces.
package struct WorkspacesAPI: Sendable {
    let useCases: WorkspacesUseCases

    package init(useCases: WorkspacesUseCases) { self.useCases = useCases }

    package var routes: [Route] {
        workspaces + sharing + invitations
            + [
                .audit(WorkspaceRoutes.listAudit) {
                    guard let workspaceId = IDMinter.uuid($0) else { throw Fault.notFound }
                    return try useCases.listAudit(of: workspaceId, $1, $2, by: $3)
                }
            ]
    }

    private var workspaces: [Route] {
        [
            .change(WorkspaceRoutes.createWorkspace) { try await createWorkspace($0) },
            .now(WorkspaceRoutes.listWorkspaces) { try listWorkspaces($0) },
            .now(WorkspaceRoutes.getWorkspace) { try getWorkspace($0) },
            .change(WorkspaceRoutes.updateWorkspace) { try await updateWorkspace($0) },
            .change(WorkspaceRoutes.deleteWorkspace) { try await deleteWorkspace($0) },
            .change(WorkspaceRoutes.transferWorkspace) { try await transferWorkspace($0) },
        ]
    }

    private var sharing: [Route] {
        [
            .change(WorkspaceRoutes.createWorkspaceInvitation) { try await invite($0) },
            .now(WorkspaceRoutes.listPending) { try listPending($0) },
            .later(WorkspaceRoutes.listSharedUsers) { try await listSharedUsers($0) },
            .change(WorkspaceRoutes.changePermissions) { try await changePermissions($0) },
            .change(WorkspaceRoutes.removeSharedUser) { try await removeSharedUser($0) },
        ]
    }

    private var invitations: [Route] {
        [
            .later(WorkspaceRoutes.listMine) { try await listMine($0) },
            .change(WorkspaceRoutes.answerInvitation) { try await answerInvitation($0) },
            .change(WorkspaceRoutes.changeExpiration) { try await changeExpiration($0) },
            .change(WorkspaceRoutes.resendInvitation) { try await resendInvitation($0) },
            .change(WorkspaceRoutes.withdrawInvitation) { try await revokeInvitation($0) },
        ]
    }
}

extension RequestContext {
    /// - Throws: 404 unless it is a UUID.
    func uuid(_ name: String) throws(Fault) -> String {
        guard let id = IDMinter.uuid(try path(name)) else { throw .notFound }
        return id
    }

    var workspaceId: String { get throws(Fault) { try uuid("workspaceId") } }
}
