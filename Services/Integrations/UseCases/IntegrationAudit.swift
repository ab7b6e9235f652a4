import Contract
import Kernel
import WriteKit

/// What the audit keeps of changes in this context: whatever gives, changes or takes access. What
/// happens to an integration and its shares is for those who manage it; what happens in a team for
/// platform admins, who read everything.
///
/// Principals stand there by what never changes: the ids of users and teams.
extension AuditEvent {
    static func created(_ integration: Integration) -> AuditEvent {
        AuditEvent(
            "integration.created", integration.id, about: integration.id,
            after: integration.snapshot)
    }

    static func updated(_ before: Integration, _ after: Integration) -> AuditEvent {
        AuditEvent(
            "integration.updated", after.id, about: after.id, before: before.snapshot,
            after: after.snapshot)
    }

    static func handedOver(_ before: Integration, _ after: Integration) -> AuditEvent {
        AuditEvent(
            "integration.owner_changed", after.id, about: after.id, before: before.snapshot,
            after: after.snapshot)
    }

    /// Its shares have entries of their own.
    static func deleted(_ integration: Integration) -> AuditEvent {
        AuditEvent(
            "integration.deleted", integration.id, about: integration.id,
            before: integration.snapshot)
    }

    static func created(_ share: Share) -> AuditEvent {
        AuditEvent("share.created", share.id, about: share.integrationId, after: share.snapshot)
    }

    static func changed(_ before: Share, _ after: Share) -> AuditEvent {
        AuditEvent(
            "share.changed", after.id, about: after.integrationId, before: before.snapshot,
            after: after.snapshot)
    }

    static func removed(_ share: Share) -> AuditEvent {
        AuditEvent("share.removed", share.id, about: share.integrationId, before: share.snapshot)
    }

    // MARK: Teams

    static func created(_ team: Team) -> AuditEvent {
        AuditEvent("team.created", team.id, about: nil, after: team.snapshot)
    }

    static func updated(_ before: Team, _ after: Team) -> AuditEvent {
        AuditEvent(
            "team.updated", after.id, about: nil, before: before.snapshot, after: after.snapshot)
    }

    /// Its members and shares have entries of their own.
    static func deleted(_ team: Team) -> AuditEvent {
        AuditEvent("team.deleted", team.id, about: nil, before: team.snapshot)
    }

    static func added(_ member: TeamMember) -> AuditEvent {
        AuditEvent("team_member.added", member.userId, about: nil, after: member.snapshot)
    }

    static func changed(_ before: TeamMember, _ after: TeamMember) -> AuditEvent {
        AuditEvent(
            "team_member.role_changed", after.userId, about: nil, before: before.snapshot,
            after: after.snapshot)
    }

    static func removed(_ member: TeamMember) -> AuditEvent {
        AuditEvent("team_member.removed", member.userId, about: nil, before: member.snapshot)
    }
}

extension Integration {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "name": .text(name), "slug": .text(slug), "description": .text(description),
            "owner": .text(owner.key),
        ]
    }
}

extension Share {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["principal": .text(principal.key), "accessLevel": .number(level.value)]
    }
}

extension Team {
    fileprivate var snapshot: AuditEvent.Snapshot { ["name": .text(name)] }
}

extension TeamMember {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["teamId": .text(teamId), "userId": .text(userId), "role": .text(role.rawValue)]
    }
}
