import Contract
import Kernel

extension InvitationBody: Documented {
    public static let meaning = "An invitation to collaborate on an entity."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("inv_")),
            Member("entity_id", "The entity.", .id("ent_")),
            Member("email", "Who is invited, in lower case.", example: "founder@example.com"),
            Member("role", "What he is to be.", .words(InvitationWords.roles)),
            Member("status", "Where it stands.", .words(InvitationWords.statuses)),
            Member("invited_by", "The owner who sent it last.", .id("usr_")),
            Member(
                "accept_url",
                "The page that shows it; it lets nobody in by itself. Left out of the answer to a "
                    + "repeated request.",
                example: "https://latchkey.example/invitations/accept?token=inv_…"),
            Member("expires_at", "Until when it can be accepted."),
            Member("created_at", "When it was made."),
            Member("accepted_at", "When it was accepted.", example: .null),
            Member(
                "email_status", "What became of its last mail; `none` was not to be mailed.",
                .words(InvitationWords.emailStatuses), example: "sent"),
            Member("email_error", "Why that mail failed.", example: .null),
        ]
    }
}

extension NewInvitationBody: Documented {
    public static let meaning = "An invitation to be."

    public static var members: [Member] {
        [Member("email", "Who is invited.", .email), role] + terms
    }

    fileprivate static let role = Member(
        "role", "What he is to be.",
        .words(InvitationWords.roles).falling(backTo: "collaborator"))
    fileprivate static let terms = [
        Member(
            "expires_in_days", "For how long it can be accepted.",
            .days.falling(backTo: .number(InvitationLimits.defaultDays)), example: 7),
        Member(
            "send_email", "Whether it is mailed; otherwise hand over the `accept_url`.",
            .plain.falling(backTo: true), example: true),
        Member(
            "message", "Words of the inviter, in the mail.", .text(max: InvitationLimits.message)),
    ]
}

extension BulkInvitationsBody: Documented {
    public static let meaning = "Invitations to be, with what they have in common."

    public static var members: [Member] {
        [
            Member(
                "invitations", "Who is invited.",
                .list(1...InvitationLimits.bulk, of: .plain))
        ] + NewInvitationBody.terms
    }
}

extension BulkInvitationsBody.Invitee: Documented {
    public static let schemaName = "Invitee"
    public static let meaning = "Somebody to be invited."

    public static var members: [Member] {
        // What is wrong with one is told in its place: no request is refused for it.
        [
            Member("email", "His address.", example: "founder@example.com"),
            Member(
                "role", "What he is to be: `collaborator` or `viewer`.",
                .plain.falling(backTo: "collaborator"), example: "collaborator"),
        ]
    }
}

extension BulkResultsBody: Documented {
    public static let meaning = "What became of each invitation, in the order of the request."

    public static var members: [Member] { [Member("results", "One for each.")] }
}

extension BulkResultsBody.Result: Documented {
    public static let schemaName = "BulkResult"
    public static let meaning = "What became of one invitation."

    public static var members: [Member] {
        [
            Member("email", "As it was given, in lower case.", example: "founder@example.com"),
            Member("status", "Whether it was made.", .words(["created", "failed"])),
            Member("invitation", "What was made."), Member("problem", "Why it was not."),
        ]
    }
}

extension BulkResultsBody.Problem: Documented {
    public static let schemaName = "BulkProblem"
    public static let meaning = "Why an invitation was not made."

    public static var members: [Member] {
        [
            Member("code", "The cause, for programs.", example: "already_invited"),
            Member(
                "detail", "One sentence for people.",
                example: "This address has a pending invitation already."),
            Member("invitation_id", "The one that is pending already.", .id("inv_")),
        ]
    }
}

extension AcceptBody: Documented {
    public static let meaning = "Which invitation is accepted."

    public static var members: [Member] {
        [Member("token", "That of the `accept_url`.", example: "inv_….…")]
    }
}

extension ClaimBody: Documented {
    public static let meaning = "Which invitation is taken up, by who has the mailbox."

    public static var members: [Member] {
        [Member("claim", "That of the link in the mail.", example: "inv_….…")]
    }
}

extension ClaimedBody: Documented {
    public static let meaning = "Who has taken an invitation up, signed in."

    public static var members: [Member] {
        [
            Member(
                "token", "The secret of his session: keep it.",
                example: "st_live_4mKcZ0Yt7hQ2vX9bN3sLr8WfJ5gDp1uEa6iTo0RyVq3H21kZb0"),
            Member("user", "Who he is."), Member("expires_at", "When the session ends."),
            Member("invitation", "The invitation, accepted."),
        ]
    }
}

extension ClaimedUserBody: Documented {
    public static let meaning = "Who has taken an invitation up."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .id("usr_")),
            Member("email", "His address.", example: "founder@example.com"),
            Member("username", "Unique, in lower case.", example: "founder"),
            Member("display_name", "What people call him.", example: "Grace"),
            Member("role", "What he is to the platform.", .words(["member", "admin"])),
            Member("created_at", "Since when he is a user."),
        ]
    }
}

extension CollaboratorBody: Documented {
    public static let meaning = "Somebody who works on an entity by invitation."

    public static var members: [Member] {
        [
            Member("user_id", "The user.", .id("usr_")),
            Member("email", "His address.", example: "founder@example.com"),
            Member("display_name", "What people call him.", example: "Grace"),
            Member("role", "What he is.", .words(InvitationWords.roles)),
            Member("added_by", "Who invited him.", .id("usr_")),
            Member("added_at", "Since when."),
        ]
    }
}

extension Rule {
    fileprivate static var days: Rule {
        var rule = Rule()
        rule.range = InvitationLimits.days
        return rule
    }
}
