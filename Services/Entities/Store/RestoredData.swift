import Contract
import EntitiesContract
import Kernel
import SQLite
import WriteKit

/// The context's database, for backups. Nothing of it is numbered for others to see.
public let entitiesData = ServiceData(
    migrations: entitiesMigrations, facts: EntitiesFacts.read, agree: EntitiesFacts.agree)

private enum EntitiesFacts {
    static func read(from db: any Queryable) throws -> RestoredFacts {
        var facts = try RestoredFacts(of: db)
        try facts.addReceived(from: db)
        facts.owned["entity"] = try db.rows(
            """
            SELECT id FROM entities e WHERE NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = e.id)
            """
        ) { $0.text(0) }
        facts.references["user"] = try db.rows(
            """
            SELECT owner_id FROM entities UNION SELECT user_id FROM publishers
            UNION SELECT user_id FROM shares UNION SELECT created_by FROM shares
            UNION SELECT user_id FROM installations
            """
        ) { $0.text(0) }
        facts.references["organization"] = try db.rows(
            "SELECT DISTINCT organization_id FROM entities WHERE organization_id IS NOT NULL"
        ) { $0.text(0) }
        facts.memberships = try db.rows(
            """
            SELECT DISTINCT p.membership_id, e.organization_id, p.user_id
            FROM publishers p JOIN entities e ON e.id = p.entity_id
            WHERE p.membership_id IS NOT NULL AND e.organization_id IS NOT NULL
            """
        ) {
            RestoredFacts.MembershipReference(
                id: $0.text(0), organizationId: $0.text(1), userId: $0.text(2))
        }
        return facts
    }

    static func agree(_ restoration: Restoration, in tx: Transaction) throws {
        try restoration.forgetTombstones(.user, owner: "gateway", in: tx)
        try restoration.forgetTombstones(.organization, owner: "organizations", in: tx)
        try restoration.forgetTombstones(.membership, owner: "organizations", in: tx)
        let actor = EventActor(try restoration.actor())
        for listener in ["organizations", "invitations"] {
            for id in restoration.missing(.entity, in: listener, owner: "entities") {
                try restoration.notify(
                    listener, of: EntityDeleted.type, EntityDeleted(entityId: id, actor: actor),
                    in: tx)
            }
            for copy in restoration.facts[listener]?.entities ?? [] {
                try correct(copy, in: listener, restoration, tx)
            }
        }
    }

    /// The listener ignores what is older than what it has seen.
    private static func correct(
        _ copy: RestoredFacts.EntityCopy, in listener: String, _ restoration: Restoration,
        _ tx: Transaction
    ) throws {
        guard var entity = try EntityStore.find(copy.id, in: tx) else { return }
        let isRenamed = copy.name.map { $0 != entity.name } ?? false
        let isPassedOn = copy.ownerId.map { $0 != entity.ownerId } ?? false
        guard isRenamed || isPassedOn else { return }
        if copy.seenAt >= entity.updatedAt {
            entity.updatedAt = copy.seenAt.adding(milliseconds: 1)
            try EntityStore.update(entity, in: tx)
        }
        if isRenamed {
            let fact = EntityRenamed(
                entityId: entity.id, name: entity.name, updatedAt: entity.updatedAt)
            try restoration.notify(listener, of: EntityRenamed.type, fact, in: tx)
        }
        if isPassedOn {
            let fact = EntityOwnerChanged(
                entityId: entity.id, ownerId: entity.ownerId, updatedAt: entity.updatedAt)
            try restoration.notify(listener, of: EntityOwnerChanged.type, fact, in: tx)
        }
    }
}
