import Contract
import Kernel

/// Sign-in, users, tokens and the audit (api.md §2), and the pages that document the API.
public enum GatewayRoutes {
    /// In the order of the product's reference.
    public static let groups = [
        signIn, users, operations, tokens, BrandRoutes.group, HealthRoutes.group,
    ]

    /// The documentation of the API, for everyone.
    public static let pages = [openAPI, reference, referencePage, directory, problems, problem]

    public static let all = groups.flatMap(\.endpoints) + pages

    // MARK: Sign-in

    static let signIn = EndpointGroup(
        "Sign-in",
        "People sign in with a code sent by e-mail: possession of the mailbox proves identity. A "
            + "session is a token with every scope; it expires after \(SignInLimits.sessionDays) "
            + "days, or ends when the user signs out.",
        path: [Member("id", "The session.", .id("tok_"))],
        [
            createSignInCode, createSession, createProviderSession, deleteCurrentSession,
            listSessions, deleteSessions, deleteSession, exchangeCode,
        ])

    public static let createSignInCode = Endpoint(
        "createSignInCode", .post, "/api/auth/codes", access: .open,
        summary: "Request a sign-in code",
        details: "The response is the same whether or not the user exists. A code has "
            + "\(SignInLimits.codeDigits) digits, works once, and expires after "
            + "\(SignInLimits.codeMinutes) minutes, after \(SignInLimits.triesPerCode) wrong tries "
            + "or when a newer one is sent. An address gets at most "
            + "\(SignInLimits.codesPerHour) codes an hour.",
        takes: .json(NewCodeBody.self), answers: .accepted,
        problems: [GatewayProblems.tooManySignInTries])
    public static let createSession = Endpoint(
        "createSession", .post, "/api/auth/sessions", access: .open,
        summary: "Sign in with a code",
        details: "Creates the user if the address is new, unless sign-up is closed.",
        takes: .json(NewSessionBody.self),
        answers: .created(SessionBody.self, "Signed in.", located: false),
        problems: [
            GatewayProblems.invalidCode, .userSuspended, GatewayProblems.tooManySignInTries,
        ])
    public static let createProviderSession = Endpoint(
        "createProviderSession", .post, "/api/auth/oidc/sessions", access: .open,
        summary: "Finish a sign-in at the identity provider",
        details: "For the console: `GET /console/sign-in?challenge=…` leads to the provider "
            + "(`LATCHKEY_OIDC_ISSUER`) and back to the console, with a code in the fragment. "
            + "The challenge is the SHA-256 of the verifier in base64url (RFC 7636), so that the "
            + "code works only where the sign-in began: once, for "
            + "\(ProviderSessionBody.codeSeconds) seconds, and not after a wrong verifier.",
        takes: .json(ProviderSessionBody.self),
        answers: .created(SessionBody.self, "Signed in.", located: false),
        problems: [
            GatewayProblems.invalidCode, .userSuspended, GatewayProblems.tooManySignInTries,
        ])
    public static let deleteCurrentSession = Endpoint(
        "deleteCurrentSession", .delete, "/api/auth/sessions/current",
        summary: "Sign out: end the current session", answers: .noContent,
        problems: [GatewayProblems.notASession])

    public static let listSessions = Endpoint(
        "listSessions", .get, "/api/auth/sessions", summary: "List the caller's sessions",
        details: "Newest first.", answers: .list(of: ActiveSessionBody.self))
    public static let deleteSessions = Endpoint(
        "deleteSessions", .delete, "/api/auth/sessions", scopes: ["tokens:write"],
        summary: "End the caller's sessions", details: "All but the one that asks.",
        answers: .noContent)
    public static let deleteSession = Endpoint(
        "deleteSession", .delete, "/api/auth/sessions/{id}", scopes: ["tokens:write"],
        summary: "End a session of the caller", answers: .noContent)

    public static let exchangeCode = Endpoint(
        "exchangeCode", .post, "/api/auth/exchange", scopes: ["users:act_as"],
        summary: "Exchange the code of an accepted invitation",
        details: "An invitation with a `return_url` leads back to it with a code, by which the "
            + "platform's backend learns who accepted. A code works once, within "
            + "\(ExchangeLimits.seconds) seconds.",
        takes: .json(ExchangeBody.self),
        answers: .ok(ExchangedBody.self, "Who accepted, and which invitation."),
        problems: [GatewayProblems.exchangeCodeEnded])

    // MARK: Users

    static let users = EndpointGroup(
        "Users",
        "The caller, and the platform's users. Platform admins manage users, but have no special "
            + "rights to what other users own.",
        path: [
            Member("id", "The user.", .id("usr_").naming(.user)),
            Member("tokenId", "The token.", .id("tok_")),
            Member("sessionId", "The session.", .id("tok_")),
        ],
        [
            me, updateMe, createUser, listUsers, getUser, updateUser, offboardUser, deleteUser,
            listUserTokens,
            deleteUserToken, listUserSessions, deleteUserSessions, deleteUserSession, getUserExport,
        ])

    private static let admin = ["users:admin"]
    private static let adminRequired = GatewayProblems.adminRequired
    private static let lastAdmin = GatewayProblems.lastAdmin
    private static let taken = [
        GatewayProblems.emailTaken, GatewayProblems.usernameTaken, ProblemType.externalIdTaken,
    ]

    public static let me = Endpoint(
        "getMe", .get, "/api/me", summary: "Get the caller and their token",
        answers: .ok(MeBody.self, "The caller, and what the token can do."))
    public static let updateMe = Endpoint(
        "updateMe", .patch, "/api/me", summary: "Change the caller's preferences",
        details: "Their language, and whether they get e-mails about what others share with them. "
            + "Names and addresses are up to platform admins. Members that are left out keep "
            + "their value.", takes: .json(MePatchBody.self),
        answers: .ok(MeBody.self, "The caller, with the changes.", tagged: true))
    public static let createUser = Endpoint(
        "createUser", .post, "/api/users", scopes: admin, summary: "Create a user",
        takes: .json(NewUserBody.self), answers: .created(UserBody.self, tagged: true),
        problems: [adminRequired] + taken)
    public static let listUsers = Endpoint(
        "listUsers", .get, "/api/users", scopes: admin, summary: "List and search users",
        details: "Newest first.",
        query: [
            Member(
                "search", "Part of an address, username or display name; case is ignored.",
                .search(max: Text.maximumEmail), example: "grace"),
            Member("externalId", "Exactly this external id.", .externalId, example: "user-grace"),
        ], answers: .list(of: UserBody.self), problems: [adminRequired])
    public static let getUser = Endpoint(
        "getUser", .get, "/api/users/{id}", scopes: admin, summary: "Get a user",
        answers: .ok(UserBody.self, "The user."), problems: [adminRequired])
    public static let updateUser = Endpoint(
        "updateUser", .patch, "/api/users/{id}", scopes: admin, summary: "Update a user",
        details: "Members that are left out keep their value. Suspending a user ends their "
            + "sessions; their tokens work again when the suspension ends. What they were given "
            + "stays, but every check about them says no.", takes: .json(UserPatchBody.self),
        answers: .ok(UserBody.self, "The updated user.", tagged: true),
        problems: [adminRequired] + taken + [
            lastAdmin, GatewayProblems.cannotSuspendSelf, .managedBySCIM,
        ])
    public static let deleteUser = Endpoint(
        "deleteUser", .delete, "/api/users/{id}", scopes: admin,
        summary: "Delete a user",
        details: "The user's entities go to their longest-standing other publisher or, if there is "
            + "none, to the admin who deletes the user. The user's shares, installations and "
            + "tokens are deleted.",
        answers: .noContent,
        problems: [adminRequired, lastAdmin, GatewayProblems.cannotDeleteSelf])
    public static let offboardUser = Endpoint(
        "offboardUser", .delete, "/api/users/{id}/access", scopes: revoke,
        summary: "Offboard a user: revoke all access that they were given",
        details: "Revokes what the user was given in all services, and pending invitations "
            + "to their address and those that they sent, and passes on what they own and gave as "
            + "their deletion would. The account, its tokens, sessions and webhooks stay. It goes "
            + "on in the background; what the user gets meanwhile stays.",
        answers: .accepted(
            StartedOperationBody.self, "Begun. `Location` has the operation.", located: true),
        problems: [adminRequired, GatewayProblems.cannotOffboardSelf])

    // MARK: Operations

    private static let revoke = ["access:revoke"]

    static let operations = EndpointGroup(
        "Operations",
        "What goes on in the background after its request was answered. It continues after a "
            + "crash of any service.",
        path: [Member("id", "The operation.", .id("opr_"))], [getOperation])

    public static let getOperation = Endpoint(
        "getOperation", .get, "/api/operations/{id}", scopes: revoke,
        summary: "Get the state of an operation",
        details: "Asks all services how far they are.",
        answers: .ok(OperationBody.self, "The operation."), problems: [adminRequired])

    // MARK: Accounts of users

    public static let listUserTokens = Endpoint(
        "listUserTokens", .get, "/api/users/{id}/tokens", scopes: admin,
        summary: "List a user's tokens", details: "Newest first, without secrets.",
        answers: .list(of: TokenBody.self), problems: [adminRequired])
    public static let deleteUserToken = Endpoint(
        "deleteUserToken", .delete, "/api/users/{id}/tokens/{tokenId}", scopes: admin,
        summary: "Revoke a user's token", answers: .noContent, problems: [adminRequired])
    public static let listUserSessions = Endpoint(
        "listUserSessions", .get, "/api/users/{id}/sessions", scopes: admin,
        summary: "List a user's sessions", details: "Newest first.",
        answers: .list(of: ActiveSessionBody.self), problems: [adminRequired])
    public static let deleteUserSessions = Endpoint(
        "deleteUserSessions", .delete, "/api/users/{id}/sessions", scopes: admin,
        summary: "End a user's sessions", details: "All of them, but for the one that asks.",
        answers: .noContent, problems: [adminRequired])
    public static let deleteUserSession = Endpoint(
        "deleteUserSession", .delete, "/api/users/{id}/sessions/{sessionId}", scopes: admin,
        summary: "End a user's session", answers: .noContent, problems: [adminRequired])

    public static let getUserExport = Endpoint(
        "getUserExport", .get, "/api/users/{id}/export", scopes: admin,
        summary: "Export everything that is known of a user",
        details: "As one JSON object of any length: `user`, `exportedAt`, and for each service an "
            + "object of lists, without secrets. Users can export themselves. An answer that was "
            + "cut off is incomplete: send the request again.",
        answers: .other("application/json", "The export."), problems: [adminRequired])

    // MARK: Tokens

    static let tokens = EndpointGroup(
        "Tokens",
        "API tokens of the caller. A token has scopes and can be read-only. Its secret is shown "
            + "once; a revoked token is refused at the next request.",
        path: [Member("id", "The token.", .id("tok_"))], [createToken, listTokens, deleteToken])

    public static let createToken = Endpoint(
        "createToken", .post, "/api/tokens", scopes: ["tokens:write"],
        summary: "Create an API token",
        details:
            "The secret is shown once: the response to a repeated request lacks it. The token can "
            + "only have scopes that the calling token has. Creating a token for another user "
            + "(`userId`) requires a platform admin and the scope `users:admin`. A `userId` that "
            + "doesn't exist and an `expiresAt` in the past are refused with 422.",
        takes: .json(NewTokenBody.self),
        answers: .created(TokenBody.self, "Created, with the secret in `token`.", located: false),
        problems: [adminRequired, GatewayProblems.tooManyTokens])
    public static let listTokens = Endpoint(
        "listTokens", .get, "/api/tokens", summary: "List the caller's tokens",
        details: "Newest first, without secrets.", answers: .list(of: TokenBody.self))
    public static let deleteToken = Endpoint(
        "deleteToken", .delete, "/api/tokens/{id}", scopes: ["tokens:write"],
        summary: "Revoke a token", answers: .noContent)

    // MARK: Pages

    public static let openAPI = Endpoint(
        "getOpenAPI", .get, "/openapi.json", access: .open, summary: "Get this API as OpenAPI 3.1",
        answers: .other("application/json", "The document."))
    public static let reference = Endpoint(
        "getReference", .get, "/docs", access: .open,
        summary: "Read this API reference as a web page",
        details: "Its first page, or with `q` what has all these words.",
        query: [Member("q", "What to search for.", example: "share entity")],
        answers: .other("text/html", "The page."))
    /// The path parameter of `referencePage`.
    public static let pageName: Member = {
        var rule = Rule()
        rule.pattern = "^[a-z]+(-[a-z]+)*(\\.md)?$"
        return Member(
            "page", "The name of a page; with `.md` as Markdown.", rule, example: "conventions.md")
    }()
    public static let referencePage = Endpoint(
        "getReferencePage", .get, "/docs/{page}", access: .open,
        summary: "Read a page of this API reference",
        details: "As a web page, or as Markdown. `/llms.txt` lists the pages.",
        answers: .other("text/html", or: "text/markdown", "The page."), problems: [.notFound])
    public static let directory = Endpoint(
        "getDirectory", .get, "/llms.txt", access: .open,
        summary: "List the pages of this API reference, for programs",
        answers: .other("text/plain", "A heading, a summary and links to the pages as Markdown."))
    public static let problems = Endpoint(
        "listProblems", .get, "/problems", access: .open,
        summary: "Read about all problems on a web page",
        answers: .other("text/html", "The page."))
    /// The path parameter of `problem`.
    public static let problemCode: Member = {
        var rule = Rule()
        rule.pattern = "^[a-z]+(_[a-z]+)*$"
        return Member("code", "The code of a problem.", rule, example: "not_found")
    }()
    public static let problem = Endpoint(
        "getProblem", .get, "/problems/{code}", access: .open,
        summary: "Read about a problem on a web page",
        details: "Where the `type` of an error leads.",
        answers: .other("text/html", "The page."), problems: [.notFound])
}
