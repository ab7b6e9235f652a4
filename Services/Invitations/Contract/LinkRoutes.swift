import Contract
import GatewayContract
import Kernel

/// The links of invitations. The gateway answers them itself, as they begin sessions; it has these
/// routes only beside a configured invitations service.
public enum LinkRoutes {
    public static let all = claims.endpoints + pages

    public static let claims = EndpointGroup(
        "Claims",
        "The link in an invitation's e-mail. Having it proves access to the mailbox, so it signs "
            + "the invitee in, as a new user if necessary.", [claimInvitation])

    public static let claimInvitation = Endpoint(
        "claimInvitation", .post, "/api/v1/invitations/claim", access: .open,
        summary: "Accept an invitation with the claim from its e-mail",
        details: "A claim works once. It is only ever sent in the e-mail; no response contains it.",
        takes: .json(ClaimBody.self),
        answers: .created(ClaimedBody.self, "Accepted and signed in.", located: false),
        problems: InvitationRoutes.ended + [.userSuspended, GatewayProblems.tooManySignInTries])

    /// The pages behind the links, for people.
    public static let pages = [
        showInvitation, answerInvitation, showClaim, takeClaim, startSignIn, finishSignIn,
    ]

    public static let showInvitation = Endpoint(
        "showInvitation", .get, "/invitations/accept", access: .open,
        summary: "Show the page behind an accept_url",
        answers: .other("text/html", "The page."))
    public static let answerInvitation = Endpoint(
        "answerInvitationPage", .post, "/invitations/accept", access: .open,
        summary: "Submit the form of that page", answers: .other("text/html", "The page."))
    public static let showClaim = Endpoint(
        "showClaim", .get, "/invitations/claim", access: .open,
        summary: "Show the page behind the link in an e-mail",
        answers: .other("text/html", "The page."))
    public static let startSignIn = Endpoint(
        "getSignIn", .get, "/invitations/sign-in", access: .open,
        summary: "Lead to the identity provider, to sign in for an invitation",
        answers: .other("text/html", "A redirect."))
    public static let finishSignIn = Endpoint(
        "getSignedIn", .get, "/invitations/signed-in", access: .open,
        summary: "Come back from the identity provider",
        answers: .other("text/html", "A redirect to the invitation."))
    public static let takeClaim = Endpoint(
        "takeClaim", .post, "/invitations/claim", access: .open,
        summary: "Submit the form of that page", answers: .other("text/html", "The page."))
}
