import Contract
import EntitiesContract
import Kernel
import WriteKit

/// The audit entries of this context: everything that gives, changes or ends access. All of them
/// are about an entity, whose publishers can read them.
extension AuditEvent {
    static func created(_ entity: Entity) -> AuditEvent {
        AuditEvent("entity.created", entity.id, about: entity.id, after: entity.snapshot)
    }

    /// nil if nothing that matters to access changed.
    static func updated(_ before: Entity, _ after: Entity) -> AuditEvent? {
        before.snapshot == after.snapshot
            ? nil
            : AuditEvent(
                "entity.updated", after.id, about: after.id, before: before.snapshot,
                after: after.snapshot)
    }

    static func ownerChanged(_ before: Entity, _ after: Entity) -> AuditEvent {
        AuditEvent(
            "entity.owner_changed", after.id, about: after.id,
            before: ["ownerId": .text(before.ownerId)], after: ["ownerId": .text(after.ownerId)])
    }

    /// The entity's shares and publishers have entries of their own.
    static func deleted(_ entity: Entity) -> AuditEvent {
        AuditEvent("entity.deleted", entity.id, about: entity.id, before: entity.snapshot)
    }

    static func created(_ share: Share) -> AuditEvent {
        AuditEvent("share.created", share.id, about: share.entityId, after: share.snapshot)
    }

    static func removed(_ share: Share) -> AuditEvent {
        AuditEvent("share.removed", share.id, about: share.entityId, before: share.snapshot)
    }

    /// The creator of a share was deleted: the owner can revoke it from now on.
    static func passedOn(_ share: Share, from creator: String) -> AuditEvent {
        AuditEvent(
            "share.passed_on", share.id, about: share.entityId,
            before: ["createdBy": .text(creator)], after: ["createdBy": .text(share.createdBy)])
    }

    static func added(_ publisher: Publisher) -> AuditEvent {
        AuditEvent(
            "publisher.added", publisher.userId, about: publisher.entityId,
            after: publisher.snapshot)
    }

    static func removed(_ publisher: Publisher) -> AuditEvent {
        AuditEvent(
            "publisher.removed", publisher.userId, about: publisher.entityId,
            before: publisher.snapshot)
    }

    static func published(_ version: Version) -> AuditEvent {
        AuditEvent(
            "version.published", version.id, about: version.entityId,
            after: ["version": .text(version.version), "sha256": .text(version.sha256)])
    }
}

extension Entity {
    fileprivate var snapshot: AuditEvent.Snapshot {
        [
            "name": .text(name), "slug": .text(slug), "type": .text(type.rawValue),
            "organizationId": .text(organizationId), "ownerId": .text(ownerId),
            "externalId": .text(externalId),
            "resharing": .text(resharing.rawValue),
        ]
    }
}

extension Share {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["userId": .text(userId), "createdBy": .text(createdBy)]
    }
}

extension Publisher {
    fileprivate var snapshot: AuditEvent.Snapshot {
        ["userId": .text(userId), "addedBy": .text(addedBy)]
    }
}
