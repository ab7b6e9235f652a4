import Contract
import GatewayContract
import Kernel
import WriteKit

/// The audit entries of users and tokens. They belong to no entity, so only platform admins read
/// them. The e-mail address is included: it is what signs in and accepts invitations.
extension AuditEvent {
    static func created(_ user: User) -> AuditEvent {
        AuditEvent("user.created", user.id, about: nil, after: user.snapshot)
    }

    /// Nil if nothing changed that matters for access.
    static func updated(_ before: User, _ after: User) -> AuditEvent? {
        before.snapshot == after.snapshot
            ? nil
            : AuditEvent(
                "user.updated", after.id, about: nil, before: before.snapshot, after: after.snapshot
            )
    }

    /// `user.suspended` or `user.restored`; nil if neither happened.
    static func suspensionChanged(_ before: User, _ after: User) -> AuditEvent? {
        guard before.isSuspended != after.isSuspended else { return nil }
        return AuditEvent(
            after.isSuspended ? "user.suspended" : "user.restored", after.id, about: nil,
            before: ["suspended": .bool(before.isSuspended)],
            after: ["suspended": .bool(after.isSuspended)])
    }

    /// The user's tokens have entries of their own.
    static func deleted(_ user: User) -> AuditEvent {
        AuditEvent("user.deleted", user.id, about: nil, before: user.snapshot)
    }

    /// The services have entries of what they took back.
    static func offboarded(_ user: User, _ operation: Operation) -> AuditEvent {
        AuditEvent(
            "user.offboarded", user.id, about: nil, before: user.snapshot,
            after: ["operationId": .text(operation.id)])
    }

    static func created(_ token: Token) -> AuditEvent {
        AuditEvent("token.created", token.id, about: nil, after: token.snapshot)
    }

    static func revoked(_ token: Token) -> AuditEvent {
        AuditEvent("token.revoked", token.id, about: nil, before: token.snapshot)
    }

    static func started(_ session: Token) -> AuditEvent {
        AuditEvent("session.began", session.id, about: nil, after: session.snapshot)
    }

    static func ended(_ session: Token) -> AuditEvent {
        AuditEvent("session.ended", session.id, about: nil, before: session.snapshot)
    }
}

extension User {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "email": .text(email), "username": .text(username), "role": .text(role.rawValue),
            "externalId": .text(externalId),
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
