import Contract
import GatewayContract
import Kernel
import WriteKit

/// The audit entries of users and tokens. They belong to no entity, so only platform admins read
/// them; the events are for the user as well. The e-mail address is included: it is what signs in
/// and accepts invitations.
extension AuditEvent {
    /// - Parameter profile: what SCIM has of the user.
    static func created(_ user: User, _ profile: SCIMUser.Profile? = nil) throws -> AuditEvent {
        entry(.userCreated, user, after: try user.snapshot(profile))
    }

    /// Nil if nothing changed but a suspension, which has an entry of its own.
    /// - Parameters:
    ///   - former: what SCIM had of the user.
    ///   - profile: what it has now.
    static func updated(
        _ before: User, _ after: User, _ former: SCIMUser.Profile? = nil,
        _ profile: SCIMUser.Profile? = nil
    ) throws -> AuditEvent? {
        let (before, shown) = (try before.snapshot(former), try after.snapshot(profile))
        return before == shown ? nil : entry(.userUpdated, after, before: before, after: shown)
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
    static func deleted(_ user: User, _ profile: SCIMUser.Profile?) throws -> AuditEvent {
        entry(.userDeleted, user, before: try user.snapshot(profile))
    }

    /// The services have entries of what they took back.
    static func offboarded(_ user: User, _ operation: Operation) throws -> AuditEvent {
        entry(
            .userOffboarded, user, before: try user.snapshot(),
            after: ["operationId": .text(operation.id)])
    }

    static func exported(_ user: User) throws -> AuditEvent {
        entry(.userExported, user, after: try user.snapshot())
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
    fileprivate func snapshot(_ profile: SCIMUser.Profile? = nil) throws -> AuditEvent.Snapshot {
        let own: AuditEvent.Snapshot = [
            "email": .text(email), "username": .text(username),
            "displayName": .text(displayName), "role": .text(role.rawValue),
            "externalId": .text(externalId), "locale": .text(locale),
            "managedBy": .text(managedBy?.rawValue),
            "emailNotifications": .bool(emailNotifications),
        ]
        return try profile.map { own.adding(try $0.snapshot()) } ?? own
    }
}

extension SCIMUser.Profile {
    fileprivate func snapshot() throws -> AuditEvent.Snapshot {
        [
            "scimUserName": .text(userName),
            "scimAttributes": .text(try SortedJSON.text(attributes)),
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
