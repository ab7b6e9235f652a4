import Contract
import Kernel

extension WorkspaceBody: Documented {
    public static let meaning = "A workspace, as the caller sees it."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .uuid),
            Member("name", "What people call it.", example: "Field research"),
            Member("ownerId", "Who owns it.", .id("usr_")),
            Member(
                "permissions", "What the caller may do in it.",
                .words(WorkspaceWords.permissions)),
            Member("createdAt", "When it was made."),
        ]
    }
}

extension NewWorkspaceBody: Documented {
    public static let meaning = "A workspace to be."

    public static var members: [Member] { [name] }

    fileprivate static let name = Member(
        "name", "What people call it.", .name(), example: "Field research")
}

extension WorkspacePatchBody: Documented {
    public static let schemaName = "WorkspacePatch"
    public static let meaning = "What is to be changed; what is not mentioned stays."

    public static var members: [Member] { [NewWorkspaceBody.name] }
}

extension WorkspaceOwnerBody: Documented {
    public static let meaning = "Who is to own the workspace."

    public static var members: [Member] {
        [Member("userId", "Somebody who is in it.", .id("usr_"))]
    }
}

extension SharedUserBody: Documented {
    public static let meaning = "Somebody who is in a workspace."

    public static var members: [Member] {
        [
            Member("userId", "The user.", .id("usr_")),
            Member("email", "His address.", example: "grace@example.com"),
            Member("displayName", "What people call him.", example: "Grace"),
            Member(
                "permissions", "What he may do.", .words(WorkspaceWords.permissions),
                example: "write"),
            Member("sharedAt", "Since when he is in."),
        ]
    }
}

extension SharedUserPermissionsBody: Documented {
    public static let meaning = "What a user is to be allowed to do."

    public static var members: [Member] {
        [
            Member(
                "permissions", "From now on.", .words(WorkspaceWords.givable, example: "write"))
        ]
    }
}

extension WorkspaceInvitationBody: Documented {
    public static let meaning = "An invitation to a workspace."

    public static var members: [Member] {
        [
            Member("id", "Never changes.", .uuid, example: WorkspaceExamples.invitation),
            Member("workspaceId", "The workspace.", .uuid),
            Member("workspaceName", "What people call it.", example: "Field research"),
            Member("invitedEmail", "Who is invited, in lower case.", example: "grace@example.com"),
            Member("permissions", "What he is to have.", .words(WorkspaceWords.givable)),
            Member("status", "Where it stands.", .words(WorkspaceWords.statuses)),
            Member("invitedBy", "Who sent it.", .id("usr_")),
            Member("expirationDate", "Until when it can be accepted."),
            Member("createdAt", "When it was made."),
            Member("sentAt", "When it was mailed last."),
            Member(
                "emailStatus", "What became of that mail.",
                .words(InvitationWords.emailStatuses), example: "sent"),
            Member("emailError", "Why that mail failed.", example: .null),
        ]
    }
}

extension WorkspaceInviteBody: Documented {
    public static let meaning = "Who is to be invited."

    public static var members: [Member] {
        [
            Member("invitedEmail", "His address; he needs no account yet.", .email),
            Member(
                "permissions", "What he is to have.",
                .words(WorkspaceWords.givable).falling(backTo: "read")),
        ]
    }
}

extension WorkspaceInvitationResponseBody: Documented {
    public static let meaning = "What the invitee answers."

    public static var members: [Member] {
        [
            Member("status", "Whether he comes.", .words(WorkspaceWords.answers)),
            Member("userEmail", "His own address, which is the invited one.", .email),
        ]
    }
}

extension WorkspaceExpirationBody: Documented {
    public static let meaning = "Until when an invitation can be accepted."

    public static var members: [Member] {
        [
            Member(
                "expirationDate", "In the future, a year ahead at most.", .time,
                example: "2026-12-31T23:59:59.000Z")
        ]
    }
}

extension WorkspaceInvitationEventData: Documented {
    public static let meaning = "The invitation as it is after the event."

    public static var members: [Member] {
        [
            Member(
                "invitation_id", "The invitation.", .uuid,
                example: WorkspaceExamples.invitation),
            Member("workspace_id", "The workspace.", .uuid),
            Member("workspace_name", "What people call it.", example: "Field research"),
            Member("invited_email", "Who is invited.", example: "grace@example.com"),
            Member("permissions", "What he is to have.", .words(WorkspaceWords.givable)),
            Member("status", "Where it stands.", .words(WorkspaceWords.statuses)),
            Member("invited_by", "Who sent it.", .id("usr_")),
            Member("expiration_date", "Until when it can be accepted."),
            Member("user_id", "Who has answered it.", .id("usr_")),
        ]
    }
}

extension WorkspaceMemberEventData: Documented {
    public static let meaning = "Whose permissions are others, or who is out."

    public static var members: [Member] {
        [
            Member("workspace_id", "The workspace.", .uuid),
            Member("workspace_name", "What people call it.", example: "Field research"),
            Member("user_id", "Whose.", .id("usr_")),
            Member("former_permissions", "Before.", .words(WorkspaceWords.permissions)),
            Member(
                "permissions", "Now; not there if he is out.", .words(WorkspaceWords.permissions)),
        ]
    }
}

enum WorkspaceExamples {
    /// Another than that of a workspace.
    static let invitation: JSONTree = "019f7d9e-5d3c-7c61-8a52-3f0de2b7c914"
}
