import Contract
import IntegrationsContract
import Kernel
import WriteKit

/// The audit entries of this context: everything that gives, changes or revokes access. Managers of
/// an integration read its entries; only platform admins, who read everything, read those of teams.
/// Events are for the user who owns the integration; those of teams, which nobody owns, and of
/// integrations that a team owns, are for the platform alone.
///
/// Principals are recorded by ids, which never change.
extension AuditEvent {
    static func created(_ integration: Integration) -> AuditEvent {
        entry(.integrationCreated, integration, after: integration.snapshot)
    }

    static func updated(_ before: Integration, _ after: Integration) -> AuditEvent {
        entry(.integrationUpdated, after, before: before.snapshot, after: after.snapshot)
    }

    /// For the new owner.
    static func ownerChanged(_ before: Integration, _ after: Integration) -> AuditEvent {
        entry(.integrationOwnerChanged, after, before: before.snapshot, after: after.snapshot)
    }

    /// Each of its shares has its own entry.
    static func deleted(_ integration: Integration) -> AuditEvent {
        entry(.integrationDeleted, integration, before: integration.snapshot)
    }

    private static func entry(
        _ change: IntegrationChange, _ integration: Integration, before: Snapshot? = nil,
        after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, integration.id, about: integration.id, for: integration.owner.audience,
            before: before, after: after)
    }

    static func created(_ share: Share, for audience: EventAudience) -> AuditEvent {
        entry(.shareCreated, share, for: audience, after: share.snapshot)
    }

    static func changed(
        _ before: Share, _ after: Share, for audience: EventAudience
    ) -> AuditEvent {
        entry(
            .shareChanged, after, for: audience, before: before.snapshot, after: after.snapshot)
    }

    static func removed(_ share: Share, for audience: EventAudience) -> AuditEvent {
        entry(.shareRemoved, share, for: audience, before: share.snapshot)
    }

    private static func entry(
        _ change: IntegrationChange, _ share: Share, for audience: EventAudience,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, share.id, of: share.integrationId, about: share.integrationId, for: audience,
            before: before, after: after)
    }

    // MARK: Teams

    static func created(_ team: Team) -> AuditEvent {
        entry(.teamCreated, team, after: team.snapshot)
    }

    static func updated(_ before: Team, _ after: Team) -> AuditEvent {
        entry(.teamUpdated, after, before: before.snapshot, after: after.snapshot)
    }

    /// Each of its members and shares has its own entry.
    static func deleted(_ team: Team) -> AuditEvent {
        entry(.teamDeleted, team, before: team.snapshot)
    }

    private static func entry(
        _ change: IntegrationChange, _ team: Team, before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(change, team.id, about: nil, for: .platform, before: before, after: after)
    }

    static func added(_ member: TeamMember) -> AuditEvent {
        entry(.teamMemberAdded, member, after: member.snapshot)
    }

    static func changed(_ before: TeamMember, _ after: TeamMember) -> AuditEvent {
        entry(.teamMemberRoleChanged, after, before: before.snapshot, after: after.snapshot)
    }

    static func removed(_ member: TeamMember) -> AuditEvent {
        entry(.teamMemberRemoved, member, before: member.snapshot)
    }

    private static func entry(
        _ change: IntegrationChange, _ member: TeamMember, before: Snapshot? = nil,
        after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, member.userId, of: member.teamId, about: nil, for: .platform, before: before,
            after: after)
    }
}

extension Principal {
    /// Who receives the events of what it owns: a user. A team is nobody in particular.
    var audience: EventAudience {
        if case .user(let id) = self { EventAudience(owner: id) } else { .platform }
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
