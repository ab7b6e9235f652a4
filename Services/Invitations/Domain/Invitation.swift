import InvitationsContract
import Kernel

enum InvitationStatus: String, Sendable, CaseIterable {
    case pending
    case accepted
    case expired
    case revoked
}

/// What became of the last mail of an invitation.
enum MailDelivery: Sendable, Equatable {
    /// It was not to be mailed.
    case none
    /// It waits to be handed over, or to be tried again.
    case pending
    /// The relay has taken it.
    case sent
    /// Refused for good, or given up.
    case failed(reason: String)

    enum Status: String, Sendable, CaseIterable {
        case none
        case pending
        case sent
        case failed
    }

    var status: Status {
        switch self {
        case .none: .none
        case .pending: .pending
        case .sent: .sent
        case .failed: .failed
        }
    }

    var reason: String? {
        if case .failed(let reason) = self { reason } else { nil }
    }

    init(_ status: Status, reason: String?) {
        switch status {
        case .none: self = .none
        case .pending: self = .pending
        case .sent: self = .sent
        case .failed: self = .failed(reason: reason ?? "")
        }
    }
}

/// What is brought by a mail.
protocol Mailed {
    /// The mail that brought it last.
    var mailId: String? { get set }
    /// What became of that mail.
    var delivery: MailDelivery { get set }
}

enum CollaboratorRole: String, Sendable, CaseIterable {
    case collaborator
    case viewer

    /// - Throws: 422 at `/role`.
    init(_ text: String?) throws(Fault) {
        guard let role = CollaboratorRole(rawValue: text ?? Self.collaborator.rawValue) else {
            throw .invalid(
                "/role", "must be one of \(InvitationWords.roles.joined(separator: ", "))")
        }
        self = role
    }
}

/// An invitation of an address to collaborate on an entity.
struct Invitation: Sendable, Equatable, Mailed {
    let id: String
    let entityId: String
    let email: String
    let role: CollaboratorRole
    var status: InvitationStatus
    /// The entity's owner who made it, or sent it last.
    var invitedBy: String
    let message: String?
    /// How long it is good for from when it is sent.
    let days: Int
    var expiresAt: Timestamp
    let createdAt: Timestamp
    var acceptedAt: Timestamp?
    var acceptedBy: String?
    /// The token of his session then.
    var acceptedWith: String?
    /// The invitee has said no; to the API it is revoked.
    var isDeclined = false
    /// Another link and claim with each.
    var generation = 1
    /// SHA-256 of the secret in the last mail; nil if it was never mailed. It says who is meant,
    /// and the status whether he still may.
    var claimDigest: [UInt8]?
    var mailId: String?
    var delivery = MailDelivery.none

    /// Whether it can be accepted.
    func isOpen(at now: Timestamp) -> Bool { status == .pending && now < expiresAt }

    /// Its status at a moment: the sweep that writes it down may be some seconds late.
    func status(at now: Timestamp) -> InvitationStatus {
        status == .pending && now >= expiresAt ? .expired : status
    }
}

/// A valid wish for a new invitation.
struct InvitationDraft: Sendable, Equatable {
    let email: String
    let role: CollaboratorRole
    let days: Int
    let sendsMail: Bool
    let message: String?

    init(
        email: String, role: String? = nil, days: Int? = nil, sendsMail: Bool? = nil,
        message: String? = nil
    ) throws(Fault) {
        var validation = Validation()
        let validEmail = validation.check(try Text.email(email, pointer: "/email"))
        let validRole = validation.check(try CollaboratorRole(role))
        let terms = validation.check(try InvitationTerms(days: days, message: message))
        guard let validEmail, let validRole, let terms, validation.fields.isEmpty else {
            throw .invalid(validation.fields)
        }
        self.email = validEmail
        self.role = validRole
        self.days = terms.days
        self.sendsMail = sendsMail ?? true
        self.message = terms.message
    }
}

/// What all invitations of one request have in common.
struct InvitationTerms: Sendable, Equatable {
    let days: Int
    let message: String?

    init(days: Int?, message: String?) throws(Fault) {
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
        try validation.finish()
    }
}

/// Somebody who works on an entity by invitation.
struct Collaborator: Sendable, Equatable {
    let entityId: String
    let userId: String
    let role: CollaboratorRole
    let addedBy: String
    let addedAt: Timestamp
}

extension Invitation {
    static let alreadyCollaborator = Fault(
        .conflict, code: "already_collaborator", "This user collaborates on the entity already.")
    static let ownAddress = Fault.invalid("/email", "must not be the address of the entity's owner")
    static let tooManyResends = Fault(
        .conflict, code: "too_many_resends",
        "An invitation is sent again at most \(InvitationLimits.resends) times: revoke it and make "
            + "another.")

    static func alreadyInvited(_ other: Invitation) -> Fault {
        Fault(
            .conflict, code: "already_invited",
            "This address has a pending invitation already: \(other.id).",
            members: ["invitation_id": other.id])
    }

    static func notPending(_ status: InvitationStatus) -> Fault {
        Fault(
            .conflict, code: "invitation_not_pending",
            "The invitation is not pending any more but \(status.rawValue).")
    }

    static func gone(_ code: String, _ detail: String) -> Fault {
        Fault(.gone, code: code, detail)
    }

    static let expired = gone("invitation_expired", "The invitation has expired.")
    static let revoked = gone("invitation_revoked", "The invitation was withdrawn.")
    static let used = gone("invitation_used", "The invitation was accepted already.")
    static let replaced = gone(
        "invitation_link_replaced", "A newer mail has another link: use that one.")
    static let inviterGone = gone(
        "inviter_gone", "Who sent the invitation may not invite to this any more.")
    static let emailMismatch = Fault.forbidden(
        "email_mismatch", "The invitation is for another e-mail address than yours.")

    static func quota(_ retryAfter: Int) -> Fault {
        Fault(
            .rateLimited, code: "invitation_quota_exceeded",
            "You may send \(InvitationLimits.hourly) invitations an hour, "
                + "\(InvitationLimits.daily) a day, and have \(InvitationLimits.pending) pending.",
            retryAfter: retryAfter)
    }
}
