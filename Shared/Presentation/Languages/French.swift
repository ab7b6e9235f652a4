struct French: Texts {
    private static let someone = "Quelqu’un"

    func invites(_ inviter: String?, to thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return switch role {
        case .collaborator: "\(inviter) vous invite à collaborer sur \(thing)"
        case .viewer: "\(inviter) vous invite à consulter \(thing)"
        case .reader: "\(inviter) vous invite à consulter l’espace de travail \(thing)"
        case .writer: "\(inviter) vous invite à collaborer dans l’espace de travail \(thing)"
        }
    }

    let invitedBy = "Invitation de"
    let invitedAddress = "Adresse invitée"
    let roleLabel = "Rôle"

    func role(_ role: InvitedAs) -> String {
        switch role {
        case .collaborator: "Collaboration"
        case .viewer: "Consultation"
        case .reader: "Lecture seule"
        case .writer: "Lecture et écriture"
        }
    }

    let expiresLabel = "Valable jusqu’au"
    let terms = "Conditions d’utilisation"
    let privacy = "Confidentialité"
    let help = "Aide\u{A0}:"

    // MARK: Pages

    let invitation = "Invitation"
    let enterCode = "Saisissez votre code"
    let wrongCodeTitle = "Code incorrect"

    func confirm(_ email: String) -> Phrase {
        "Pour répondre, confirmez que \(name: email) est bien votre adresse."
    }

    /// Not broken after the "e".
    let sendCode = "Recevoir un code par e\u{2011}mail"
    func codeSent(_ email: String) -> Phrase {
        "Nous avons envoyé un code à \(name: email)."
    }
    func codeHelp(minutes: Int) -> String {
        """
        Il est valable \(String(minutes)) minutes. Si vous ne trouvez pas l’e-mail, regardez \
        dans vos courriers indésirables.
        """
    }
    let code = "Code"
    let signIn = "Se connecter"
    let sendNewCode = "Envoyer un nouveau code"
    let wrongCode = """
        Ce code est incorrect ou a expiré. Réessayez ou demandez un nouveau code.
        """
    let accept = "Accepter"
    let decline = "Refuser"
    func signedIn(as email: String) -> Phrase { "Vous utilisez le compte \(email)." }
    func willBeSignedIn(as email: String) -> Phrase {
        "Vous allez utiliser le compte \(email)."
    }
    func signedIn(as other: String, notAs invited: String) -> Phrase {
        "Vous utilisez le compte \(other). Cette invitation est destinée à \(invited)."
    }
    let signInToRespond = "Connectez-vous pour répondre."
    func goOn(with provider: String) -> String { "Continuer avec \(provider)" }
    func providerAway(_ provider: String) -> Phrase {
        "\(provider) est injoignable. Réessayez ou utilisez un code."
    }
    func providerFailed(_ provider: String) -> Phrase {
        "La connexion avec \(provider) a échoué. Réessayez ou utilisez un code."
    }
    func providerUnverified(_ provider: String) -> Phrase {
        "\(provider) n’a pas vérifié votre adresse e-mail. Utilisez un code."
    }
    func signedIn(by provider: String, as other: String, notAs invited: String) -> Phrase {
        """
        \(provider) vous a connecté avec le compte \(other). Cette invitation est destinée à \
        \(invited).
        """
    }
    let useOther = "Utiliser un autre compte"
    let signOut = "Se déconnecter"

    func accepted(_ thing: String) -> String { "Vous avez maintenant accès à \(thing)" }
    let closePage = "Vous pouvez fermer cette page."
    func goOn(_ product: String) -> String { "Continuer vers \(product)" }
    let alreadyAccepted = "Cette invitation a déjà été acceptée"
    func alreadyAcceptedNote(_ inviter: String?) -> Phrase {
        """
        Si c’était vous, connectez-vous. Sinon, informez-en \(inviter ?? Self.person).
        """
    }
    let expired = "Cette invitation a expiré"
    func expiredNote(_ inviter: String?) -> Phrase {
        "Demandez-en une nouvelle à \(inviter ?? Self.person)."
    }
    let declined = "Vous avez refusé cette invitation"
    func declinedNote(_ inviter: String?) -> Phrase {
        """
        Aucun accès ne vous a été donné. Si c’était une erreur, demandez une nouvelle \
        invitation à \(inviter ?? Self.person).
        """
    }
    let revoked = "Cette invitation a été révoquée"
    func revokedNote(_ inviter: String?) -> Phrase {
        """
        Elle ne peut plus être acceptée. Si vous l’attendiez, demandez-en une nouvelle à \
        \(inviter ?? Self.person).
        """
    }
    private static let person = "la personne à l’origine de l’invitation"

    let ask = "Demander une nouvelle invitation"
    func asked(_ inviter: String) -> Phrase {
        """
        Nous avons prévenu \(inviter). Vous recevrez un e-mail si une nouvelle invitation vous \
        est envoyée.
        """
    }

    let notFound = "Cette invitation est introuvable"
    let notFoundNote = """
        Le lien est peut-être incomplet\u{A0}: ouvrez-le de nouveau depuis l’e-mail.
        """
    let notifications = "E-mails sur les partages"
    func notified(_ email: String) -> Phrase {
        "Nous écrivons à \(name: email) quand quelqu’un partage quelque chose avec vous."
    }
    let stopNotifications = "Ne plus recevoir d’e-mails sur les partages"
    let unsubscribed = "Vous ne recevrez plus d’e-mails sur les partages"
    func unsubscribedNote(_ email: String) -> Phrase {
        """
        Ce qui a été partagé avec vous le reste. Nous envoyons toujours les invitations et les \
        codes de connexion à \(name: email). Vous pouvez réactiver les e-mails sur les partages \
        dans votre compte.
        """
    }
    let unknownLink = "Ce lien ne fonctionne pas"
    let unknownLinkNote: Phrase = """
        Il est peut-être incomplet ou ancien\u{A0}: utilisez celui du dernier e-mail.
        """

    let wentWrong = "Un problème est survenu"

    let backToInvitation = "Revenir à l’invitation"

    func refusalTitle(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced: "Ce lien ne fonctionne plus"
        case .inviterGone: "Cette invitation n’est plus valable"
        case .userSuspended: "Votre compte est suspendu"
        case .tooManyTries: "Trop de tentatives de connexion"
        case .stalePage, .foreignForm, .unavailable: wentWrong
        }
    }
    func refusal(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced:
            """
            L’invitation a été renvoyée et ce lien ne fonctionne plus. Utilisez le dernier e-mail.
            """
        case .inviterGone:
            "La personne qui a envoyé cette invitation ne peut plus donner accès."
        case .userSuspended: "Adressez-vous à l’administration."
        case .tooManyTries: "Patientez un moment, puis réessayez."
        case .stalePage:
            "Cette page a expiré ou vient d’un autre navigateur. Rouvrez le lien de l’e-mail."
        case .foreignForm:
            "Le formulaire venait d’un autre site. Ouvrez de nouveau le lien depuis l’e-mail."
        case .unavailable: "C’est impossible pour le moment. Réessayez dans quelques minutes."
        }
    }

    // MARK: Mails

    func invitationSubject(_ inviter: String?, _ thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return role.isInWorkspace
            ? "\(inviter) vous invite dans l’espace de travail \(thing)"
            : "\(inviter) vous invite à rejoindre \(thing)"
    }

    let instruction = "Pour répondre, ouvrez ce lien\u{A0}:"
    let viewButton = "Voir l’invitation"
    func acceptTerms(until day: String) -> Phrase {
        """
        Ce lien ouvre votre session\u{A0}: ne le transférez pas. Il fonctionne une seule fois, \
        jusqu’au \(name: day).
        """
    }
    func viewTerms(until day: String) -> Phrase {
        """
        Vous vous connecterez avec un code que nous enverrons à cette adresse. L’invitation est \
        valable jusqu’au \(name: day).
        """
    }
    let orOpen = "Ou ouvrez ce lien\u{A0}:"
    func ignore(_ inviter: String?) -> Phrase {
        guard let inviter else {
            return "Si vous n’attendiez pas cette invitation, vous pouvez ignorer cet e-mail."
        }
        return "Si vous ne connaissez pas \(inviter), vous pouvez ignorer cet e-mail."
    }

    func requestSubject(_ email: String, _ thing: String) -> String {
        "\(email) demande une nouvelle invitation à \(thing)"
    }
    func request(_ email: String, _ thing: String) -> Phrase {
        """
        Votre invitation de \(name: email) à \(name: thing) n’est plus valable, et \(email) en \
        demande une nouvelle.
        """
    }
    var requestNote: Phrase {
        """
        Pour donner accès, invitez de nouveau cette adresse. Sinon, vous pouvez ignorer cet \
        e-mail\u{A0}; nous n’en enverrons pas d’autre pour cette invitation.
        """
    }

    func shared(by giver: String?, _ thing: String) -> String {
        "\(giver ?? "Quelqu’un") a partagé \(thing) avec vous"
    }
    func shared(by giver: String?, count: Int) -> String {
        guard let giver else { return "\(count) éléments ont été partagés avec vous" }
        return "\(giver) a partagé \(count) éléments avec vous"
    }
    let sharedBy = "Partagé par"
    func access(_ shared: SharedAs) -> String {
        switch shared {
        case .entity: "Utilisation possible"
        case .integration(let level): "Niveau d’accès \(level)"
        }
    }
    func moreShared(_ count: Int) -> String { "Et \(count) de plus." }
    let seeShared = "Pour voir ce qui a été partagé, ouvrez ce lien\u{A0}:"
    func whyNotified(_ email: String) -> Phrase {
        "Cet e-mail a été envoyé à \(email), l’adresse de votre compte."
    }

    func codeSubject(_ code: String, _ product: String) -> String {
        "\(code) est votre code de connexion à \(product)"
    }
    let yourCode = "Votre code de connexion\u{A0}:"
    func codeTerms(minutes: Int) -> Phrase {
        """
        Il fonctionne une seule fois et expire dans \(String(minutes)) minutes. Nous ne vous le \
        demanderons jamais.
        """
    }
    let codeNotRequested: Phrase = """
        Si vous ne l’avez pas demandé, quelqu’un a peut-être saisi votre adresse par erreur\u{A0}; \
        vous pouvez ignorer cet e-mail.
        """

    let webhookDisabled = "Nous avons désactivé votre webhook"
    func webhookDisabled(_ id: String, because reason: WebhookEnd) -> Phrase {
        let why =
            switch reason {
            case .gone: "il a répondu 410 Gone"
            case .noLongerAdmin: "vous n’administrez plus la plateforme"
            case .noLongerInOrganization: "vous ne gérez plus l’organisation"
            case .failing(let days): "toutes les livraisons ont échoué pendant \(days) jours"
            }
        return "Nous avons désactivé votre webhook \(id), car \(why)."
    }
    func webhookRemedy(_ id: String) -> Phrase {
        """
        Lorsqu’il fonctionnera de nouveau, activez-le (PATCH /api/v1/webhooks/\(id)) et demandez \
        une nouvelle livraison des événements manqués (POST /api/v1/webhooks/\(id)/redeliver).
        """
    }
    func webhookEventsKept(days: Int) -> Phrase {
        "Les événements des \(String(days)) derniers jours peuvent être livrés de nouveau."
    }
}
