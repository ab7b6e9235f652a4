import Contract
import Kernel

/// The public routes of workspaces.
public enum WorkspaceRoutes {
    static let write = ["workspaces:write"]

    public static let groups = [workspaces, sharing, invitations]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    static let workspace = Member("workspaceId", "The workspace.", .uuid)
    static let user = Member("userId", "The user.", .id("usr_"))
    static let invitation = Member(
        "invitationId", "The invitation.", .uuid, example: WorkspaceExamples.invitation)

    // MARK: Problems that several routes have in common

    static let ownerRequired = ProblemType.forbidden(
        "workspace_owner_required", "The caller is in the workspace and is not its owner.")
    static let inviterRequired = ProblemType.forbidden(
        "inviter_or_owner_required",
        "The caller was invited; he neither sent the invitation nor owns the workspace.")
    static let alreadyMember = ProblemType.conflict(
        "already_member", "The address is that of somebody who is in the workspace.")
    static let alreadyInvited = ProblemType.conflict(
        "already_invited",
        "The address has a pending invitation already; `invitationId` names it.")
    static let notPending = ProblemType.conflict(
        "invitation_not_pending", "It was answered or withdrawn, or has expired.")

    /// What no GET shows has no tag that `If-Match` could name.
    static let preconditionFailed = ProblemType(
        .preconditionFailed, "precondition_failed", "`If-Match` is something else than `*`.")

    // MARK: Workspaces

    static let workspaces = EndpointGroup(
        "Workspaces", "A workspace is its owner's, and of those whom he lets in.",
        path: [workspace],
        [
            createWorkspace, listWorkspaces, getWorkspace, updateWorkspace, deleteWorkspace,
            transferWorkspace,
        ])

    public static let createWorkspace = Endpoint(
        "createWorkspace", .post, "/api/v2/workspaces", scopes: write,
        summary: "Make a workspace; the caller owns it", takes: .json(NewWorkspaceBody.self),
        answers: .created(WorkspaceBody.self, tagged: true),
        problems: [
            InvitationRoutes.userDeleted, .quotaExceeded("workspaces created by the caller"),
        ])
    public static let listWorkspaces = Endpoint(
        "listWorkspaces", .get, "/api/v2/workspaces",
        summary: "The workspaces that the caller is in", details: "Newest first.",
        answers: .list(of: WorkspaceBody.self))
    public static let getWorkspace = Endpoint(
        "getWorkspace", .get, "/api/v2/workspaces/{workspaceId}", summary: "One workspace",
        answers: .ok(WorkspaceBody.self, "The workspace."))
    public static let updateWorkspace = Endpoint(
        "updateWorkspace", .patch, "/api/v2/workspaces/{workspaceId}", scopes: write,
        summary: "Change a workspace's name; its owner only",
        takes: .json(WorkspacePatchBody.self),
        answers: .ok(WorkspaceBody.self, "The workspace as it is now.", tagged: true),
        problems: [ownerRequired, InvitationRoutes.userDeleted])
    public static let deleteWorkspace = Endpoint(
        "deleteWorkspace", .delete, "/api/v2/workspaces/{workspaceId}", scopes: write,
        summary: "Delete a workspace; its owner only",
        details: "Everybody is out, and nobody is invited any more.", answers: .noContent,
        problems: [ownerRequired, InvitationRoutes.userDeleted])
    public static let transferWorkspace = Endpoint(
        "transferWorkspace", .put, "/api/v2/workspaces/{workspaceId}/owner", scopes: write,
        summary: "Hand a workspace over to one of its users; its owner only",
        details: "The former owner stays, with `write`.", takes: .json(WorkspaceOwnerBody.self),
        answers: .ok(WorkspaceBody.self, "The workspace, as the former owner sees it now."),
        problems: [ownerRequired, InvitationRoutes.userDeleted])

    // MARK: Who is in it

    static let sharing = EndpointGroup(
        "Workspace sharing", "Who is in a workspace, and what he may do there.",
        path: [workspace, user],
        [inviteToWorkspace, listPending, listSharedUsers, changePermissions, removeSharedUser])

    public static let inviteToWorkspace = Endpoint(
        "inviteToWorkspace", .post, "/api/v2/workspaces/{workspaceId}/invite", scopes: write,
        summary: "Invite a user to a workspace; its owner only",
        details: "The address is mailed. It needs no account yet: the invitation waits, and is in "
            + "the invitee's list when he has signed in for the first time.",
        takes: .json(WorkspaceInviteBody.self),
        answers: .ok(WorkspaceInvitationBody.self, "The invitation."),
        problems: [
            ownerRequired, InvitationRoutes.userDeleted, alreadyMember, alreadyInvited,
            .conflict(
                "workspace_full",
                "At most \(WorkspaceLimits.people) people are in a workspace, or invited to it."),
            InvitationRoutes.quota,
        ])
    public static let listPending = Endpoint(
        "listPendingWorkspaceInvitations", .post,
        "/api/v2/workspaces/{workspaceId}/pendingInvitations", readsOnly: true,
        summary: "The pending invitations to a workspace",
        details: "Its owner sees all, others those that they sent. Newest first.",
        answers: .list(of: WorkspaceInvitationBody.self))
    public static let listSharedUsers = Endpoint(
        "listSharedUsers", .get, "/api/v2/workspaces/{workspaceId}/sharedUsers",
        summary: "Everybody who is in a workspace, with their permissions",
        details: "Its owner among them. The last who came in first.",
        answers: .list(of: SharedUserBody.self))
    public static let changePermissions = Endpoint(
        "changeSharedUserPermissions", .post,
        "/api/v2/workspaces/{workspaceId}/sharedUsers/{userId}", scopes: write,
        summary: "Change a user's permissions in a workspace; its owner only",
        details: "What he has invited others to and may not give any more is withdrawn.",
        takes: .json(SharedUserPermissionsBody.self),
        answers: .ok(SharedUserBody.self, "The user, with his permissions now."),
        problems: [
            ownerRequired, InvitationRoutes.userDeleted,
            .conflict(
                "owner_is_fixed",
                "The owner's permissions can't be changed: hand the workspace over."),
            preconditionFailed,
        ])
    public static let removeSharedUser = Endpoint(
        "removeSharedUser", .post,
        "/api/v2/workspaces/{workspaceId}/sharedUsers/{userId}/remove", scopes: write,
        summary: "Remove a user from a workspace; its owner only, but anybody may leave",
        details: "The pending invitations that he sent are withdrawn, and one to his address if "
            + "the owner removes him.",
        answers: .ok(SharedUserBody.self, "The user who is out, with what he had."),
        problems: [
            ownerRequired, InvitationRoutes.userDeleted,
            .conflict(
                "owner_is_fixed", "The owner can't be removed: hand the workspace over first."),
            preconditionFailed,
        ])

    // MARK: Invitations

    static let invitations = EndpointGroup(
        "Workspace invitations",
        "What becomes of an invitation to a workspace. The invitee answers it; the inviter and "
            + "the workspace's owner manage it.", path: [invitation],
        [
            listMine, answerInvitation, changeExpiration, resendInvitation, withdrawInvitation,
        ])

    public static let listMine = Endpoint(
        "listMyWorkspaceInvitations", .get, "/api/v2/workspaceInvitations",
        summary: "The invitations to the caller's own address", details: "Newest first.",
        query: [
            Member("status", "Only those with this status.", .words(WorkspaceWords.statuses))
        ], answers: .list(of: WorkspaceInvitationBody.self))
    public static let answerInvitation = Endpoint(
        "answerWorkspaceInvitation", .post, "/api/v2/workspaceInvitations/{invitationId}",
        scopes: write, summary: "Accept or reject an invitation to one's own address",
        takes: .json(WorkspaceInvitationResponseBody.self),
        answers: .ok(WorkspaceInvitationBody.self, "The invitation, answered."),
        problems: [
            .forbidden(
                "email_mismatch",
                "`userEmail` is not the caller's address, or the invitation is for another."),
            InvitationRoutes.userDeleted,
            .conflict("invitation_answered", "It was accepted or rejected before."),
            ProblemType(.gone, "invitation_expired", "It has expired."),
            ProblemType(.gone, "invitation_revoked", "It was withdrawn."),
        ])
    public static let changeExpiration = Endpoint(
        "changeWorkspaceInvitationExpiration", .post,
        "/api/v2/workspaceInvitations/{invitationId}/expiration", scopes: write,
        summary: "Set until when a pending invitation can be accepted",
        details: "By who sent it or the workspace's owner. In the future, a year ahead at most.",
        takes: .json(WorkspaceExpirationBody.self),
        answers: .ok(WorkspaceInvitationBody.self, "The invitation as it is now."),
        problems: [inviterRequired, InvitationRoutes.userDeleted, notPending])
    public static let resendInvitation = Endpoint(
        "resendWorkspaceInvitation", .post,
        "/api/v2/workspaceInvitations/{invitationId}/resend", scopes: write,
        summary: "Mail a pending invitation again",
        details: "By who sent it or the workspace's owner, once a minute.",
        answers: .ok(WorkspaceInvitationBody.self, "The invitation as it is now."),
        problems: [
            inviterRequired, InvitationRoutes.userDeleted, notPending,
            ProblemType(
                .rateLimited, "resent_too_soon",
                "It was mailed less than \(WorkspaceLimits.resendPause) seconds ago."),
            InvitationRoutes.quota,
        ])
    public static let withdrawInvitation = Endpoint(
        "withdrawWorkspaceInvitation", .delete, "/api/v2/workspaceInvitations/{invitationId}",
        scopes: write, summary: "Withdraw a pending invitation",
        details: "By who sent it or the workspace's owner. It is `revoked` from then on.",
        answers: .noContent,
        problems: [
            inviterRequired, InvitationRoutes.userDeleted, notPending, preconditionFailed,
        ])
}
