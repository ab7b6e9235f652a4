import Contract
import Kernel
import OrganizationsContract
import WriteKit

/// The audit entries of this context: everything that grants, changes or revokes access. All of
/// them are about the organization, whose owners and admins can list them.
extension AuditEvent {
    static func created(_ organization: Organization) -> AuditEvent {
        AuditEvent(
            "organization.created", organization.id, about: organization.id,
            after: organization.snapshot)
    }

    static func updated(_ before: Organization, _ after: Organization) -> AuditEvent {
        AuditEvent(
            "organization.updated", after.id, about: after.id, before: before.snapshot,
            after: after.snapshot)
    }

    /// Its members and publications have entries of their own.
    static func deleted(_ organization: Organization) -> AuditEvent {
        AuditEvent(
            "organization.deleted", organization.id, about: organization.id,
            before: organization.snapshot)
    }

    /// Contains neither the old key nor the new one.
    static func rotatedKey(of organization: Organization) -> AuditEvent {
        AuditEvent(
            "npm_registry_key.rotated", organization.id, about: organization.id)
    }

    static func configured(
        _ organization: Organization, _ before: Storage, _ after: Storage
    ) -> AuditEvent {
        AuditEvent(
            "storage_config.changed", organization.id, about: organization.id,
            before: before.snapshot, after: after.snapshot)
    }

    static func added(_ member: Membership) -> AuditEvent {
        AuditEvent(
            "member.added", member.userId, about: member.organizationId, after: member.snapshot)
    }

    static func changed(_ before: Membership, _ after: Membership) -> AuditEvent {
        AuditEvent(
            "member.role_changed", after.userId, about: after.organizationId,
            before: before.snapshot, after: after.snapshot)
    }

    static func removed(_ member: Membership) -> AuditEvent {
        AuditEvent(
            "member.removed", member.userId, about: member.organizationId,
            before: member.snapshot)
    }

    static func created(_ role: Role) -> AuditEvent {
        AuditEvent("role.created", role.id, about: role.organizationId, after: role.snapshot)
    }

    static func updated(_ before: Role, _ after: Role) -> AuditEvent {
        AuditEvent(
            "role.updated", after.id, about: after.organizationId, before: before.snapshot,
            after: after.snapshot)
    }

    static func deleted(_ role: Role) -> AuditEvent {
        AuditEvent("role.deleted", role.id, about: role.organizationId, before: role.snapshot)
    }

    static func created(_ publication: Publication) -> AuditEvent {
        AuditEvent(
            "publication.created", publication.id, about: publication.organizationId,
            after: publication.snapshot)
    }

    static func updated(_ before: Publication, _ after: Publication) -> AuditEvent {
        AuditEvent(
            "publication.updated", after.id, about: after.organizationId,
            before: before.snapshot, after: after.snapshot)
    }

    static func removed(_ publication: Publication) -> AuditEvent {
        AuditEvent(
            "publication.removed", publication.id, about: publication.organizationId,
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
