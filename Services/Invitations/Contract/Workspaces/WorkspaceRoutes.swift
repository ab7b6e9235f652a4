import Contract
import Kernel

/// The public routes of workspaces.
public enum WorkspaceRoutes {
    static let write = ["workspaces:write"]

    public static let groups = [workspaces, sharing, invitations]

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    static let workspace = Member("workspaceId", "The workspace's id.", .uuid.naming(.workspace))
    static let user = Member("userId", "The user's id.", .id("usr_").naming(.user))
    static let invitation = Member(
        "invitationId", "The invitation's id.", .uuid, example: WorkspaceExamples.invitation)

    // MARK: Workspaces

    static let workspaces = EndpointGroup(
        "Workspaces", "A workspace has one owner, who invites users to it.",
        path: [workspace],
        [
            createWorkspace, listWorkspaces, getWorkspace, updateWorkspace, deleteWorkspace,
            transferWorkspace,
        ])

    public static let createWorkspace = Endpoint(
        "createWorkspace", .post, "/api/v2/workspaces", scopes: write,
        summary: "Create a workspace owned by the caller", takes: .json(NewWorkspaceBody.self),
        answers: .created(WorkspaceBody.self, tagged: true),
        problems: [
            .userDeleted, .externalIdTaken, .adminTokenRequired,
            .quotaExceeded("workspaces created by the caller"),
        ])
    public static let listWorkspaces = Endpoint(
        "listWorkspaces", .get, "/api/v2/workspaces",
        summary: "List the workspaces of the caller or of another user",
        details: "Those that the user is a member of, newest first, with the user's permissions.",
        query: [.userWithAccess], answers: .list(of: WorkspaceBody.self),
        problems: [.insufficientScope])
    public static let getWorkspace = Endpoint(
        "getWorkspace", .get, "/api/v2/workspaces/{workspaceId}", answersAtOnce: .always,
        summary: "Get a workspace",
        answers: .ok(WorkspaceBody.self, "The workspace."))
    public static let updateWorkspace = Endpoint(
        "updateWorkspace", .patch, "/api/v2/workspaces/{workspaceId}", scopes: write,
        summary: "Rename a workspace; its owner only",
        takes: .json(WorkspacePatchBody.self),
        answers: .ok(WorkspaceBody.self, "The updated workspace.", tagged: true),
        problems: owned + [.externalIdTaken, .adminTokenRequired])
    public static let deleteWorkspace = Endpoint(
        "deleteWorkspace", .delete, "/api/v2/workspaces/{workspaceId}", scopes: write,
        summary: "Delete a workspace; its owner only",
        details: "Removes all members and revokes all pending invitations.", answers: .noContent,
        problems: owned)
    public static let transferWorkspace = Endpoint(
        "transferWorkspace", .put, "/api/v2/workspaces/{workspaceId}/owner", scopes: write,
        summary: "Transfer ownership to another member; the owner only",
        details: "The previous owner stays a member with `write`.",
        takes: .json(WorkspaceOwnerBody.self),
        answers: .ok(WorkspaceBody.self, "The workspace as the previous owner now sees it."),
        problems: owned)

    private static let owned = [WorkspaceProblems.ownerRequired, .userDeleted]

    // MARK: Members

    static let sharing = EndpointGroup(
        "Workspace sharing", "The members of a workspace and their permissions.",
        path: [workspace, user],
        [
            createWorkspaceInvitation, listPending, listSharedUsers, changePermissions,
            removeSharedUser,
        ])

    public static let createWorkspaceInvitation = Endpoint(
        "createWorkspaceInvitation", .post, "/api/v2/workspaces/{workspaceId}/invite",
        scopes: write,
        summary: "Invite a user to a workspace; its owner only",
        details: "We send an e-mail to the address. It doesn't need an account yet: the invitation "
            + "appears in the invitee's list after they sign in for the first time.",
        takes: .json(WorkspaceInviteBody.self),
        answers: .ok(WorkspaceInvitationBody.self, "The invitation."),
        problems: owned + [
            WorkspaceProblems.alreadyMember, InvitationProblems.alreadyInvited,
            WorkspaceProblems.full, InvitationProblems.quotaExceeded,
        ])
    public static let listPending = Endpoint(
        "listWorkspaceInvitations", .post,
        "/api/v2/workspaces/{workspaceId}/pendingInvitations", readsOnly: true,
        summary: "List the pending invitations to a workspace",
        details: "The owner sees all, other members see those that they sent. Newest first.",
        answers: .list(of: WorkspaceInvitationBody.self))
    public static let listSharedUsers = Endpoint(
        "listSharedUsers", .get, "/api/v2/workspaces/{workspaceId}/sharedUsers",
        summary: "List a workspace's members and their permissions",
        details: "Including the owner. Newest first.", answers: .list(of: SharedUserBody.self))
    public static let changePermissions = Endpoint(
        "updateSharedUser", .post,
        "/api/v2/workspaces/{workspaceId}/sharedUsers/{userId}", scopes: write,
        summary: "Change a member's permissions; the owner only",
        details: "Pending invitations that the member sent are revoked if they give more than the "
            + "member's new permissions.",
        takes: .json(SharedUserPermissionsBody.self),
        answers: .ok(SharedUserBody.self, "The member with the new permissions."),
        problems: membersManaged)
    public static let removeSharedUser = Endpoint(
        "removeSharedUser", .post,
        "/api/v2/workspaces/{workspaceId}/sharedUsers/{userId}/remove", scopes: write,
        summary: "Remove a member, or leave a workspace",
        details: "The owner can remove any other member; members can remove themselves. Pending "
            + "invitations that the member sent are revoked and, if the owner removes the member, "
            + "the one to the member's own address.",
        answers: .ok(SharedUserBody.self, "The removed member with their previous permissions."),
        problems: membersManaged)

    private static let membersManaged =
        owned + [WorkspaceProblems.ownerIsFixed, WorkspaceProblems.preconditionFailed]

    // MARK: Invitations

    static let invitations = EndpointGroup(
        "Workspace invitations",
        "The invitee accepts or rejects an invitation; the user who sent it and the workspace's "
            + "owner manage it.", path: [invitation],
        [
            listMine, answerInvitation, changeExpiration, resendInvitation, withdrawInvitation,
        ])

    public static let listMine = Endpoint(
        "listMyWorkspaceInvitations", .get, "/api/v2/workspaceInvitations",
        summary: "List the workspace invitations to the caller's address",
        details: "Newest first.",
        query: [
            Member(
                "status", "Only invitations with this status.",
                .words(WorkspaceInvitationStatus.allCases))
        ], answers: .list(of: ReceivedWorkspaceInvitationBody.self))
    public static let answerInvitation = Endpoint(
        "answerWorkspaceInvitation", .post, "/api/v2/workspaceInvitations/{invitationId}",
        scopes: write, summary: "Accept or reject an invitation to the caller's address",
        takes: .json(WorkspaceInvitationResponseBody.self),
        answers: .ok(WorkspaceInvitationBody.self, "The accepted or rejected invitation."),
        problems: [
            WorkspaceProblems.emailMismatch, .userDeleted,
            WorkspaceProblems.answered, InvitationProblems.expired, InvitationProblems.revoked,
            InvitationProblems.inviterGone,
        ])
    public static let changeExpiration = Endpoint(
        "updateWorkspaceInvitationExpiration", .post,
        "/api/v2/workspaceInvitations/{invitationId}/expiration", scopes: write,
        summary: "Change when a pending invitation expires",
        details: "The user who sent it and the workspace's owner can do this.",
        takes: .json(WorkspaceExpirationBody.self),
        answers: .ok(WorkspaceInvitationBody.self, "The updated invitation."),
        problems: managed)
    public static let resendInvitation = Endpoint(
        "resendWorkspaceInvitation", .post,
        "/api/v2/workspaceInvitations/{invitationId}/resend", scopes: write,
        summary: "Resend a pending invitation",
        details: "The user who sent it and the workspace's owner can do this, once a minute.",
        answers: .ok(WorkspaceInvitationBody.self, "The updated invitation."),
        problems: managed + [WorkspaceProblems.resentTooSoon, InvitationProblems.quotaExceeded])
    public static let withdrawInvitation = Endpoint(
        "revokeWorkspaceInvitation", .delete, "/api/v2/workspaceInvitations/{invitationId}",
        scopes: write, summary: "Revoke a pending invitation",
        details: "The user who sent it and the workspace's owner can do this. Its status becomes "
            + "`revoked`.",
        answers: .noContent, problems: managed + [WorkspaceProblems.preconditionFailed])

    private static let managed = [
        WorkspaceProblems.inviterOrOwnerRequired, .userDeleted,
        InvitationProblems.notPending,
    ]
}
