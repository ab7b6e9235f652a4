import InvitationsContract
import Kernel

enum WorkspaceInvitationStatus: String, Sendable, CaseIterable {
    case pending
    case accepted
    case rejected
    case expired
    case revoked
}

/// An invitation of an address to a workspace.
struct WorkspaceInvitation: Sendable, Equatable, Mailed {
    let id: String
    let workspaceId: String
    let email: String
    /// `read` or `write`.
    let permissions: WorkspacePermission
    var status: WorkspaceInvitationStatus
    /// Who made it, whoever has it mailed again.
    let invitedBy: String
    var expiresAt: Timestamp
    let createdAt: Timestamp
    /// When it was mailed last.
    var sentAt: Timestamp
    /// Who has accepted or rejected it.
    var answeredBy: String?
    var answeredAt: Timestamp?
    /// What the workspace was called when it ended; nil while it is pending.
    var nameAtEnd: String?
    var mailId: String?
    var delivery = MailDelivery.none

    /// Whether it can be answered, and whatever else takes a pending one.
    func isOpen(at now: Timestamp) -> Bool { status(at: now) == .pending }

    /// Its status at a moment: the sweep that writes it down may be some seconds late.
    func status(at now: Timestamp) -> WorkspaceInvitationStatus {
        status == .pending && now >= expiresAt ? .expired : status
    }
}

/// A valid wish for a new invitation.
struct WorkspaceInvitationDraft: Sendable, Equatable {
    let email: String
    let permissions: WorkspacePermission

    init(email: String, permissions: String? = nil) throws(Fault) {
        var validation = Validation()
        let validEmail = validation.check(try Text.email(email, pointer: "/invitedEmail"))
        let validPermissions = validation.check(
            try permissions.map { text throws(Fault) in
                try WorkspacePermission(given: text)
            } ?? .read)
        guard let validEmail, let validPermissions else { throw .invalid(validation.fields) }
        self.email = validEmail
        self.permissions = validPermissions
    }
}

/// A valid answer to an invitation.
struct WorkspaceInvitationResponse: Sendable, Equatable {
    let accepts: Bool
    /// Who the answer says that it is of.
    let email: String

    init(status: String, email: String) throws(Fault) {
        var validation = Validation()
        accepts = status == WorkspaceInvitationStatus.accepted.rawValue
        if !WorkspaceWords.answers.contains(status) {
            validation.reject(
                "/status", "must be one of \(WorkspaceWords.answers.joined(separator: ", "))")
        }
        let validEmail = validation.check(try Text.email(email, pointer: "/userEmail"))
        guard let validEmail, validation.fields.isEmpty else {
            throw .invalid(validation.fields)
        }
        self.email = validEmail
    }
}

extension WorkspaceInvitation {
    /// - Throws: 422 at `/expirationDate` unless it lies ahead, a year at most.
    static func check(expiration: Timestamp, at now: Timestamp) throws(Fault) {
        guard expiration > now else {
            throw .invalid("/expirationDate", "must be in the future")
        }
        guard expiration <= aYear(after: now) else {
            throw .invalid("/expirationDate", "must be at most a year ahead")
        }
    }

    /// The same moment of the year in the next one; of 29 February the day before.
    static func aYear(after now: Timestamp) -> Timestamp {
        func yearless(_ time: Timestamp) -> Substring { time.rfc3339.dropFirst(4) }
        let longer = now.adding(seconds: 366 * 86_400)
        return yearless(longer) == yearless(now) ? longer : now.adding(seconds: 365 * 86_400)
    }

    /// Seconds until it may be mailed again; nil if it may be now.
    func pause(at now: Timestamp) -> Int? {
        let pause = Int64(WorkspaceLimits.resendPause) * 1_000
        let passed = now.milliseconds - sentAt.milliseconds
        // A clock that was set back, by more than the pause, prolongs nothing.
        guard abs(passed) < pause else { return nil }
        return Int((pause - max(passed, 0) + 999) / 1_000)
    }

    static func alreadyInvited(_ other: WorkspaceInvitation) -> Fault {
        Fault(
            .conflict, code: "already_invited",
            "This address has a pending invitation already: \(other.id).",
            members: ["invitationId": other.id])
    }

    static func notPending(_ status: WorkspaceInvitationStatus) -> Fault {
        Fault(
            .conflict, code: "invitation_not_pending",
            "The invitation is not pending any more but \(status.rawValue).")
    }

    static func answered(_ status: WorkspaceInvitationStatus) -> Fault {
        Fault(
            .conflict, code: "invitation_answered",
            "The invitation was \(status.rawValue) before.")
    }

    static func tooSoon(_ seconds: Int) -> Fault {
        Fault(
            .rateLimited, code: "resent_too_soon",
            "An invitation is mailed once in \(WorkspaceLimits.resendPause) seconds.",
            retryAfter: seconds)
    }
}
