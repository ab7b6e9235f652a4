import InvitationsContract
import Inviting
import Kernel
import SQLite
import WriteKit

extension InvitationsUseCases {
    /// Stores which invitations have expired and emits the events, some at a time.
    /// - Returns: how many; 0 when none are left.
    package func expireSome(_ limit: Int = 200) async throws -> Int {
        try await expireDue(limit, clock) {
            try InvitationStore.due($0, at: $1, in: $2)
        } _: { [self] in
            try expire($0, in: $1)
        }
    }

    func expire(_ former: Invitation, in tx: Transaction) throws {
        var invitation = former
        invitation.status = .expired
        try InvitationStore.update(invitation, in: tx)
        let entity = try KnownEntityStore.find(invitation.entityId, in: tx)
        let audience = EventAudience(
            owner: entity?.ownerId ?? invitation.invitedBy, organization: entity?.organizationId)
        try record(.ended(former, invitation, for: audience), of: invitation, by: nil, in: tx)
    }

    /// When the first invitation that is due should have expired.
    package static func firstDue(at now: Timestamp, in db: some Queryable) throws -> Timestamp? {
        try InvitationStore.due(1, at: now, in: db).first?.expiresAt
    }

    /// Whether an invitation expires later than any created at `now` could.
    package static func isDated(after now: Timestamp, in db: some Queryable) throws -> Bool {
        try InvitationStore.isDated(after: now, in: db)
    }

    /// Makes those expire as if they were created now.
    /// - Returns: how many.
    package static func redate(limit: Int, in tx: Transaction) throws -> Int {
        try InvitationStore.redate(limit: limit, in: tx)
    }
}

extension InvitationsUseCases {
    /// Of invitations that have ended.
    package static func retention(days: Int?) -> RetentionRule {
        InvitationStore.ended.retention("invitations", days: days)
    }
}
