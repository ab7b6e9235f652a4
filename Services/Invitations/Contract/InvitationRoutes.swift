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

    static let entity = Member("id", "The entity.", .id("ent_"))

    // MARK: Problems that several routes have in common

    static let ownerRequired = ProblemType.forbidden(
        "entity_owner_required", "The caller sees the entity and is not its owner.")
    static let userDeleted = ProblemType.forbidden(
        "user_deleted", "The caller was deleted while the request was on its way.")
    static let entitiesUnknown = ProblemType.unavailable(
        "entities_unavailable", "How the caller stands to the entity can't be found out.")
    static let alreadyInvited = ProblemType.conflict(
        "already_invited",
        "The address has a pending invitation already; `invitation_id` names it.")
    static let alreadyCollaborator = ProblemType.conflict(
        "already_collaborator", "The address is a collaborator's already.")
    static let quota = ProblemType(
        .rateLimited, "invitation_quota_exceeded",
        "An inviter may send \(InvitationLimits.hourly) an hour and \(InvitationLimits.daily) a "
            + "day, and have \(InvitationLimits.pending) pending.")
    static let notPending = ProblemType.conflict(
        "invitation_not_pending", "It was accepted, revoked or has expired.")

    // MARK: Invitations

    static let invitations = EndpointGroup(
        "Invitations",
        "The owner of an entity invites customers by e-mail to collaborate on it. Each gets a link "
            + "and is in with one click; what the owner does by the API stays his.",
        path: [entity, Member("invId", "The invitation.", .id("inv_"))],
        [
            createInvitation, createInvitations, listInvitations, getInvitation, revokeInvitation,
            resendInvitation,
        ])

    private static let fullEntity = ProblemType.quotaExceeded(
        "collaborators and pending invitations of the entity")

    public static let createInvitation = Endpoint(
        "createInvitation", .post, "/api/v1/entities/{id}/invitations", scopes: write,
        summary: "Invite somebody to an entity; its owner only",
        details: "The `accept_url` shows the invitation and lets nobody in by itself; the mail has "
            + "another link, which does.",
        takes: .json(NewInvitationBody.self), answers: .created(InvitationBody.self, tagged: true),
        problems: [
            ownerRequired, userDeleted, alreadyInvited, alreadyCollaborator, quota,
            entitiesUnknown, fullEntity,
        ])
    public static let createInvitations = Endpoint(
        "createInvitations", .post, "/api/v1/entities/{id}/invitations/bulk", scopes: write,
        summary: "Invite up to \(InvitationLimits.bulk) at once",
        details: "What is wrong with one keeps no other from being invited: its place in the "
            + "answer says so.",
        takes: .json(BulkInvitationsBody.self),
        answers: .ok(BulkResultsBody.self, "What became of each, in their order."),
        problems: [ownerRequired, userDeleted, entitiesUnknown])
    public static let listInvitations = Endpoint(
        "listInvitations", .get, "/api/v1/entities/{id}/invitations",
        summary: "The invitations to an entity; its owner only", details: "Newest first.",
        query: [status], answers: .snakeList(of: InvitationBody.self),
        problems: [ownerRequired, entitiesUnknown])
    public static let getInvitation = Endpoint(
        "getInvitation", .get, "/api/v1/entities/{id}/invitations/{invId}",
        summary: "One invitation", answers: .ok(InvitationBody.self, "The invitation."),
        problems: [ownerRequired, entitiesUnknown])
    public static let revokeInvitation = Endpoint(
        "revokeInvitation", .delete, "/api/v1/entities/{id}/invitations/{invId}", scopes: write,
        summary: "Withdraw a pending invitation",
        answers: .ok(InvitationBody.self, "The invitation, revoked."),
        problems: [ownerRequired, userDeleted, notPending, entitiesUnknown])
    public static let resendInvitation = Endpoint(
        "resendInvitation", .post, "/api/v1/entities/{id}/invitations/{invId}/resend",
        scopes: write, summary: "Mail an invitation again, with new links",
        details: "The old links stop working. It is good for as long as at first, and never for "
            + "less than before. One that has expired is pending again.",
        answers: .ok(InvitationBody.self, "The invitation as it is now.", tagged: true),
        problems: [
            ownerRequired, userDeleted, notPending, alreadyInvited, alreadyCollaborator,
            fullEntity,
            .conflict(
                "too_many_resends",
                "It was sent again \(InvitationLimits.resends) times already."), quota,
            entitiesUnknown,
        ])

    static let status = Member(
        "status", "Only those with this status.", .words(InvitationWords.statuses))

    // MARK: Collaborators

    static let collaborators = EndpointGroup(
        "Collaborators",
        "Who has accepted an invitation. A collaborator has access to the entity, as the last step "
            + "of the hierarchy.", path: [entity, Member("userId", "The user.", .id("usr_"))],
        [listCollaborators, removeCollaborator])

    public static let listCollaborators = Endpoint(
        "listCollaborators", .get, "/api/v1/entities/{id}/collaborators",
        summary: "The collaborators of an entity; for its owner and for them",
        details: "Newest first.", answers: .snakeList(of: CollaboratorBody.self),
        problems: [ownerRequired, entitiesUnknown])
    public static let removeCollaborator = Endpoint(
        "removeCollaborator", .delete, "/api/v1/entities/{id}/collaborators/{userId}",
        scopes: write, summary: "Remove a collaborator; a collaborator may leave",
        answers: .noContent,
        problems: [
            ownerRequired, userDeleted,
            .conflict(
                "cannot_remove_self", "The owner can't remove himself: transfer ownership first."),
            entitiesUnknown,
        ])

    // MARK: The invitee

    static let mine = EndpointGroup(
        "My invitations", "What somebody does who was invited.",
        [listMyInvitations, acceptInvitation])

    public static let listMyInvitations = Endpoint(
        "listMyInvitations", .get, "/api/v1/invitations",
        summary: "The invitations to the caller's own address", details: "Newest first.",
        query: [status], answers: .snakeList(of: InvitationBody.self))
    public static let acceptInvitation = Endpoint(
        "acceptInvitation", .post, "/api/v1/invitations/accept", scopes: write,
        summary: "Accept an invitation to one's own address",
        details: "Sent again it answers the same. Whether who invited may still do so is asked at "
            + "this moment.",
        takes: .json(AcceptBody.self),
        answers: .ok(InvitationBody.self, "The invitation, accepted."),
        problems: [
            .forbidden("email_mismatch", "The invitation is for another address."), userDeleted,
            ProblemType(.notFound, "not_found", "It leads to nothing."),
            ProblemType(.gone, "invitation_expired", "It has expired."),
            ProblemType(.gone, "invitation_revoked", "It was withdrawn or declined."),
            ProblemType(.gone, "invitation_used", "Somebody else has accepted it."),
            ProblemType(.gone, "invitation_link_replaced", "A newer mail has another link."),
            ProblemType(
                .gone, "inviter_gone", "Who sent it may not invite to the entity any more."),
            entitiesUnknown,
        ])

    // MARK: By the mail alone: the gateway answers these itself, as they begin a session

    public static let claims = EndpointGroup(
        "Claims",
        "The link in the mail of an invitation: whoever has it has the mailbox, and is in with one "
            + "step, as a new user if need be.", [claimInvitation])

    public static let claimInvitation = Endpoint(
        "claimInvitation", .post, "/api/v1/invitations/claim", access: .open,
        summary: "Take an invitation up with the secret from its mail",
        details: "Good for one use. The secret is in the mail alone, in no answer.",
        takes: .json(ClaimBody.self),
        answers: .created(ClaimedBody.self, "He is signed in and has accepted.", located: false),
        problems: [
            ProblemType(.notFound, "not_found", "It leads to nothing."),
            ProblemType(.gone, "invitation_expired", "It has expired."),
            ProblemType(.gone, "invitation_revoked", "It was withdrawn or declined."),
            ProblemType(.gone, "invitation_used", "It was accepted already."),
            ProblemType(
                .gone, "inviter_gone", "Who sent it may not invite to the entity any more."),
            ProblemType(
                .rateLimited, "too_many_sign_in_tries", "This client address has asked too often."),
        ])

    /// The pages behind the links, which the gateway serves to people.
    public static let pages = [showInvitation, answerInvitation, showClaim, takeClaim]

    public static let showInvitation = Endpoint(
        "showInvitation", .get, "/invitations/accept", access: .open,
        summary: "The page behind an accept_url",
        answers: .other("text/html", "The page."))
    public static let answerInvitation = Endpoint(
        "answerInvitationPage", .post, "/invitations/accept", access: .open,
        summary: "Its form", answers: .other("text/html", "The page."))
    public static let showClaim = Endpoint(
        "showClaim", .get, "/invitations/claim", access: .open,
        summary: "The page behind the link in a mail",
        answers: .other("text/html", "The page."))
    public static let takeClaim = Endpoint(
        "takeClaim", .post, "/invitations/claim", access: .open, summary: "Its form",
        answers: .other("text/html", "The page."))
}
