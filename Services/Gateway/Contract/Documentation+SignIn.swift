import Contract
import Kernel

extension NewCodeBody: Documented {
    public static let meaning = "Where a sign-in code is to be mailed."

    public static var members: [Member] {
        [Member("email", "The address.", .email)]
    }
}

extension NewSessionBody: Documented {
    public static let meaning = "A sign-in."

    public static var members: [Member] {
        [
            Member("email", "The address to which the code was mailed.", .email),
            Member("code", "The code; spaces and hyphens in it don't count.", .code),
        ]
    }
}

extension SessionBody: Documented {
    public static let meaning = "A session, as it begins."

    public static var members: [Member] {
        [
            Member(
                "token", "The secret to come with, as a bearer token: keep it.",
                example: "st_live_4mKcZ0Yt7hQ2vX9bN3sLr8WfJ5gDp1uEa6iTo0RyVq3H21kZb0"),
            Member("user", "Who has signed in."),
            Member("expiresAt", "When the session ends by itself."),
        ]
    }
}

extension Rule {
    fileprivate static var code: Rule {
        var rule = Rule()
        rule.length = SignInLimits.codeLength
        rule.example = "12345678"
        return rule
    }
}
