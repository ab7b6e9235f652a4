import Contract
import Kernel

extension WorkspaceBody: Documented {
    public static let meaning = "A workspace as the caller sees it."

    public static var members: [Member] {
        [
            Member("id", "The workspace's id.", .uuid),
            Member("name", "The workspace's name.", example: "Field research"),
            Member("ownerId", "The owner's user id.", .id("usr_")),
            .externalId(of: "workspace"),
            Member(
                "permissions", "The caller's permissions.",
                .words(WorkspacePermission.allCases, example: .owner)),
            Member("createdAt", "When the workspace was created."),
        ]
    }
}

extension NewWorkspaceBody: Documented {
    public static let meaning = "A new workspace."

    public static var members: [Member] { [name, .newExternalId(of: "workspace")] }

    fileprivate static let name = Member(
        "name", "The workspace's name.", .name(), example: "Field research")
}

extension WorkspacePatchBody: Documented {
    public static let schemaName = "WorkspacePatch"
    public static let meaning = "The fields to change."

    public static var members: [Member] {
        [NewWorkspaceBody.name, .newExternalId(of: "workspace", isClearable: true)]
    }
}

extension WorkspaceOwnerBody: Documented {
    public static let meaning = "The new owner."

    public static var members: [Member] {
        [Member("userId", "A member of the workspace.", .id("usr_").naming(.user))]
    }
}

extension SharedUserBody: Documented {
    public static let meaning = "A member of a workspace."

    public static var members: [Member] {
        [
            Member("userId", "The user's id.", .id("usr_")),
            Member("email", "The user's e-mail address.", example: "grace@example.com"),
            Member("displayName", "The user's display name.", example: "Grace"),
            Member(
                "permissions", "The member's permissions.",
                .words(WorkspacePermission.allCases, example: .write)),
            Member("sharedAt", "When the user became a member."),
        ]
    }
}

extension SharedUserPermissionsBody: Documented {
    public static let schemaName = "SharedUserPatch"
    public static let meaning = "New permissions of a member."

    public static var members: [Member] {
        [
            Member(
                "permissions", "The new permissions.",
                .words(WorkspacePermission.givable, named: sharedPermission, example: .write))
        ]
    }
}

extension WorkspaceInvitationBody: Documented {
    public static let meaning = "An invitation to a workspace."

    public static var members: [Member] {
        [
            Member("id", "The invitation's id.", .uuid, example: WorkspaceExamples.invitation),
            Member("workspaceId", "The workspace's id.", .uuid),
            Member("workspaceName", "The workspace's name.", example: "Field research"),
            Member(
                "invitedEmail", "The invited address, in lower case.",
                example: "grace@example.com"),
            Member(
                "permissions", "The permissions the invitee will get.",
                .words(WorkspacePermission.givable, named: sharedPermission)),
            Member("status", "The status.", .words(WorkspaceInvitationStatus.allCases)),
            Member("invitedBy", "The user who sent the invitation.", .id("usr_")),
            Member("expirationDate", "When the invitation expires."),
            Member(
                "locale", "The language of its page and e-mail; `null` if the invitee's.",
                example: .null),
            Member(
                "returnUrl", "Where the page leads after the answer; `null` if nowhere.",
                example: .null),
            Member("createdAt", "When the invitation was created."),
            Member("sentAt", "When the latest e-mail was sent."),
            Member(
                "emailStatus", "The state of that e-mail.",
                .words(MailStatus.allCases, example: .sent)),
            Member("emailError", "Why that e-mail failed or waits.", example: .null),
        ]
    }
}

extension WorkspaceInviteBody: Documented {
    public static let schemaName = "NewWorkspaceInvitation"
    public static let meaning = "A new invitation."

    public static var members: [Member] {
        [
            Member("invitedEmail", "The address to invite; it needs no account yet.", .email),
            Member(
                "permissions", "The permissions the invitee will get.",
                .words(WorkspacePermission.givable, named: sharedPermission).falling(backTo: "read")
            ),
            Member(
                "locale",
                "The language of the page and the e-mail; there are texts in `en`, `de`, `fr` and "
                    + "`es`. By default that of the invitee.", .locale),
            Member(
                "returnUrl",
                "Where the page leads after the answer, with `invitation_id`, `status` "
                    + "(`accepted` or `declined`) and, if it was accepted, a `code` for `POST "
                    + "/api/auth/exchange`. Its origin must be configured.", .returnURL),
        ]
    }
}

extension WorkspaceInvitationResponseBody: Documented {
    public static let schemaName = "WorkspaceInvitationAnswer"
    public static let meaning = "The invitee's response."

    public static var members: [Member] {
        [
            Member(
                "status", "`accepted` or `rejected`.",
                .words(WorkspaceInvitationStatus.responses, named: "InvitationResponse")),
            Member(
                "userEmail", "The caller's e-mail address; must equal the invited one.", .email),
        ]
    }
}

extension WorkspaceExpirationBody: Documented {
    public static let schemaName = "WorkspaceInvitationExpiration"
    public static let meaning = "A new expiration date."

    public static var members: [Member] {
        [
            Member(
                "expirationDate", "A time in the future, at most a year ahead.", .time,
                example: "2026-12-31T23:59:59.000Z")
        ]
    }
}

extension WorkspaceInvitationEventData: Documented {
    public static let meaning = "The invitation after the event."

    public static var members: [Member] {
        [
            Member(
                "invitation_id", "The invitation's id.", .uuid,
                example: WorkspaceExamples.invitation),
            Member("workspace_id", "The workspace's id.", .uuid),
            Member("workspace_name", "The workspace's name.", example: "Field research"),
            Member("invited_email", "The invited address.", example: "grace@example.com"),
            Member(
                "permissions", "The permissions the invitee will get.",
                .words(WorkspacePermission.givable, named: sharedPermission)),
            Member("status", "The status.", .words(WorkspaceInvitationStatus.allCases)),
            Member("invited_by", "The user who sent the invitation.", .id("usr_")),
            Member("expiration_date", "When the invitation expires."),
            Member("user_id", "The user who accepted or rejected it.", .id("usr_")),
        ]
    }
}

extension WorkspaceMemberEventData: Documented {
    public static let meaning = "The member whose permissions changed or who was removed."

    public static var members: [Member] {
        [
            Member("workspace_id", "The workspace's id.", .uuid),
            Member("workspace_name", "The workspace's name.", example: "Field research"),
            Member("user_id", "The user's id.", .id("usr_")),
            Member(
                "former_permissions", "Previous permissions.",
                .words(WorkspacePermission.allCases, example: .owner)),
            Member(
                "permissions", "Current permissions; absent if the user was removed.",
                .words(WorkspacePermission.allCases, example: .owner)),
        ]
    }
}

enum WorkspaceExamples {
    /// Differs from a workspace's, so that examples can be told apart.
    static let invitation: JSONTree = "019f7d9e-5d3c-7c61-8a52-3f0de2b7c914"
}

/// The schema of the permissions that an owner can give.
private let sharedPermission = "SharedPermission"
