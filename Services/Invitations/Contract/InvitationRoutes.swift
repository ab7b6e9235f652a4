import Contract
import Kernel

/// Every public route of the invitations context, declared once: the service mounts them, the
/// gateway routes and checks scopes by them, OpenAPI and the reference page are made from them.
public enum InvitationRoutes {
    static let write = ["invitations:write"]

    /// In the order of the product's reference.
    public static let groups =
        [invitations, collaborators, mine] + WorkspaceRoutes.groups + WebhookRoutes.groups

    public static let all: [Endpoint] = groups.flatMap(\.endpoints)

    static let entity = Member("id", "The entity's id.", .id("ent_").naming(.entity))

    // MARK: Invitations

    static let invitations = EndpointGroup(
        "Invitations",
        "The owner of an entity invites people by e-mail to collaborate on it. Each invitee gets a "
            + "link that accepts the invitation with one click.",
        path: [entity, Member("invId", "The invitation's id.", .id("inv_"))],
        [
            createInvitation, createInvitations, listInvitations, getInvitation, revokeInvitation,
            resendInvitation,
        ])

    private static let fullEntity = ProblemType.quotaExceeded(
        "collaborators and pending invitations of the entity")

    public static let createInvitation = Endpoint(
        "createInvitation", .post, "/api/v1/entities/{id}/invitations", scopes: write,
        summary: "Invite a user to an entity; its owner only",
        details: "The `accept_url` only shows the invitation: accepting it requires signing in "
            + "with the invited address. The e-mail contains another link, which signs the invitee "
            + "in.",
        takes: .json(NewInvitationBody.self), answers: .created(InvitationBody.self, tagged: true),
        problems: [
            InvitationProblems.ownerRequired, .userDeleted,
            InvitationProblems.alreadyInvited, InvitationProblems.alreadyCollaborator,
            InvitationProblems.quotaExceeded, InvitationProblems.entitiesUnavailable, fullEntity,
        ])
    public static let createInvitations = Endpoint(
        "createInvitations", .post, "/api/v1/entities/{id}/invitations/bulk", scopes: write,
        summary: "Invite up to \(InvitationLimits.bulk) users at once",
        details: "Addresses are handled one by one; each has its own result.",
        takes: .json(BulkInvitationsBody.self),
        answers: .ok(BulkResultsBody.self, "One result for each address, in the given order."),
        problems: managed)
    public static let listInvitations = Endpoint(
        "listInvitations", .get, "/api/v1/entities/{id}/invitations",
        summary: "List the invitations to an entity; its owner only", details: "Newest first.",
        query: [status], answers: .snakeList(of: InvitationBody.self), problems: seen)
    public static let getInvitation = Endpoint(
        "getInvitation", .get, "/api/v1/entities/{id}/invitations/{invId}",
        summary: "Get an invitation", answers: .ok(InvitationBody.self, "The invitation."),
        problems: seen)
    public static let revokeInvitation = Endpoint(
        "revokeInvitation", .delete, "/api/v1/entities/{id}/invitations/{invId}", scopes: write,
        summary: "Revoke a pending invitation",
        answers: .ok(InvitationBody.self, "The revoked invitation."),
        problems: managed + [InvitationProblems.notPending])
    public static let resendInvitation = Endpoint(
        "resendInvitation", .post, "/api/v1/entities/{id}/invitations/{invId}/resend",
        scopes: write, summary: "Resend an invitation with new links",
        details: "The previous links stop working. The invitation is valid for its original number "
            + "of days from now, and never expires earlier than before. An expired invitation "
            + "becomes pending again.",
        answers: .ok(InvitationBody.self, "The updated invitation.", tagged: true),
        problems: managed + [
            InvitationProblems.notPending, InvitationProblems.alreadyInvited,
            InvitationProblems.alreadyCollaborator, fullEntity, InvitationProblems.tooManyResends,
            InvitationProblems.quotaExceeded,
        ])

    private static let seen = [
        InvitationProblems.ownerRequired, InvitationProblems.entitiesUnavailable,
    ]
    private static let managed = seen + [.userDeleted]

    static let status = Member(
        "status", "Only invitations with this status.", .words(InvitationStatus.allCases))

    // MARK: Collaborators

    static let collaborators = EndpointGroup(
        "Collaborators",
        "Users who have accepted an invitation. Collaborating is the last step of the access "
            + "hierarchy.",
        path: [entity, Member("userId", "The user's id.", .id("usr_").naming(.user))],
        [listCollaborators, removeCollaborator])

    public static let listCollaborators = Endpoint(
        "listCollaborators", .get, "/api/v1/entities/{id}/collaborators",
        summary: "List an entity's collaborators; its owner and collaborators only",
        details: "Newest first.", answers: .snakeList(of: CollaboratorBody.self), problems: seen)
    public static let removeCollaborator = Endpoint(
        "removeCollaborator", .delete, "/api/v1/entities/{id}/collaborators/{userId}",
        scopes: write, summary: "Remove a collaborator, or leave as one",
        details: "The owner can remove any collaborator; collaborators can remove themselves.",
        answers: .noContent, problems: managed + [InvitationProblems.cannotRemoveSelf])

    // MARK: The invitee

    static let mine = EndpointGroup(
        "My invitations", "Invitations to the caller's address.",
        [listMyInvitations, acceptInvitation, declineInvitation])

    public static let listMyInvitations = Endpoint(
        "listMyInvitations", .get, "/api/v1/invitations",
        summary: "List the invitations to the caller's address", details: "Newest first.",
        query: [status], answers: .snakeList(of: ReceivedInvitationBody.self))
    public static let acceptInvitation = Endpoint(
        "acceptInvitation", .post, "/api/v1/invitations/accept", scopes: write,
        summary: "Accept an invitation to the caller's address",
        details: "Idempotent. The inviter's permission is checked again.",
        takes: .json(AcceptBody.self),
        answers: .ok(InvitationBody.self, "The accepted invitation."),
        problems: ended + [
            InvitationProblems.emailMismatch, .userDeleted,
            InvitationProblems.linkReplaced, InvitationProblems.entitiesUnavailable,
        ])

    public static let declineInvitation = Endpoint(
        "declineInvitation", .post, "/api/v1/invitations/decline", scopes: write,
        summary: "Decline an invitation to the caller's address",
        details: "Idempotent. Its status becomes `revoked`, and the inviter can send a new one.",
        takes: .json(DeclineBody.self),
        answers: .ok(InvitationBody.self, "The declined invitation."),
        problems: ended + [
            InvitationProblems.emailMismatch, .userDeleted, InvitationProblems.linkReplaced,
        ])

    /// Why a link leads nowhere.
    public static let ended = [
        InvitationProblems.unknownLink, InvitationProblems.expired, InvitationProblems.revoked,
        InvitationProblems.used, InvitationProblems.inviterGone,
    ]
}
