import InvitationsContract
import Inviting
import Kernel

/// An invitation of an address to a workspace.
struct WorkspaceInvitation: Sendable, Equatable, Mailed {
    let id: String
    let workspaceId: String
    let email: String
    /// `read` or `write`.
    let permissions: WorkspacePermission
    var status: WorkspaceInvitationStatus
    /// Who created it, whoever resends it.
    let invitedBy: String
    var expiresAt: Timestamp
    let createdAt: Timestamp
    /// When the latest e-mail was sent.
    var sentAt: Timestamp
    /// Who has accepted or rejected it.
    var answeredBy: String?
    var answeredAt: Timestamp?
    /// The workspace's name when the invitation ended; nil while it is pending.
    var nameAtEnd: String?
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

    /// Whether it is still pending.
    func isOpen(at now: Timestamp) -> Bool { status(at: now) == .pending }

    /// The status at a moment: the sweep that stores an expiry runs some seconds late.
    func status(at now: Timestamp) -> WorkspaceInvitationStatus {
        status == .pending && now >= expiresAt ? .expired : status
    }
}

/// A valid new invitation.
struct WorkspaceInvitationDraft: Sendable, Equatable {
    let email: String
    let permissions: WorkspacePermission
    let locale: String?
    /// Checked by `ReturnOrigins`.
    let returnURL: String?

    init(
        email: String, permissions: String? = nil, locale: String? = nil,
        returnURL: String? = nil
    ) throws(Fault) {
        var validation = Validation()
        let validEmail = validation.check(try Text.email(email, pointer: "/invitedEmail"))
        let validPermissions = validation.check(
            try permissions.map { text throws(Fault) in
                try WorkspacePermission(given: text)
            } ?? .read)
        let validLocale = validation.check(try Text.localeIfPresent(locale, pointer: "/locale"))
        guard let validEmail, let validPermissions, let validLocale else {
            throw .invalid(validation.fields)
        }
        self.locale = validLocale
        self.returnURL = returnURL
        self.email = validEmail
        self.permissions = validPermissions
    }
}

/// A valid response to an invitation.
struct WorkspaceInvitationResponse: Sendable, Equatable {
    let accepts: Bool
    /// The address that the response claims to be from.
    let email: String

    init(status: String, email: String) throws(Fault) {
        var validation = Validation()
        let response: WorkspaceInvitationStatus? = validation.check(
            try Text.word(status, among: WorkspaceInvitationStatus.responses, pointer: "/status"))
        let validEmail = validation.check(try Text.email(email, pointer: "/userEmail"))
        self.email = try validation.finish(validEmail)
        accepts = response == .accepted
    }
}

extension WorkspaceInvitation {
    /// - Throws: 422 at `/expirationDate` unless it is in the future, at most a year ahead.
    static func check(expiration: Timestamp, at now: Timestamp) throws(Fault) {
        guard expiration > now else {
            throw .invalid("/expirationDate", "must be in the future")
        }
        guard expiration <= aYear(after: now) else {
            throw .invalid("/expirationDate", "must be at most a year ahead")
        }
    }

    /// The same time next year; for 29 February, on the 28th.
    static func aYear(after now: Timestamp) -> Timestamp {
        func yearless(_ time: Timestamp) -> Substring { time.rfc3339.dropFirst(4) }
        let longer = now.adding(seconds: 366 * 86_400)
        return yearless(longer) == yearless(now) ? longer : now.adding(seconds: 365 * 86_400)
    }

    /// Seconds until it can be resent; nil if it can be now.
    func pause(at now: Timestamp) -> Int? {
        let pause = Int64(WorkspaceLimits.resendPause) * 1_000
        let passed = now.milliseconds - sentAt.milliseconds
        // A clock that was set back by more than the pause must not prolong it.
        guard abs(passed) < pause else { return nil }
        return Int((pause - max(passed, 0) + 999) / 1_000)
    }

    static func alreadyInvited(_ other: WorkspaceInvitation) -> Fault {
        Fault(
            InvitationProblems.alreadyInvited,
            "This address already has a pending invitation: \(other.id).",
            members: ["invitationId": other.id])
    }

    static func notPending(_ status: WorkspaceInvitationStatus) -> Fault {
        Fault(
            InvitationProblems.notPending,
            "The invitation is no longer pending: it is \(status.rawValue).")
    }

    static func answered(_ status: WorkspaceInvitationStatus) -> Fault {
        Fault(
            WorkspaceProblems.answered, "The invitation has already been \(status.rawValue).")
    }
}
