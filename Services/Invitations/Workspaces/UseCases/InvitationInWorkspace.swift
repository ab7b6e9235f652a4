import Contract
import Kernel
import SQLite

/// An invitation, and the workspace that it is to.
struct InvitationInWorkspace: Sendable, Equatable {
    var invitation: WorkspaceInvitation
    let workspace: Workspace

    /// What it was called when the invitation ended, or is called now: the invitation says nothing
    /// of what came later to who may not be in it.
    var workspaceName: String { invitation.nameAtEnd ?? workspace.name }

    init(_ invitation: WorkspaceInvitation, _ workspace: Workspace) {
        self.invitation = invitation
        self.workspace = workspace
    }

    /// With its workspace, without which there is no invitation.
    init(_ invitation: WorkspaceInvitation, in db: some Queryable) throws {
        guard let workspace = try WorkspaceStore.find(invitation.workspaceId, in: db) else {
            throw Fault.unexpected("an invitation to no workspace")
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

    /// The invitation, if the caller may do `action` with it.
    /// - Parameter email: his address.
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
            isOwner: workspace.ownerId == caller.userId)
    }
}
