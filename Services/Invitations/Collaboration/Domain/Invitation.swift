import InvitationsContract
import Inviting
import Kernel

/// An invitation of an address to collaborate on an entity.
struct Invitation: Sendable, Equatable, Mailed {
    let id: String
    let entityId: String
    let email: String
    let role: CollaboratorRole
    var status: InvitationStatus
    /// The owner who created it or last sent it.
    var invitedBy: String
    let message: String?
    /// Days from sending until it expires.
    let days: Int
    var expiresAt: Timestamp
    let createdAt: Timestamp
    var acceptedAt: Timestamp?
    var acceptedBy: String?
    /// The token of the invitee's session.
    var acceptedWith: String?
    /// Declined by the invitee; the API shows `revoked`.
    var isDeclined = false
    /// Counts the e-mails: each has its own link and claim.
    var generation = 1
    /// SHA-256 of the claim in the latest e-mail; nil if there was none.
    var claimDigest: [UInt8]?
    var mailId: String?
    var delivery = MailDelivery.none
    /// `InvitationSecrets.linkKey`; empty for one from before that was stored.
    var linkKey: [UInt8] = []
    /// The language of its page and e-mail.
    var locale: String?
    /// Where the page leads after the answer.
    var returnURL: String?
    /// When the inviter was asked for a new one.
    var askedAt: Timestamp?

    /// Whether it can be accepted.
    func isOpen(at now: Timestamp) -> Bool { status == .pending && now < expiresAt }

    /// The status at a moment: the sweep that stores an expiry runs some seconds late.
    func status(at now: Timestamp) -> InvitationStatus {
        status == .pending && now >= expiresAt ? .expired : status
    }
}

/// A valid new invitation.
struct InvitationDraft: Sendable, Equatable {
    let email: String
    let role: CollaboratorRole
    let days: Int
    let sendsMail: Bool
    let message: String?
    let locale: String?
    /// Checked by `ReturnOrigins`.
    let returnURL: String?

    init(
        email: String, role: String? = nil, days: Int? = nil, sendsMail: Bool? = nil,
        message: String? = nil, locale: String? = nil, returnURL: String? = nil
    ) throws(Fault) {
        var validation = Validation()
        let validEmail = validation.check(try Text.email(email, pointer: "/email"))
        let validRole: CollaboratorRole? = validation.check(
            try Text.word(role ?? CollaboratorRole.collaborator.rawValue, pointer: "/role"))
        let terms = validation.check(
            try InvitationTerms(days: days, message: message, locale: locale))
        guard let validEmail, let validRole, let terms, validation.fields.isEmpty else {
            throw .invalid(validation.fields)
        }
        self.email = validEmail
        self.role = validRole
        self.days = terms.days
        self.sendsMail = sendsMail ?? true
        self.message = terms.message
        self.locale = terms.locale
        self.returnURL = returnURL
    }
}

/// What all invitations of one request share.
struct InvitationTerms: Sendable, Equatable {
    let days: Int
    let message: String?
    let locale: String?

    init(days: Int?, message: String?, locale: String? = nil) throws(Fault) {
        var validation = Validation()
        self.days = days ?? InvitationLimits.defaultDays
        if !InvitationLimits.days.contains(self.days) {
            validation.reject(
                "/expires_in_days",
                "must be a whole number from \(InvitationLimits.days.lowerBound) to "
                    + "\(InvitationLimits.days.upperBound)")
        }
        self.message =
            validation.check(
                try Text.optionalText(message, pointer: "/message", max: InvitationLimits.message))
            ?? nil
        self.locale =
            validation.check(try Text.localeIfPresent(locale, pointer: "/locale")) ?? nil
        try validation.finish()
    }
}

/// A user who collaborates on an entity.
struct Collaborator: Sendable, Equatable {
    let entityId: String
    let userId: String
    let role: CollaboratorRole
    let addedBy: String
    let addedAt: Timestamp
}

extension Invitation {
    static let ownAddress = Fault.invalid("/email", "must not be the address of the entity's owner")

    static func alreadyInvited(_ other: Invitation) -> Fault {
        Fault(
            InvitationProblems.alreadyInvited,
            "This address already has a pending invitation: \(other.id).",
            members: ["invitation_id": other.id])
    }

    static func notPending(_ status: InvitationStatus) -> Fault {
        Fault(
            InvitationProblems.notPending,
            "The invitation is no longer pending: it is \(status.rawValue).")
    }
}
