import Contract
import GatewayContract
import Kernel
import WriteKit

/// The audit entries of users and tokens. They belong to no entity, so only platform admins read
/// them; the events are for the user as well. The e-mail address is included: it is what signs in
/// and accepts invitations.
extension AuditEvent {
    static func created(_ user: User) -> AuditEvent {
        entry(.userCreated, user, after: user.snapshot)
    }

    /// Nil if nothing changed that matters for access or proves what the user chose.
    static func updated(_ before: User, _ after: User) -> AuditEvent? {
        before.snapshot == after.snapshot
            ? nil : entry(.userUpdated, after, before: before.snapshot, after: after.snapshot)
    }

    /// Suspended or restored; nil if neither happened.
    static func suspensionChanged(_ before: User, _ after: User) -> AuditEvent? {
        guard before.isSuspended != after.isSuspended else { return nil }
        return entry(
            after.isSuspended ? .userSuspended : .userRestored, after,
            before: ["suspended": .bool(before.isSuspended)],
            after: ["suspended": .bool(after.isSuspended)])
    }

    /// The user's tokens have entries of their own.
    static func deleted(_ user: User) -> AuditEvent {
        entry(.userDeleted, user, before: user.snapshot)
    }

    /// The services have entries of what they took back.
    static func offboarded(_ user: User, _ operation: Operation) -> AuditEvent {
        entry(
            .userOffboarded, user, before: user.snapshot,
            after: ["operationId": .text(operation.id)])
    }

    static func exported(_ user: User) -> AuditEvent {
        entry(.userExported, user, after: user.snapshot)
    }

    static func created(_ token: Token) -> AuditEvent {
        entry(.tokenCreated, token, after: token.snapshot)
    }

    static func revoked(_ token: Token) -> AuditEvent {
        entry(.tokenRevoked, token, before: token.snapshot)
    }

    static func started(_ session: Token) -> AuditEvent {
        entry(.sessionBegan, session, after: session.snapshot)
    }

    static func ended(_ session: Token) -> AuditEvent {
        entry(.sessionEnded, session, before: session.snapshot)
    }

    private static func entry(
        _ change: GatewayChange, _ user: User, before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, user.id, about: nil, for: EventAudience(owner: user.id), before: before,
            after: after)
    }

    private static func entry(
        _ change: GatewayChange, _ token: Token, before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, token.id, of: token.userId, about: nil,
            for: EventAudience(owner: token.userId), before: before, after: after)
    }
}

extension User {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "email": .text(email), "username": .text(username), "role": .text(role.rawValue),
            "externalId": .text(externalId), "managedBy": .text(managedBy?.rawValue),
            "emailNotifications": .bool(emailNotifications),
        ]
    }
}

extension Token {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "userId": .text(userId), "name": .text(name), "scopes": .list(scopes),
            "readOnly": .bool(readOnly), "expiresAt": .text(expiresAt?.rfc3339),
            "rateLimit": .text(rateLimit.map { "\($0)" }),
        ]
    }
}
