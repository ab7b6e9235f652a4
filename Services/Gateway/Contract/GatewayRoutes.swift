import Contract
import Kernel

/// Users of the platform and the tokens with which they come (api.md §2), and what tells of it all.
public enum GatewayRoutes {
    /// In the order of the product's reference.
    public static let groups = [signIn, users, tokens, AuditRoutes.group]

    /// Its own pages, for everybody.
    public static let pages = [openAPI, reference]

    public static let all = groups.flatMap(\.endpoints) + pages

    // MARK: Sign-in

    static let signIn = EndpointGroup(
        "Sign-in",
        "People sign in with a code that is mailed to them: who has the mailbox is who he says. A "
            + "session is a token with every scope; it ends after \(SignInLimits.sessionDays) "
            + "days, or when it is ended.", [createCode, createSession, deleteSession])

    private static let tooManyTries = ProblemType(
        .rateLimited, "too_many_sign_in_tries",
        "This client address has asked too often in the last hour.")

    public static let createCode = Endpoint(
        "createCode", .post, "/api/auth/codes", access: .open,
        summary: "Have a sign-in code mailed",
        details: "The answer is the same whether there is such a user or not. A code has "
            + "\(SignInLimits.codeDigits) digits and is good for \(SignInLimits.codeMinutes) "
            + "minutes, \(SignInLimits.triesPerCode) tries and one sign-in; a newer one takes its "
            + "place. An address gets at most \(SignInLimits.codesPerHour) in an hour.",
        takes: .json(NewCodeBody.self), answers: .accepted, problems: [tooManyTries])
    public static let createSession = Endpoint(
        "createSession", .post, "/api/auth/sessions", access: .open,
        summary: "Sign in with a code that was mailed",
        details: "An address that nobody has yet becomes a user, unless sign-up is closed.",
        takes: .json(NewSessionBody.self),
        answers: .created(SessionBody.self, "He is signed in.", located: false),
        problems: [
            ProblemType(
                .unauthenticated, "invalid_code",
                "The code is wrong, was used, has expired or been replaced."),
            tooManyTries,
        ])
    public static let deleteSession = Endpoint(
        "deleteSession", .delete, "/api/auth/sessions/current",
        summary: "Sign out: end the session that asks", answers: .noContent,
        problems: [.conflict("not_a_session", "The token is an API token: revoke it as such.")])

    // MARK: Users

    static let users = EndpointGroup(
        "Users",
        "Who comes with a token, and the users of the platform. They are administered by platform "
            + "admins, who have no special rights on what others own.",
        path: [Member("id", "The user.", .id("usr_"))],
        [me, createUser, listUsers, getUser, updateUser, deleteUser])

    private static let admin = ["users:admin"]
    private static let adminRequired = ProblemType.forbidden(
        "admin_required", "The caller is no platform admin.")
    private static let lastAdmin = ProblemType.conflict(
        "last_admin", "The platform keeps at least one admin.")
    private static let taken = [
        ProblemType.conflict("email_taken", "Another user has this address."),
        ProblemType.conflict("username_taken", "Another user has this username."),
    ]

    public static let me = Endpoint(
        "getMe", .get, "/api/me", summary: "The caller and his token",
        answers: .ok(MeBody.self, "Who the token says you are, and what it may do."))
    public static let createUser = Endpoint(
        "createUser", .post, "/api/users", scopes: admin, summary: "Create a user",
        takes: .json(NewUserBody.self), answers: .created(UserBody.self, tagged: true),
        problems: [adminRequired] + taken)
    public static let listUsers = Endpoint(
        "listUsers", .get, "/api/users", scopes: admin, summary: "List and search users",
        details: "Newest first.",
        query: [
            Member(
                "search", "Part of an address, username or display name, in any case.",
                .search(max: Text.maximumEmail), example: "grace")
        ], answers: .list(of: UserBody.self), problems: [adminRequired])
    public static let getUser = Endpoint(
        "getUser", .get, "/api/users/{id}", scopes: admin, summary: "One user",
        answers: .ok(UserBody.self, "The user."), problems: [adminRequired])
    public static let updateUser = Endpoint(
        "updateUser", .patch, "/api/users/{id}", scopes: admin, summary: "Change a user",
        details: "What the body does not mention stays.", takes: .json(UserPatchBody.self),
        answers: .ok(UserBody.self, "The user as he is now.", tagged: true),
        problems: [adminRequired] + taken + [lastAdmin])
    public static let deleteUser = Endpoint(
        "deleteUser", .delete, "/api/users/{id}", scopes: admin,
        summary: "Delete a user; every context drops or hands over what it holds of him",
        details: "His entities go to their oldest other publisher, else to the deleting admin; his "
            + "shares, installations and tokens go.",
        answers: .noContent,
        problems: [
            adminRequired, lastAdmin, .conflict("cannot_delete_self", "Nobody deletes himself."),
        ])

    // MARK: Tokens

    static let tokens = EndpointGroup(
        "Tokens",
        "API tokens of the caller. A token has scopes and may be read-only; its secret is shown "
            + "once, and a revoked one is refused at the next request.",
        path: [Member("id", "The token.", .id("tok_"))], [createToken, listTokens, deleteToken])

    public static let createToken = Endpoint(
        "createToken", .post, "/api/tokens", scopes: ["tokens:write"],
        summary: "Create an API token; its secret is shown once",
        details:
            "A repeated request gets its answer without the secret. Never with a scope that the "
            + "calling token lacks. A token for somebody else (`userId`) takes a platform admin "
            + "and the scope `users:admin` as well. A user who does not exist and an expiry that "
            + "has passed are 422.",
        takes: .json(NewTokenBody.self),
        answers: .created(TokenBody.self, "With the secret, in `token`.", located: false),
        problems: [
            adminRequired, .conflict("too_many_tokens", "A user has at most 1,000 tokens."),
        ])
    public static let listTokens = Endpoint(
        "listTokens", .get, "/api/tokens", summary: "The caller's tokens",
        details: "Newest first, without their secrets.", answers: .list(of: TokenBody.self))
    public static let deleteToken = Endpoint(
        "deleteToken", .delete, "/api/tokens/{id}", scopes: ["tokens:write"],
        summary: "Revoke a token at once", answers: .noContent)

    // MARK: Pages

    public static let openAPI = Endpoint(
        "getOpenAPI", .get, "/openapi.json", access: .open, summary: "This API as OpenAPI 3.1",
        answers: .other("application/json", "The document."))
    public static let reference = Endpoint(
        "getReference", .get, "/docs", access: .open, summary: "This API as a page to read",
        answers: .other("text/html", "The page."))
}
