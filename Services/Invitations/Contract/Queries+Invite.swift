import Contract
import Kernel

extension InvitationQueries {
    /// `POST` `InviteCommand` → `InviteReply`.
    public static let invite = Endpoint(
        "inviteAddresses", .post, "/internal/invitations/invite", access: .service,
        readsOnly: false, summary: "Invite addresses to an entity, for its owner")
}

/// By a caller whom the entities service has admitted as the entity's owner. It waits for the
/// reply, so it isn't asked: the command has what is needed of the entity.
public struct InviteCommand: Codable, Sendable, Equatable {
    public static let maximum = InvitationLimits.bulk

    public let entityId: String
    public let name: String
    /// null: it belongs to no organization.
    @OrNull public var organizationId: String?
    /// The entity's own.
    public let updatedAt: Timestamp
    /// At most `maximum`; the addresses of no users.
    public let emails: [String]
    /// The owner.
    public let actor: EventActor

    public init(
        entityId: String, name: String, organizationId: String?, updatedAt: Timestamp,
        emails: [String], actor: EventActor
    ) {
        self.entityId = entityId
        self.name = name
        self.updatedAt = updatedAt
        self.emails = emails
        self.actor = actor
        _organizationId = OrNull(wrappedValue: organizationId)
    }
}

/// All addresses are invited, those that were before included, or none is.
public struct InviteReply: Codable, Sendable, Equatable {
    public struct Invited: Codable, Sendable, Equatable {
        public let email: String
        public let invitationId: String
        public let expiresAt: Timestamp

        public init(email: String, invitationId: String, expiresAt: Timestamp) {
            self.email = email
            self.invitationId = invitationId
            self.expiresAt = expiresAt
        }
    }

    /// Why no address was invited; a refusal is a success between services.
    public struct Refusal: Codable, Sendable, Equatable {
        /// What is refused; every other status is a failure.
        public static let statuses = [403, 404, 409, 429]

        /// One of `statuses`.
        public let status: Int
        public let code: String
        public let detail: String
        /// Seconds.
        @OrNull public var retryAfter: Int?
        /// More members of the problem.
        public let members: [String: String]

        public init(
            status: Int, code: String, detail: String, retryAfter: Int?, members: [String: String]
        ) {
            self.status = status
            self.code = code
            self.detail = detail
            self.members = members
            _retryAfter = OrNull(wrappedValue: retryAfter)
        }
    }

    /// In the order of the command.
    public let invited: [Invited]
    @OrNull public var refusal: Refusal?

    public init(invited: [Invited], refusal: Refusal? = nil) {
        self.invited = invited
        _refusal = OrNull(wrappedValue: refusal)
    }
}
