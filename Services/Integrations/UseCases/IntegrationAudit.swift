import Contract
import IntegrationsContract
import Kernel
import WriteKit

/// The audit entries of this context: everything that gives, changes or revokes access. Managers of
/// an integration read its entries; only platform admins, who read everything, read those of teams.
///
/// Principals are recorded by ids, which never change.
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

    static func ownerChanged(_ before: Integration, _ after: Integration) -> AuditEvent {
        AuditEvent(
            "integration.owner_changed", after.id, about: after.id, before: before.snapshot,
            after: after.snapshot)
    }

    /// Each of its shares has its own entry.
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

    /// Each of its members and shares has its own entry.
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
            "owner": .text(owner.key), "externalId": .text(externalId),
        ]
    }
}

extension Share {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["principal": .text(principal.key), "accessLevel": .number(level.value)]
    }
}

extension Team {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["name": .text(name), "externalId": .text(externalId)]
    }
}

extension TeamMember {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["teamId": .text(teamId), "userId": .text(userId), "role": .text(role.rawValue)]
    }
}
