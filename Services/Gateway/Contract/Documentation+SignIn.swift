import Contract
import Kernel

extension NewCodeBody: Documented {
    public static let schemaName = "NewSignInCode"
    public static let meaning = "A request for a sign-in code."

    public static var members: [Member] {
        [Member("email", "The address that gets the code.", .email)]
    }
}

extension NewSessionBody: Documented {
    public static let meaning = "A sign-in with a code."

    public static var members: [Member] {
        [
            Member("email", "The address that got the code.", .email),
            Member("code", "The code; spaces and hyphens are ignored.", .code),
        ]
    }
}

extension ProviderSessionBody: Documented {
    public static let schemaName = "NewProviderSession"
    public static let meaning = "A sign-in that comes back from the identity provider."

    public static var members: [Member] {
        [
            Member(
                "code", "The code in the address that the sign-in led back to.", .secret,
                example: "Jm3s8Qv1xT0b5Zk7nH2cYw9fRa4LpUeD6oGiXqBtKMs"),
            Member(
                "verifier", "The verifier whose challenge began the sign-in.", .secret,
                example: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ]
    }
}

extension SessionBody: Documented {
    public static let meaning = "A new session."

    public static var members: [Member] {
        [
            Member(
                "token", "The session's secret, used as a bearer token. Store it safely.",
                example: "st_live_4mKcZ0Yt7hQ2vX9bN3sLr8WfJ5gDp1uEa6iTo0RyVq3H21kZb0"),
            Member("user", "The user who signed in."),
            Member("expiresAt", "When the session expires."),
        ]
    }
}

extension ActiveSessionBody: Documented {
    public static let schemaName = "ActiveSession"
    public static let meaning = "A session that has not ended."

    public static var members: [Member] {
        [
            Member("id", "Unique id; never changes.", .id("tok_")),
            Member("createdAt", "When the user signed in."),
            Member("lastUsedAt", "When it was last used, to the minute; `null` if never."),
            Member("expiresAt", "When it expires."),
            Member(
                "userAgent", "The `User-Agent` that the user signed in with; `null` if unknown.",
                example: "Mozilla/5.0 (X11; Linux x86_64)"),
            Member(
                "address", "The client address that the user signed in from; `null` if unknown.",
                example: "192.0.2.7"),
            Member("current", "Whether it is the session of this request.", example: true),
        ]
    }
}

extension Rule {
    fileprivate static var secret: Rule {
        var rule = Rule()
        rule.length = ProviderSessionBody.length
        return rule
    }

    fileprivate static var code: Rule {
        var rule = Rule()
        rule.length = SignInLimits.codeLength
        rule.example = "12345678"
        return rule
    }
}
