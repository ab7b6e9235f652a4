import Contract
import Kernel
import SQLite

/// An invitation and its workspace.
struct InvitationInWorkspace: Sendable, Equatable {
    var invitation: WorkspaceInvitation
    let workspace: Workspace

    /// The name when the invitation ended, or the current one: somebody who isn't a member must not
    /// learn later names.
    var workspaceName: String { invitation.nameAtEnd ?? workspace.name }

    init(_ invitation: WorkspaceInvitation, _ workspace: Workspace) {
        self.invitation = invitation
        self.workspace = workspace
    }

    /// Loads the workspace, which always exists.
    init(_ invitation: WorkspaceInvitation, in db: some Queryable) throws {
        guard let workspace = try WorkspaceStore.find(invitation.workspaceId, in: db) else {
            throw Fault.unexpected("an invitation without a workspace")
        }
        self.init(invitation, workspace)
    }

    /// - Throws: 404 if there is none.
    static func find(_ id: String, in db: some Queryable) throws -> InvitationInWorkspace {
        guard let invitation = try WorkspaceInvitationStore.find(id, in: db) else {
            throw Fault.notFound
        }
        return try InvitationInWorkspace(invitation, in: db)
    }

    /// The invitation, if the caller can do `action` with it.
    /// - Parameter email: the caller's.
    static func admit(
        _ caller: Caller, _ email: String, to action: WorkspaceInvitationAction, _ id: String,
        _ db: some Queryable
    ) throws -> InvitationInWorkspace {
        let placed = try find(id, in: db)
        try WorkspacePolicy.authorize(action, try placed.standing(of: caller, email, db))
        return placed
    }

    private func standing(
        of caller: Caller, _ email: String, _ db: some Queryable
    ) throws -> WorkspaceInvitationStanding {
        let isMember =
            try WorkspaceMemberStore.find(caller.userId, of: workspace.id, in: db) != nil
        return WorkspaceInvitationStanding(
            isInvitee: email == invitation.email,
            isInviter: isMember && invitation.invitedBy == caller.userId,
            isOwner: isMember && workspace.ownerId == caller.userId)
    }
}
