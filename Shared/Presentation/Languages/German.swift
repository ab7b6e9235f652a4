struct German: Texts {
    private static let someone = "Jemand"

    func invites(_ inviter: String?, to thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return switch role {
        case .collaborator: "\(inviter) lädt Sie ein, an \(thing) mitzuarbeiten"
        case .viewer: "\(inviter) lädt Sie ein, \(thing) anzusehen"
        case .reader: "\(inviter) lädt Sie ein, den Arbeitsbereich \(thing) anzusehen"
        case .writer: "\(inviter) lädt Sie ein, im Arbeitsbereich \(thing) mitzuarbeiten"
        }
    }

    let invitedBy = "Eingeladen von"
    let invitedAddress = "Eingeladene Adresse"
    let roleLabel = "Rolle"

    func role(_ role: InvitedAs) -> String {
        switch role {
        case .collaborator: "Mitarbeit"
        case .viewer: "Nur Ansicht"
        case .reader: "Nur lesen"
        case .writer: "Lesen und schreiben"
        }
    }

    let expiresLabel = "Gültig bis"
    let terms = "Nutzungsbedingungen"
    let privacy = "Datenschutz"
    let help = "Hilfe:"

    // MARK: Pages

    let invitation = "Einladung"
    let enterCode = "Code eingeben"
    let wrongCodeTitle = "Falscher Code"

    func confirm(_ email: String) -> Phrase {
        "Um zu antworten, bestätigen Sie bitte, dass \(name: email) Ihre Adresse ist."
    }

    let sendCode = "Code per E-Mail senden"
    func codeSent(_ email: String) -> Phrase {
        "Wir haben einen Code an \(name: email) gesendet."
    }
    func codeHelp(minutes: Int) -> String {
        """
        Er gilt \(String(minutes)) Minuten. Wenn Sie die E-Mail nicht finden, sehen Sie im \
        Spam-Ordner nach.
        """
    }
    let code = "Code"
    let signIn = "Anmelden"
    let sendNewCode = "Neuen Code senden"
    let wrongCode = """
        Dieser Code ist falsch oder abgelaufen. Versuchen Sie es noch einmal, oder lassen Sie sich \
        einen neuen senden.
        """
    let accept = "Annehmen"
    let decline = "Ablehnen"
    func signedIn(as email: String) -> Phrase { "Sie sind als \(email) angemeldet." }
    func willBeSignedIn(as email: String) -> Phrase { "Sie werden als \(email) angemeldet." }
    func signedIn(as other: String, notAs invited: String) -> Phrase {
        "Sie sind als \(other) angemeldet. Diese Einladung gilt für \(invited)."
    }
    let signInToRespond = "Melden Sie sich an, um zu antworten."
    func goOn(with provider: String) -> String { "Weiter mit \(provider)" }
    func providerAway(_ provider: String) -> Phrase {
        "\(provider) ist nicht erreichbar. Versuchen Sie es erneut oder verwenden Sie einen Code."
    }
    func providerFailed(_ provider: String) -> Phrase {
        """
        Die Anmeldung mit \(provider) hat nicht funktioniert. Versuchen Sie es erneut oder \
        verwenden Sie einen Code.
        """
    }
    func providerUnverified(_ provider: String) -> Phrase {
        "\(provider) hat Ihre E-Mail-Adresse nicht bestätigt. Verwenden Sie einen Code."
    }
    func signedIn(by provider: String, as other: String, notAs invited: String) -> Phrase {
        "\(provider) hat Sie als \(other) angemeldet. Diese Einladung gilt für \(invited)."
    }
    let useOther = "Anderes Konto verwenden"
    let signOut = "Abmelden"

    func accepted(_ thing: String) -> String { "Sie haben jetzt Zugriff auf \(thing)" }
    let closePage = "Sie können diese Seite schließen."
    func goOn(_ product: String) -> String { "Weiter zu \(product)" }
    let alreadyAccepted = "Diese Einladung wurde bereits angenommen"
    func alreadyAcceptedNote(_ inviter: String?) -> Phrase {
        """
        Wenn Sie das waren, melden Sie sich an. Andernfalls geben Sie bitte \
        \(inviter ?? Self.person) Bescheid.
        """
    }
    let expired = "Diese Einladung ist abgelaufen"
    func expiredNote(_ inviter: String?) -> Phrase {
        "Bitten Sie \(inviter ?? Self.person) um eine neue."
    }
    let declined = "Sie haben diese Einladung abgelehnt"
    func declinedNote(_ inviter: String?) -> Phrase {
        """
        Sie wurden nicht hinzugefügt. Falls das ein Versehen war, bitten Sie \
        \(inviter ?? Self.person) um eine neue Einladung.
        """
    }
    let revoked = "Diese Einladung wurde zurückgezogen"
    func revokedNote(_ inviter: String?) -> Phrase {
        """
        Sie kann nicht mehr angenommen werden. Falls Sie sie erwartet haben, bitten Sie \
        \(inviter ?? Self.person) um eine neue.
        """
    }
    /// In a form that is dative and accusative.
    private static let person = "die einladende Person"

    let ask = "Neue Einladung anfragen"
    func asked(_ inviter: String) -> Phrase {
        """
        Wir haben \(inviter) benachrichtigt. Sie erhalten eine E-Mail, wenn \(inviter) Sie noch \
        einmal einlädt.
        """
    }

    let notFound = "Wir finden diese Einladung nicht"
    let notFoundNote = """
        Der Link ist vielleicht unvollständig: Öffnen Sie ihn noch einmal aus der E-Mail.
        """
    let notifications = "E-Mails über Freigaben"
    func notified(_ email: String) -> Phrase {
        "Wir schreiben an \(name: email), wenn jemand etwas mit Ihnen teilt."
    }
    let stopNotifications = "E-Mails über Freigaben abbestellen"
    let unsubscribed = "Sie erhalten keine E-Mails über Freigaben mehr"
    func unsubscribedNote(_ email: String) -> Phrase {
        """
        Was mit Ihnen geteilt wurde, bleibt geteilt. Einladungen und Anmeldecodes senden wir \
        weiterhin an \(name: email). In Ihrem Konto können Sie E-Mails über Freigaben wieder \
        einschalten.
        """
    }
    let unknownLink = "Dieser Link funktioniert nicht"
    let unknownLinkNote: Phrase = """
        Er ist vielleicht unvollständig oder alt: Verwenden Sie den Link der neuesten E-Mail.
        """

    let wentWrong = "Da ist etwas schiefgegangen"

    let backToInvitation = "Zurück zur Einladung"

    func refusalTitle(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced: "Dieser Link gilt nicht mehr"
        case .inviterGone: "Diese Einladung gilt nicht mehr"
        case .userSuspended: "Ihr Konto ist gesperrt"
        case .tooManyTries: "Zu viele Anmeldeversuche"
        case .stalePage, .foreignForm, .unavailable: wentWrong
        }
    }
    func refusal(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced:
            """
            Die Einladung wurde noch einmal gesendet, und dieser Link gilt nicht mehr. Verwenden \
            Sie die neueste E-Mail.
            """
        case .inviterGone: "Wer Sie eingeladen hat, kann keinen Zugriff mehr geben."
        case .userSuspended: "Wenden Sie sich an die Administration."
        case .tooManyTries: "Warten Sie eine Weile, und versuchen Sie es dann noch einmal."
        case .stalePage:
            "Diese Seite ist abgelaufen oder gehört zu einem anderen Browser. Bitte neu öffnen."
        case .foreignForm:
            "Das Formular kam von einer anderen Website. Öffnen Sie den Link aus der E-Mail."
        case .unavailable:
            "Das ist gerade nicht möglich. Versuchen Sie es in einigen Minuten noch einmal."
        }
    }

    // MARK: Mails

    func invitationSubject(_ inviter: String?, _ thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return role.isInWorkspace
            ? "\(inviter) lädt Sie in den Arbeitsbereich \(thing) ein"
            : "\(inviter) lädt Sie zu \(thing) ein"
    }

    let instruction = "Um zu antworten, öffnen Sie diesen Link:"
    let viewButton = "Einladung ansehen"
    func acceptTerms(until day: String) -> Phrase {
        """
        Dieser Link meldet Sie an: Leiten Sie ihn nicht weiter. Er gilt einmal und bis zum \
        \(name: day).
        """
    }
    func viewTerms(until day: String) -> Phrase {
        """
        Sie melden sich mit einem Code an, den wir an diese Adresse senden. Die Einladung gilt bis \
        zum \(name: day).
        """
    }
    let orOpen = "Oder öffnen Sie diesen Link:"
    func ignore(_ inviter: String?) -> Phrase {
        guard let inviter else {
            return "Wenn Sie diese Einladung nicht erwarten, können Sie diese E-Mail ignorieren."
        }
        return "Wenn Sie \(inviter) nicht kennen, können Sie diese E-Mail ignorieren."
    }

    func requestSubject(_ email: String, _ thing: String) -> String {
        "\(email) bittet um eine neue Einladung zu \(thing)"
    }
    func request(_ email: String, _ thing: String) -> Phrase {
        """
        Ihre Einladung von \(name: email) zu \(name: thing) gilt nicht mehr, und \(email) bittet \
        um eine neue.
        """
    }
    var requestNote: Phrase {
        """
        Um Zugriff zu geben, laden Sie die Adresse noch einmal ein. Andernfalls können Sie diese \
        E-Mail ignorieren; zu dieser Einladung senden wir keine weitere.
        """
    }

    func shared(by giver: String?, _ thing: String) -> String {
        guard let giver else { return "\(thing) wurde mit Ihnen geteilt" }
        return "\(giver) hat \(thing) mit Ihnen geteilt"
    }
    func shared(by giver: String?, count: Int) -> String {
        guard let giver else { return "\(count) Dinge wurden mit Ihnen geteilt" }
        return "\(giver) hat \(count) Dinge mit Ihnen geteilt"
    }
    let sharedBy = "Geteilt von"
    func access(_ shared: SharedAs) -> String {
        switch shared {
        case .entity: "Sie können es verwenden"
        case .integration(let level): "Zugriffsstufe \(level)"
        }
    }
    func moreShared(_ count: Int) -> String { "Und \(count) weitere." }
    let seeShared = "Um zu sehen, was geteilt wurde, öffnen Sie diesen Link:"
    func whyNotified(_ email: String) -> Phrase {
        "Diese E-Mail ging an \(email), die Adresse Ihres Kontos."
    }

    func codeSubject(_ code: String, _ product: String) -> String {
        "\(code) ist Ihr Anmeldecode für \(product)"
    }
    let yourCode = "Ihr Anmeldecode lautet"
    func codeTerms(minutes: Int) -> Phrase {
        """
        Er gilt einmal und läuft in \(String(minutes)) Minuten ab. Wir werden Sie nie nach diesem \
        Code fragen.
        """
    }
    let codeNotRequested: Phrase = """
        Wenn Sie ihn nicht angefordert haben, hat vielleicht jemand Ihre Adresse versehentlich \
        eingegeben; Sie können diese E-Mail ignorieren.
        """

    let webhookDisabled = "Wir haben Ihren Webhook deaktiviert"
    func webhookDisabled(_ id: String, because reason: WebhookEnd) -> Phrase {
        let why =
            switch reason {
            case .gone: "er mit 410 Gone geantwortet hat"
            case .noLongerAdmin: "Sie die Plattform nicht mehr verwalten"
            case .noLongerInOrganization: "Sie die Organisation nicht mehr besitzen oder verwalten"
            case .failing(let days): "\(days) Tage lang jede Zustellung fehlgeschlagen ist"
            }
        return "Wir haben Ihren Webhook \(id) deaktiviert, weil \(why)."
    }
    func webhookRemedy(_ id: String) -> Phrase {
        """
        Wenn er wieder funktioniert, aktivieren Sie ihn (PATCH /api/v1/webhooks/\(id)), und lassen \
        Sie die verpassten Ereignisse noch einmal zustellen \
        (POST /api/v1/webhooks/\(id)/redeliver).
        """
    }
    func webhookEventsKept(days: Int) -> Phrase {
        "Das geht mit den Ereignissen der letzten \(String(days)) Tage."
    }
}
