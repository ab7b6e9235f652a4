import Contract
import GatewayContract
import Kernel
import WriteKit

/// What the audit keeps of users and tokens. It is about nobody's thing: platform admins alone read
/// it. The address is part of it: whoever has the mailbox signs in and takes up invitations.
extension AuditEvent {
    static func created(_ user: User) -> AuditEvent {
        AuditEvent("user.created", user.id, about: nil, after: user.snapshot)
    }

    /// Nil if it is the same to whoever asks about access.
    static func updated(_ before: User, _ after: User) -> AuditEvent? {
        before.snapshot == after.snapshot
            ? nil
            : AuditEvent(
                "user.updated", after.id, about: nil, before: before.snapshot, after: after.snapshot
            )
    }

    /// His tokens have entries of their own.
    static func deleted(_ user: User) -> AuditEvent {
        AuditEvent("user.deleted", user.id, about: nil, before: user.snapshot)
    }

    static func created(_ token: Token) -> AuditEvent {
        AuditEvent("token.created", token.id, about: nil, after: token.snapshot)
    }

    static func revoked(_ token: Token) -> AuditEvent {
        AuditEvent("token.revoked", token.id, about: nil, before: token.snapshot)
    }

    static func began(_ session: Token) -> AuditEvent {
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
        ]
    }
}

extension Token {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "userId": .text(userId), "name": .text(name), "scopes": .list(scopes),
            "readOnly": .bool(readOnly), "expiresAt": .text(expiresAt?.rfc3339),
        ]
    }
}
