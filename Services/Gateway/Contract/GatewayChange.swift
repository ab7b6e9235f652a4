import Contract
import Kernel

/// The changes of this context that its audit records.
public enum GatewayChange: String, AuditedChange {
    case userCreated = "user.created"
    case userUpdated = "user.updated"
    case userSuspended = "user.suspended"
    case userRestored = "user.restored"
    case userOffboarded = "user.offboarded"
    case userDeleted = "user.deleted"
    case userExported = "user.exported"
    case tokenCreated = "token.created"
    case tokenRevoked = "token.revoked"
    case sessionBegan = "session.began"
    case sessionEnded = "session.ended"

    public var declaration: ChangeDeclaration {
        switch self {
        case .userCreated: .change("A user was created or signed up.", shows: UserState.self)
        case .userUpdated:
            .change(
                "Something about a user changed: an address, name, role, external id, language, "
                    + "manager or choice about e-mails. Suspensions have events of their own.",
                shows: UserState.self)
        case .userSuspended:
            .change(
                "A user was suspended: they have access to nothing until they are restored.",
                shows: UserSuspensionState.self)
        case .userRestored:
            .change("The suspension of a user ended.", shows: UserSuspensionState.self)
        case .userOffboarded:
            .change(
                "The offboarding of a user began. What they lose has events of its own.",
                from: UserState.self, to: UserOffboardingState.self)
        case .userDeleted:
            .change(
                "A user was deleted. What they lose has events of its own.", shows: UserState.self)
        case .userExported:
            .change("What is known of a user was exported.", shows: UserState.self)
        case .tokenCreated:
            .change("A token was created.", of: "user", shows: TokenState.self)
        case .tokenRevoked:
            .change("A token was revoked.", of: "user", shows: TokenState.self)
        case .sessionBegan:
            .change("A user signed in.", of: "user", shows: TokenState.self)
        case .sessionEnded:
            .change("A session ended before its time.", of: "user", shows: TokenState.self)
        }
    }
}

public enum UserState: AuditedState {
    public static let meaning = "A user."

    public static let members = [
        StateMember(
            "email", "The address that signs in and accepts invitations.",
            example: "grace@example.com"),
        StateMember("username", "The username.", example: "grace"),
        StateMember("displayName", "The name that others see.", example: "Grace Hopper"),
        StateMember("role", "The platform role.", .words(Role.allCases)),
        .externalId(of: "user"),
        StateMember(
            "locale", "The language of pages and mails, if it is set.", .plain, .text, .orNull,
            example: .null),
        StateMember(
            "managedBy", "What manages the user: `scim`, or nothing.", .plain, .text, .orNull,
            example: .null),
        StateMember(
            "emailNotifications", "Whether the user gets e-mails about shares.", .plain, .flag,
            example: true),
        StateMember(
            "scimUserName", "The `userName` at the identity provider that manages the user.",
            .plain, .text, .optional, example: "grace@example.com"),
        StateMember(
            "scimAttributes",
            "What else the provider has sent of the user (`name`, `displayName`, `emails`), as "
                + "JSON.", .plain, .longText, .optional,
            example: #"{"displayName":"Grace Hopper"}"#),
    ]
}

public enum UserSuspensionState: AuditedState {
    public static let meaning = "Whether a user is suspended."

    public static let members = [
        StateMember("suspended", "Whether the user is suspended.", .plain, .flag, example: true)
    ]
}

public enum UserOffboardingState: AuditedState {
    public static let meaning = "An offboarding of a user."

    public static let members = [
        StateMember("operationId", "The operation that it is.", .id(like: "opr_"))
    ]
}

/// Also of sessions, which are tokens without a name.
public enum TokenState: AuditedState {
    public static let meaning = "A token or session, without its secret."

    public static let members = [
        StateMember("userId", "The user who has it.", .id(like: "usr_")),
        StateMember("name", "The token's name.", example: "ci"),
        StateMember(
            "scopes", "The scopes; `*` is everything.", .plain, .list,
            example: ["entities:share"]),
        StateMember(
            "readOnly", "Whether it works only for requests that change nothing.", .plain, .flag,
            example: false),
        StateMember(
            "expiresAt", "When it expires.", .plain, .text, .orNull,
            example: "2027-01-15T09:00:00.000Z"),
        StateMember(
            "rateLimit", "Requests a second, as text; `0` for no limit, null for the default.",
            .plain, .text, .orNull, example: .null),
    ]
}
