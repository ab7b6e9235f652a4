import Contract
import Kernel

/// The problems of the gateway's own routes.
public enum GatewayProblems {
    // MARK: Sign-in

    public static let tooManySignInTries = ProblemType(
        .rateLimited, "too_many_sign_in_tries",
        "Too many sign-in requests from your address in the last hour; try again later.")
    public static let invalidCode = ProblemType(
        .unauthenticated, "invalid_code",
        "The code is wrong, used, expired or replaced by a newer one: request a new one.")
    public static let exchangeCodeEnded = ProblemType(
        .gone, "exchange_code_ended",
        "The code is unknown, was used, or is older than \(ExchangeLimits.seconds) seconds.")
    public static let notASession = ProblemType.conflict(
        "not_a_session", "This token is an API token: revoke it with DELETE /api/tokens/{id}.")

    // MARK: Users and tokens

    public static let adminRequired = ProblemType.forbidden(
        "admin_required", "Only platform admins can do this.")
    public static let lastAdmin = ProblemType.conflict(
        "last_admin", "The platform must keep at least one admin.")
    public static let cannotDeleteSelf = ProblemType.conflict(
        "cannot_delete_self", "You can't delete your own account.")
    public static let cannotSuspendSelf = ProblemType.conflict(
        "cannot_suspend_self", "You can't suspend your own account.")
    public static let cannotOffboardSelf = ProblemType.conflict(
        "cannot_offboard_self", "You can't offboard yourself: another platform admin can.")
    public static let emailTaken = ProblemType.conflict(
        "email_taken", "Another user has this e-mail address.")
    public static let usernameTaken = ProblemType.conflict(
        "username_taken", "Another user has this username.")
    public static let adminProtected = ProblemType.forbidden(
        "admin_protected",
        "SCIM can suspend a platform admin, but neither delete them nor change their address.")
    public static let tooManyTokens = ProblemType.conflict(
        "too_many_tokens", "A user can have at most 1,000 API tokens.")

    // MARK: Forms of the pages

    public static let malformedForm = ProblemType(
        .malformed, "malformed_form", "The form must be percent-encoded UTF-8.")
    public static let foreignForm = ProblemType.forbidden(
        "foreign_form", "This form was sent from another site. Open the link from the e-mail again."
    )
}
