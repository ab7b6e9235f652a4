import Contract
import Kernel
import OrganizationsContract
import WriteKit

/// The audit entries of this context: everything that grants, changes or revokes access. All of
/// them are about the organization, whose owners and admins can list them and receive the events.
extension AuditEvent {
    static func created(_ organization: Organization) -> AuditEvent {
        entry(.organizationCreated, organization, after: organization.snapshot)
    }

    static func updated(_ before: Organization, _ after: Organization) -> AuditEvent {
        entry(.organizationUpdated, after, before: before.snapshot, after: after.snapshot)
    }

    /// Its members and publications have entries of their own.
    static func deleted(_ organization: Organization) -> AuditEvent {
        entry(.organizationDeleted, organization, before: organization.snapshot)
    }

    private static func entry(
        _ change: OrganizationChange, _ organization: Organization, before: Snapshot? = nil,
        after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, organization.id, about: organization.id,
            for: EventAudience(organization: organization.id), before: before, after: after)
    }

    /// - Parameter organizationId: what the subject belongs to.
    private static func entry(
        _ change: OrganizationChange, _ subjectId: String, of organizationId: String,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, subjectId, of: organizationId, about: organizationId,
            for: EventAudience(organization: organizationId), before: before, after: after)
    }

    /// Contains neither the old key nor the new one.
    static func rotatedKey(of organization: Organization) -> AuditEvent {
        entry(.registryKeyRotated, organization.id, of: organization.id)
    }

    static func configured(
        _ organization: Organization, _ before: Storage, _ after: Storage
    ) -> AuditEvent {
        entry(
            .storageConfigured, organization.id, of: organization.id, before: before.snapshot,
            after: after.snapshot)
    }

    static func added(_ member: Membership) -> AuditEvent {
        entry(.memberAdded, member.userId, of: member.organizationId, after: member.snapshot)
    }

    static func changed(_ before: Membership, _ after: Membership) -> AuditEvent {
        entry(
            .memberRoleChanged, after.userId, of: after.organizationId, before: before.snapshot,
            after: after.snapshot)
    }

    static func removed(_ member: Membership) -> AuditEvent {
        entry(.memberRemoved, member.userId, of: member.organizationId, before: member.snapshot)
    }

    static func created(_ role: Role) -> AuditEvent {
        entry(.roleCreated, role.id, of: role.organizationId, after: role.snapshot)
    }

    static func updated(_ before: Role, _ after: Role) -> AuditEvent {
        entry(
            .roleUpdated, after.id, of: after.organizationId, before: before.snapshot,
            after: after.snapshot)
    }

    static func deleted(_ role: Role) -> AuditEvent {
        entry(.roleDeleted, role.id, of: role.organizationId, before: role.snapshot)
    }

    static func created(_ publication: Publication) -> AuditEvent {
        entry(
            .publicationCreated, publication.id, of: publication.organizationId,
            after: publication.snapshot)
    }

    static func updated(_ before: Publication, _ after: Publication) -> AuditEvent {
        entry(
            .publicationUpdated, after.id, of: after.organizationId, before: before.snapshot,
            after: after.snapshot)
    }

    static func removed(_ publication: Publication) -> AuditEvent {
        entry(
            .publicationRemoved, publication.id, of: publication.organizationId,
            before: publication.snapshot)
    }
}

extension Organization {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["name": .text(name), "slug": .text(slug), "externalId": .text(externalId)]
    }
}

extension Membership {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["userId": .text(userId), "role": .text(role.name), "roleId": .text(role.id)]
    }
}

extension Role {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["name": .text(name), "scopes": .list(scopes)]
    }
}

extension Publication {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["entityId": .text(entity.id), "isPublic": .bool(isPublic)]
    }
}

extension Storage {
    fileprivate var snapshot: AuditEvent.Snapshot {
        switch self {
        case .managed: ["mode": .text(StorageMode.managed.rawValue)]
        case .external(let bucket):
            [
                "mode": .text(StorageMode.external.rawValue), "endpoint": .text(bucket.endpoint),
                "bucket": .text(bucket.name), "region": .text(bucket.region),
                "accessKeyId": .text(bucket.accessKeyId),
            ]
        }
    }
}
