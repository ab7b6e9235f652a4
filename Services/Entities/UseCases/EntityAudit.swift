import Contract
import EntitiesContract
import Kernel
import WriteKit

/// The audit entries of this context: everything that gives, changes or ends access. All of them
/// are about an entity, whose publishers can read them, and have events for its owner and its
/// organization.
extension AuditEvent {
    static func created(_ entity: Entity) -> AuditEvent {
        AuditEvent(
            EntityChange.entityCreated, entity.id, about: entity.id, for: entity.audience,
            after: entity.snapshot)
    }

    /// nil if nothing that matters to access changed. An organization that the entity leaves
    /// receives it.
    static func updated(_ before: Entity, _ after: Entity) -> AuditEvent? {
        before.snapshot == after.snapshot
            ? nil
            : AuditEvent(
                EntityChange.entityUpdated, after.id, about: after.id,
                for: EventAudience(
                    owner: after.ownerId,
                    organization: after.organizationId ?? before.organizationId),
                before: before.snapshot, after: after.snapshot)
    }

    /// For the new owner.
    static func ownerChanged(_ before: Entity, _ after: Entity) -> AuditEvent {
        AuditEvent(
            EntityChange.entityOwnerChanged, after.id, about: after.id, for: after.audience,
            before: ["ownerId": .text(before.ownerId)], after: ["ownerId": .text(after.ownerId)])
    }

    /// The entity's shares and publishers have entries of their own.
    static func deleted(_ entity: Entity) -> AuditEvent {
        AuditEvent(
            EntityChange.entityDeleted, entity.id, about: entity.id, for: entity.audience,
            before: entity.snapshot)
    }

    static func created(_ share: Share, for audience: EventAudience) -> AuditEvent {
        entry(.shareCreated, share, for: audience, after: share.snapshot)
    }

    static func removed(_ share: Share, for audience: EventAudience) -> AuditEvent {
        entry(.shareRemoved, share, for: audience, before: share.snapshot)
    }

    /// The creator of a share was deleted: the owner can revoke it from now on.
    static func passedOn(
        _ share: Share, from creator: String, for audience: EventAudience
    ) -> AuditEvent {
        entry(
            .sharePassedOn, share, for: audience, before: ["createdBy": .text(creator)],
            after: ["createdBy": .text(share.createdBy)])
    }

    private static func entry(
        _ change: EntityChange, _ share: Share, for audience: EventAudience,
        before: Snapshot? = nil, after: Snapshot? = nil
    ) -> AuditEvent {
        AuditEvent(
            change, share.id, of: share.entityId, about: share.entityId, for: audience,
            before: before, after: after)
    }

    static func added(_ publisher: Publisher, for audience: EventAudience) -> AuditEvent {
        AuditEvent(
            EntityChange.publisherAdded, publisher.userId, of: publisher.entityId,
            about: publisher.entityId, for: audience, after: publisher.snapshot)
    }

    static func removed(_ publisher: Publisher, for audience: EventAudience) -> AuditEvent {
        AuditEvent(
            EntityChange.publisherRemoved, publisher.userId, of: publisher.entityId,
            about: publisher.entityId, for: audience, before: publisher.snapshot)
    }

    static func published(_ version: Version, for audience: EventAudience) -> AuditEvent {
        AuditEvent(
            EntityChange.versionPublished, version.id, of: version.entityId,
            about: version.entityId, for: audience,
            after: ["version": .text(version.version), "sha256": .text(version.sha256)])
    }
}

extension Entity {
    /// Who receives its events.
    var audience: EventAudience { EventAudience(owner: ownerId, organization: organizationId) }

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
