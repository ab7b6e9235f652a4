struct English: Texts {
    private static let someone = "Someone"

    func invites(_ inviter: String?, to thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return switch role {
        case .collaborator: "\(inviter) invites you to work on \(thing)"
        case .viewer: "\(inviter) invites you to view \(thing)"
        case .reader: "\(inviter) invites you to view the workspace \(thing)"
        case .writer: "\(inviter) invites you to work in the workspace \(thing)"
        }
    }

    let invitedBy = "Invited by"
    let invitedAddress = "Invited address"
    let roleLabel = "Role"

    func role(_ role: InvitedAs) -> String {
        switch role {
        case .collaborator: "Collaborator"
        case .viewer: "Viewer"
        case .reader: "Read only"
        case .writer: "Read and write"
        }
    }

    let expiresLabel = "Expires"
    let terms = "Terms"
    let privacy = "Privacy"
    let help = "Help:"

    // MARK: Pages

    let invitation = "Invitation"
    let enterCode = "Enter your code"
    let wrongCodeTitle = "Wrong code"

    func confirm(_ email: String) -> Phrase {
        "To respond, confirm that \(name: email) is your address."
    }

    let sendCode = "E-mail me a code"
    func codeSent(_ email: String) -> Phrase { "We sent a code to \(name: email)." }
    func codeHelp(minutes: Int) -> String {
        """
        It works for \(String(minutes)) minutes. If you can't find the e-mail, look in your spam \
        folder.
        """
    }
    let code = "Code"
    let signIn = "Sign in"
    let sendNewCode = "Send a new code"
    let wrongCode = "That code is wrong or has expired. Try again, or send a new code."
    let accept = "Accept"
    let decline = "Decline"
    func signedIn(as email: String) -> Phrase { "You are signed in as \(email)." }
    func willBeSignedIn(as email: String) -> Phrase { "You will be signed in as \(email)." }
    func signedIn(as other: String, notAs invited: String) -> Phrase {
        "You are signed in as \(other). This invitation is for \(invited)."
    }
    let signInToRespond = "Sign in to respond."
    func goOn(with provider: String) -> String { "Continue with \(provider)" }
    func providerAway(_ provider: String) -> Phrase {
        "\(provider) can't be reached. Try again, or use a code."
    }
    func providerFailed(_ provider: String) -> Phrase {
        "Signing in with \(provider) didn't work. Try again, or use a code."
    }
    func providerUnverified(_ provider: String) -> Phrase {
        "\(provider) hasn't verified your e-mail address. Use a code."
    }
    func signedIn(by provider: String, as other: String, notAs invited: String) -> Phrase {
        "\(provider) signed you in as \(other). This invitation is for \(invited)."
    }
    let useOther = "Use another account"
    let signOut = "Sign out"

    func accepted(_ thing: String) -> String { "You now have access to \(thing)" }
    let closePage = "You can close this page."
    func goOn(_ product: String) -> String { "Continue to \(product)" }
    let alreadyAccepted = "This invitation has already been accepted"
    func alreadyAcceptedNote(_ inviter: String?) -> Phrase {
        "If that was you, sign in. Otherwise let \(inviter ?? "the owner") know."
    }
    let expired = "This invitation has expired"
    func expiredNote(_ inviter: String?) -> Phrase {
        "Ask \(inviter ?? "the owner") for a new one."
    }
    let declined = "You declined this invitation"
    func declinedNote(_ inviter: String?) -> Phrase {
        """
        You haven't been added. If that was a mistake, ask \(inviter ?? "the owner") for a new \
        invitation.
        """
    }
    let revoked = "This invitation was revoked"
    func revokedNote(_ inviter: String?) -> Phrase {
        """
        It can no longer be accepted. If you expected it, ask \(inviter ?? "the owner") for a \
        new one.
        """
    }

    let ask = "Ask for a new invitation"
    func asked(_ inviter: String) -> Phrase {
        "We let \(inviter) know. You'll get an e-mail if \(inviter) invites you again."
    }

    let notFound = "We can't find this invitation"
    let notFoundNote = "The link may be incomplete: open it again from the e-mail."
    let notifications = "E-mails about shares"
    func notified(_ email: String) -> Phrase {
        "We send an e-mail to \(name: email) when someone shares something with you."
    }
    let stopNotifications = "Stop e-mails about shares"
    let unsubscribed = "You won't get e-mails about shares"
    func unsubscribedNote(_ email: String) -> Phrase {
        """
        What was shared with you stays shared. We still send invitations and sign-in codes to \
        \(name: email). You can turn e-mails about shares on again in your account.
        """
    }
    let unknownLink = "This link doesn't work"
    let unknownLinkNote: Phrase = "It may be incomplete or old: use the link of the latest e-mail."

    let wentWrong = "Something went wrong"

    let backToInvitation = "Back to the invitation"

    func refusalTitle(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced: "This link no longer works"
        case .inviterGone: "This invitation no longer works"
        case .userSuspended: "Your account is suspended"
        case .tooManyTries: "Too many attempts"
        case .stalePage, .foreignForm, .unavailable: wentWrong
        }
    }
    func refusal(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced:
            "The invitation was sent again, and this link no longer works. Use the latest e-mail."
        case .inviterGone: "The person who invited you can no longer give access."
        case .userSuspended: "Ask an administrator to restore it."
        case .tooManyTries: "Wait a while, then try again."
        case .stalePage:
            "This page has expired, or was opened in another browser. Open the link again."
        case .foreignForm: "The form came from another site. Open the link from the e-mail again."
        case .unavailable: "We can't do this at the moment. Try again in a few minutes."
        }
    }

    // MARK: Mails

    func invitationSubject(_ inviter: String?, _ thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return "\(inviter) invites you to \(role.isInWorkspace ? "the workspace " : "")\(thing)"
    }

    let instruction = "To respond, open this link:"
    let viewButton = "View the invitation"
    func acceptTerms(until day: String) -> Phrase {
        """
        This link signs you in, so don't forward it. It works once and expires on \
        \(name: day).
        """
    }
    func viewTerms(until day: String) -> Phrase {
        """
        You'll sign in with a code that we send to this address. The invitation expires on \
        \(name: day).
        """
    }
    let orOpen = "Or open this link:"
    func ignore(_ inviter: String?) -> Phrase {
        guard let inviter else {
            return "If you don't expect this invitation, you can ignore this e-mail."
        }
        return "If you don't know \(inviter), you can ignore this e-mail."
    }

    func requestSubject(_ email: String, _ thing: String) -> String {
        "\(email) asks for a new invitation to \(thing)"
    }
    func request(_ email: String, _ thing: String) -> Phrase {
        """
        Your invitation of \(name: email) to \(name: thing) has ended, and \(email) asks for a \
        new one.
        """
    }
    var requestNote: Phrase {
        """
        To give access, invite the address again. Otherwise you can ignore this e-mail; we won't \
        send another for this invitation.
        """
    }

    func shared(by giver: String?, _ thing: String) -> String {
        guard let giver else { return "\(thing) was shared with you" }
        return "\(giver) shared \(thing) with you"
    }
    func shared(by giver: String?, count: Int) -> String {
        guard let giver else { return "\(count) things were shared with you" }
        return "\(giver) shared \(count) things with you"
    }
    let sharedBy = "Shared by"
    func access(_ shared: SharedAs) -> String {
        switch shared {
        case .entity: "You can use it"
        case .integration(let level): "Access level \(level)"
        }
    }
    func moreShared(_ count: Int) -> String { "And \(count) more." }
    let seeShared = "To see what was shared, open this link:"
    func whyNotified(_ email: String) -> Phrase {
        "We sent this to \(email) because it is the address of your account."
    }

    func codeSubject(_ code: String, _ product: String) -> String {
        "\(code) is your sign-in code for \(product)"
    }
    let yourCode = "Your sign-in code is"
    func codeTerms(minutes: Int) -> Phrase {
        """
        It works once and expires in \(String(minutes)) minutes. We will never ask you for this \
        code.
        """
    }
    let codeNotRequested: Phrase = """
        If you didn't request it, someone may have typed your address by mistake; you can ignore \
        this e-mail.
        """

    let webhookDisabled = "We disabled your webhook"
    func webhookDisabled(_ id: String, because reason: WebhookEnd) -> Phrase {
        let why =
            switch reason {
            case .gone: "it returned 410 Gone"
            case .noLongerAdmin: "you are no longer a platform admin"
            case .noLongerInOrganization:
                "you are no longer an owner or admin of the organization"
            case .failing(let days): "every delivery failed for \(days) days"
            }
        return "We have disabled your webhook \(id) because \(why)."
    }
    func webhookRemedy(_ id: String) -> Phrase {
        """
        When it works again, enable it (PATCH /api/v1/webhooks/\(id)) and redeliver the events it \
        missed (POST /api/v1/webhooks/\(id)/redeliver).
        """
    }
    func webhookEventsKept(days: Int) -> Phrase {
        "Events of the last \(String(days)) days can be redelivered."
    }
}
