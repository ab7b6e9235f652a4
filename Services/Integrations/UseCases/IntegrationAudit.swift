import Contract
import IntegrationsContract
import Kernel
import SQLite
import WriteKit

/// The audit entries of this context: everything that gives, changes or revokes access. Managers of
/// an integration read its entries; only platform admins, who read everything, read those of teams.
/// Events are for the owner of the integration; the admins of a team own it and what it owns.
///
/// Principals are recorded by ids, which never change.
extension AuditEvent {
    static func created(_ integration: Integration, for audience: EventAudience) -> AuditEvent {
        entry(.integrationCreated, integration, for: audience, after: integration.snapshot)
    }

    static func updated(
        _ before: Integration, _ after: Integration, for audience: EventAudience
    ) -> AuditEvent {
        entry(
            .integrationUpdated, after, for: audience, before: before.snapshot,
            after: after.snapshot)
    }

    /// For the new owner.
    static func ownerChanged(
        _ before: Integration, _ after: Integration, for audience: EventAudience
    ) -> AuditEvent {
        entry(
            .integrationOwnerChanged, after, for: audience, before: before.snapshot,
            after: after.snapshot)
    }

    /// Each of its shares has its own entry.
    static func deleted(_ integration: Integration, for audience: EventAudience) -> AuditEvent {
        entry(.integrationDeleted, integration, for: audience, before: integration.snapshot)
    }

    private static func entry(
        _ change: IntegrationChange, _ integration: Integration, for audience: EventAudience,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, integration.id, about: integration.id, for: audience,
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

    static func created(_ team: Team, for audience: EventAudience) -> AuditEvent {
        entry(.teamCreated, team, for: audience, after: team.snapshot)
    }

    static func updated(
        _ before: Team, _ after: Team, for audience: EventAudience
    ) -> AuditEvent {
        entry(.teamUpdated, after, for: audience, before: before.snapshot, after: after.snapshot)
    }

    /// Each of its members and shares has its own entry.
    static func deleted(_ team: Team, for audience: EventAudience) -> AuditEvent {
        entry(.teamDeleted, team, for: audience, before: team.snapshot)
    }

    private static func entry(
        _ change: IntegrationChange, _ team: Team, for audience: EventAudience,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(change, team.id, about: nil, for: audience, before: before, after: after)
    }

    static func added(_ member: TeamMember, for audience: EventAudience) -> AuditEvent {
        entry(.teamMemberAdded, member, for: audience, after: member.snapshot)
    }

    static func changed(
        _ before: TeamMember, _ after: TeamMember, for audience: EventAudience
    ) -> AuditEvent {
        entry(
            .teamMemberRoleChanged, after, for: audience, before: before.snapshot,
            after: after.snapshot)
    }

    static func removed(_ member: TeamMember, for audience: EventAudience) -> AuditEvent {
        entry(.teamMemberRemoved, member, for: audience, before: member.snapshot)
    }

    private static func entry(
        _ change: IntegrationChange, _ member: TeamMember, for audience: EventAudience,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, member.userId, of: member.teamId, about: nil, for: audience, before: before,
            after: after)
    }
}

extension Principal {
    /// Who receives the events of what it owns, and a team's own: the user, or the team's admins.
    func audience(in db: some Queryable) throws -> EventAudience {
        switch self {
        case .user(let id): EventAudience(owner: id)
        case .team(let id): EventAudience(owners: try TeamMemberStore.admins(of: id, in: db))
        }
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
        [
            "name": .text(name), "externalId": .text(externalId),
            "managedBy": .text(managedBy?.rawValue),
        ]
    }
}

extension TeamMember {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["teamId": .text(teamId), "userId": .text(userId), "role": .text(role.rawValue)]
    }
}
