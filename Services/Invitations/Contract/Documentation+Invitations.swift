import Contract
import Kernel

extension InvitationBody: Documented {
    public static let meaning = "An invitation to collaborate on an entity."

    public static var members: [Member] {
        [
            Member("id", "A ULID with the prefix `inv_`.", .id("inv_")),
            Member("entity_id", "The entity's id.", .id("ent_")),
            Member("email", "The invited address, in lower case.", example: "founder@example.com"),
            Member("role", "The role the invitee will get.", .words(CollaboratorRole.allCases)),
            Member("status", "The status.", .words(InvitationStatus.allCases)),
            Member("invited_by", "The user who last sent the invitation.", .id("usr_")),
            Member(
                "accept_url",
                "Link to the page that shows the invitation; accepting requires signing in with "
                    + "the invited address. Omitted from the response to a repeated request.",
                example: "https://latchkey.example/invitations/accept?token=inv_…"),
            Member("expires_at", "When the invitation expires."),
            Member(
                "locale", "The language of its page and e-mail; `null` if the invitee's.",
                example: .null),
            Member(
                "return_url", "Where the page leads after the answer; `null` if nowhere.",
                example: .null),
            Member("created_at", "When the invitation was created."),
            Member("accepted_at", "When the invitation was accepted.", example: .null),
            Member(
                "email_status", "The state of the latest e-mail; `none` if none was requested.",
                .words(MailStatus.allCases, example: .sent)),
            Member("email_error", "Why that e-mail failed or waits.", example: .null),
        ]
    }
}

extension NewInvitationBody: Documented {
    public static let meaning = "A new invitation."

    public static var members: [Member] {
        [Member("email", "The address to invite.", .email), role] + terms
    }

    fileprivate static let role = Member(
        "role", "The role the invitee will get.",
        .words(CollaboratorRole.allCases).falling(backTo: "collaborator"))
    fileprivate static let terms = [
        Member(
            "expires_in_days", "Days until the invitation expires.",
            .days.falling(backTo: .number(InvitationLimits.defaultDays)), example: 7),
        Member(
            "send_email", "Whether we send an e-mail; if not, share the `accept_url` yourself.",
            .plain.falling(backTo: true), example: true),
        Member(
            "message", "A personal message for the e-mail.", .text(max: InvitationLimits.message)),
        Member(
            "locale",
            "The language of the page and the e-mail; there are texts in `en`, `de`, `fr` and "
                + "`es`. By default that of the invitee.", .locale),
        Member(
            "return_url",
            "Where the page leads after the answer, with `invitation_id`, `status` (`accepted` or "
                + "`declined`) and, if it was accepted, a `code` for `POST /api/auth/exchange`. "
                + "Its origin must be configured.", .returnURL),
    ]
}

extension BulkInvitationsBody: Documented {
    public static let schemaName = "NewInvitations"
    public static let meaning = "New invitations and what they have in common."

    public static var members: [Member] {
        [
            Member(
                "invitations", "The addresses to invite.",
                .list(1...InvitationLimits.bulk, of: .plain))
        ] + NewInvitationBody.terms
    }
}

extension BulkInvitationsBody.Invitee: Documented {
    public static let schemaName = "Invitee"
    public static let meaning = "A user to invite."

    public static var members: [Member] {
        // No rules here: an invalid value fails this invitation alone, not the request.
        [
            Member("email", "The address to invite.", example: "founder@example.com"),
            Member(
                "role", "The role the invitee will get: `collaborator` or `viewer`.",
                .plain.falling(backTo: "collaborator"), example: "collaborator"),
        ]
    }
}

extension BulkResultsBody: Documented {
    public static let schemaName = "InvitationResults"
    public static let meaning = "The result for each address, in the order of the request."

    public static var members: [Member] { [Member("results", "One result for each address.")] }
}

extension BulkResultsBody.Result: Documented {
    public static let schemaName = "InvitationResult"
    public static let meaning = "The result for one address."

    public static var members: [Member] {
        [
            Member("email", "The given address, in lower case.", example: "founder@example.com"),
            Member(
                "status", "`created` or `failed`.",
                .words(["created", "failed"], named: "InvitationOutcome")),
            Member("invitation", "The created invitation."),
            Member("problem", "Why no invitation was created."),
        ]
    }
}

extension BulkResultsBody.Problem: Documented {
    public static let schemaName = "InvitationProblem"
    public static let meaning = "Why an invitation was not created."

    public static var members: [Member] {
        [
            Member("code", "The error code.", example: "already_invited"),
            Member(
                "detail", "An explanation for people.",
                example: .string(InvitationProblems.alreadyInvited.detail)),
            Member("invitation_id", "The pending invitation's id.", .id("inv_")),
        ]
    }
}

extension AcceptBody: Documented {
    public static let schemaName = "InvitationAcceptance"
    public static let meaning = "The invitation to accept."

    public static var members: [Member] {
        [Member("token", "The `token` parameter of the `accept_url`.", example: "inv_….…")]
    }
}

extension CollaboratorBody: Documented {
    public static let meaning = "A user who collaborates on an entity."

    public static var members: [Member] {
        [
            Member("user_id", "The user's id.", .id("usr_")),
            Member("email", "The user's e-mail address.", example: "founder@example.com"),
            Member("display_name", "The user's display name.", example: "Grace"),
            Member("role", "The collaborator's role.", .words(CollaboratorRole.allCases)),
            Member("added_by", "The user who sent the invitation.", .id("usr_")),
            Member("added_at", "When the collaborator was added."),
        ]
    }
}

extension Rule {
    /// `ReturnOrigins`.
    static var returnURL: Rule {
        var rule = Rule()
        rule.length = 1...2_048
        rule.format = "uri"
        rule.example = "https://app.example.com/welcome"
        return rule
    }

    fileprivate static var days: Rule {
        var rule = Rule()
        rule.range = InvitationLimits.days
        return rule
    }
}
