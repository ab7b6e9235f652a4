struct Spanish: Texts {
    private static let someone = "Alguien"

    func invites(_ inviter: String?, to thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return switch role {
        case .collaborator: "\(inviter) le invita a colaborar en \(thing)"
        case .viewer: "\(inviter) le invita a ver \(thing)"
        case .reader: "\(inviter) le invita a ver el espacio de trabajo \(thing)"
        case .writer: "\(inviter) le invita a colaborar en el espacio de trabajo \(thing)"
        }
    }

    let invitedBy = "Invitación de"
    let invitedAddress = "Dirección invitada"
    let roleLabel = "Función"

    func role(_ role: InvitedAs) -> String {
        switch role {
        case .collaborator: "Colaboración"
        case .viewer: "Consulta"
        case .reader: "Solo lectura"
        case .writer: "Lectura y escritura"
        }
    }

    let expiresLabel = "Válida hasta el"
    let terms = "Condiciones de uso"
    let privacy = "Privacidad"
    let help = "Ayuda:"

    // MARK: Pages

    let invitation = "Invitación"
    let enterCode = "Introduzca su código"
    let wrongCodeTitle = "Código incorrecto"

    func confirm(_ email: String) -> Phrase {
        "Para responder, confirme que \(name: email) es su dirección."
    }

    let sendCode = "Enviarme un código por correo"
    func codeSent(_ email: String) -> Phrase {
        "Hemos enviado un código a \(name: email)."
    }
    func codeHelp(minutes: Int) -> String {
        """
        Es válido durante \(String(minutes)) minutos. Si no encuentra el correo, mire en la \
        carpeta de correo no deseado.
        """
    }
    let code = "Código"
    let signIn = "Iniciar sesión"
    let sendNewCode = "Enviar un código nuevo"
    let wrongCode = """
        El código es incorrecto o ha caducado. Inténtelo de nuevo o solicite uno nuevo.
        """
    let accept = "Aceptar"
    let decline = "Rechazar"
    func signedIn(as email: String) -> Phrase { "Ha iniciado sesión como \(email)." }
    func willBeSignedIn(as email: String) -> Phrase { "Iniciará sesión como \(email)." }
    func signedIn(as other: String, notAs invited: String) -> Phrase {
        "Ha iniciado sesión como \(other). Esta invitación es para \(invited)."
    }
    let signInToRespond = "Inicie sesión para responder."
    func goOn(with provider: String) -> String { "Continuar con \(provider)" }
    func providerAway(_ provider: String) -> Phrase {
        "No se puede contactar con \(provider). Inténtelo de nuevo o use un código."
    }
    func providerFailed(_ provider: String) -> Phrase {
        "No se pudo iniciar sesión con \(provider). Inténtelo de nuevo o use un código."
    }
    func providerUnverified(_ provider: String) -> Phrase {
        "\(provider) no ha verificado su dirección de correo. Use un código."
    }
    func signedIn(by provider: String, as other: String, notAs invited: String) -> Phrase {
        "\(provider) ha iniciado su sesión como \(other). Esta invitación es para \(invited)."
    }
    let useOther = "Usar otra cuenta"
    let signOut = "Cerrar sesión"

    func accepted(_ thing: String) -> String { "Ya tiene acceso a \(thing)" }
    let closePage = "Puede cerrar esta página."
    func goOn(_ product: String) -> String { "Continuar a \(product)" }
    let alreadyAccepted = "Esta invitación ya se ha aceptado"
    func alreadyAcceptedNote(_ inviter: String?) -> Phrase {
        """
        Si fue usted, inicie sesión. De lo contrario, avise a \(inviter ?? Self.person).
        """
    }
    let expired = "Esta invitación ha caducado"
    func expiredNote(_ inviter: String?) -> Phrase {
        "Pida una nueva a \(inviter ?? Self.person)."
    }
    let declined = "Ha rechazado esta invitación"
    func declinedNote(_ inviter: String?) -> Phrase {
        """
        No se le ha añadido. Si fue un error, pida una nueva invitación a \
        \(inviter ?? Self.person).
        """
    }
    let revoked = "Esta invitación se ha revocado"
    func revokedNote(_ inviter: String?) -> Phrase {
        """
        Ya no se puede aceptar. Si la esperaba, pida una nueva a \(inviter ?? Self.person).
        """
    }
    private static let person = "la persona que le invitó"

    let ask = "Pedir una nueva invitación"
    func asked(_ inviter: String) -> Phrase {
        "Hemos avisado a \(inviter). Recibirá un correo si se le invita de nuevo."
    }

    let notFound = "No encontramos esta invitación"
    let notFoundNote = """
        Es posible que el enlace esté incompleto: ábralo de nuevo desde el correo.
        """
    let notifications = "Correos sobre lo compartido"
    func notified(_ email: String) -> Phrase {
        "Escribimos a \(name: email) cuando alguien comparte algo con usted."
    }
    let stopNotifications = "No recibir más correos sobre lo compartido"
    let unsubscribed = "Ya no recibirá correos sobre lo compartido"
    func unsubscribedNote(_ email: String) -> Phrase {
        """
        Lo que se compartió con usted sigue compartido. Seguimos enviando invitaciones y códigos \
        de acceso a \(name: email). Puede volver a activar los correos sobre lo compartido en su \
        cuenta.
        """
    }
    let unknownLink = "Este enlace no funciona"
    let unknownLinkNote: Phrase = """
        Puede que esté incompleto o sea antiguo: use el del último correo.
        """

    let wentWrong = "Se ha producido un error"

    let backToInvitation = "Volver a la invitación"

    func refusalTitle(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced: "Este enlace ya no funciona"
        case .inviterGone: "Esta invitación ya no es válida"
        case .userSuspended: "Su cuenta está suspendida"
        case .tooManyTries: "Demasiados intentos de inicio de sesión"
        case .stalePage, .foreignForm, .unavailable: wentWrong
        }
    }
    func refusal(_ reason: PageRefusal) -> String {
        switch reason {
        case .linkReplaced:
            """
            La invitación se ha vuelto a enviar y este enlace ya no funciona. Use el correo más \
            reciente.
            """
        case .inviterGone: "La persona que envió esta invitación ya no puede dar acceso."
        case .userSuspended: "Diríjase a la administración."
        case .tooManyTries: "Espere un momento y vuelva a intentarlo."
        case .stalePage:
            "Esta página ha caducado o es de otro navegador. Abra de nuevo el enlace del correo."
        case .foreignForm:
            "El formulario procedía de otro sitio. Abra de nuevo el enlace desde el correo."
        case .unavailable:
            "No es posible en este momento. Inténtelo de nuevo dentro de unos minutos."
        }
    }

    // MARK: Mails

    func invitationSubject(_ inviter: String?, _ thing: String, as role: InvitedAs) -> String {
        let inviter = inviter ?? Self.someone
        return role.isInWorkspace
            ? "\(inviter) le invita al espacio de trabajo \(thing)"
            : "\(inviter) le invita a \(thing)"
    }

    let instruction = "Para responder, abra este enlace:"
    let viewButton = "Ver la invitación"
    func acceptTerms(until day: String) -> Phrase {
        """
        Este enlace inicia su sesión: no lo reenvíe. Funciona una sola vez y caduca el \
        \(name: day).
        """
    }
    func viewTerms(until day: String) -> Phrase {
        """
        Iniciará sesión con un código que enviaremos a esta dirección. La invitación caduca el \
        \(name: day).
        """
    }
    let orOpen = "O abra este enlace:"
    func ignore(_ inviter: String?) -> Phrase {
        guard let inviter else {
            return "Si no espera esta invitación, puede ignorar este correo."
        }
        return "Si no conoce a \(inviter), puede ignorar este correo."
    }

    func requestSubject(_ email: String, _ thing: String) -> String {
        "\(email) pide una nueva invitación a \(thing)"
    }
    func request(_ email: String, _ thing: String) -> Phrase {
        """
        Su invitación de \(name: email) a \(name: thing) ya no es válida, y \(email) pide una \
        nueva.
        """
    }
    var requestNote: Phrase {
        """
        Para dar acceso, invite de nuevo la dirección. De lo contrario, puede ignorar este \
        correo; no enviaremos otro por esta invitación.
        """
    }

    func shared(by giver: String?, _ thing: String) -> String {
        "\(giver ?? "Alguien") ha compartido \(thing) con usted"
    }
    func shared(by giver: String?, count: Int) -> String {
        guard let giver else { return "Se han compartido \(count) elementos con usted" }
        return "\(giver) ha compartido \(count) elementos con usted"
    }
    let sharedBy = "Compartido por"
    func access(_ shared: SharedAs) -> String {
        switch shared {
        case .entity: "Puede usarlo"
        case .integration(let level): "Nivel de acceso \(level)"
        }
    }
    func moreShared(_ count: Int) -> String { "Y \(count) más." }
    let seeShared = "Para ver lo compartido, abra este enlace:"
    func whyNotified(_ email: String) -> Phrase {
        "Este correo se envió a \(email), la dirección de su cuenta."
    }

    func codeSubject(_ code: String, _ product: String) -> String {
        "\(code) es su código de acceso a \(product)"
    }
    let yourCode = "Su código de acceso es"
    func codeTerms(minutes: Int) -> Phrase {
        """
        Funciona una sola vez y caduca en \(String(minutes)) minutos. Nunca le pediremos este \
        código.
        """
    }
    let codeNotRequested: Phrase = """
        Si no lo ha solicitado, es posible que alguien haya escrito su dirección por error; puede \
        ignorar este correo.
        """

    let webhookDisabled = "Hemos desactivado su webhook"
    func webhookDisabled(_ id: String, because reason: WebhookEnd) -> Phrase {
        let why =
            switch reason {
            case .gone: "respondió 410 Gone"
            case .noLongerAdmin: "usted ya no administra la plataforma"
            case .noLongerInOrganization: "usted ya no administra la organización"
            case .failing(let days): "todas las entregas fallaron durante \(days) días"
            }
        return "Hemos desactivado su webhook \(id) porque \(why)."
    }
    func webhookRemedy(_ id: String) -> Phrase {
        """
        Cuando vuelva a funcionar, actívelo (PATCH /api/v1/webhooks/\(id)) y solicite de nuevo los \
        eventos perdidos (POST /api/v1/webhooks/\(id)/redeliver).
        """
    }
    func webhookEventsKept(days: Int) -> Phrase {
        "Se pueden volver a entregar los eventos de los últimos \(String(days)) días."
    }
}
