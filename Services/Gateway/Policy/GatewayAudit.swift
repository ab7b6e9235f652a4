import Contract
import GatewayContract
import Journal
import Kernel

/// What the audit keeps of users and tokens. It is about nobody's thing: platform admins alone read
/// it. Addresses stay out, as entries outlive their users.
extension AuditEvent {
    static func created(_ user: User) -> AuditEvent {
        AuditEvent("user.created", user.id, about: nil, after: user.snapshot)
    }

    static func updated(_ before: User, _ after: User) -> AuditEvent {
        AuditEvent(
            "user.updated", after.id, about: nil, before: before.snapshot, after: after.snapshot)
    }

    /// His tokens go with him.
    static func deleted(_ user: User) -> AuditEvent {
        AuditEvent("user.deleted", user.id, about: nil, before: user.snapshot)
    }

    static func created(_ token: Token) -> AuditEvent {
        AuditEvent("token.created", token.id, about: nil, after: token.snapshot)
    }

    static func revoked(_ token: Token) -> AuditEvent {
        AuditEvent("token.revoked", token.id, about: nil, before: token.snapshot)
    }
}

extension User {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "username": .text(username), "displayName": .text(displayName),
            "role": .text(role.rawValue),
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
