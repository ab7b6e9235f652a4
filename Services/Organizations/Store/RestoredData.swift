import Contract
import OrganizationsContract
import SQLite
import WriteKit

/// The context's database, for backups.
public let organizationsData = ServiceData(
    migrations: organizationsMigrations, restored: StoreChangeStore.startAnew,
    facts: OrganizationsFacts.read, agree: OrganizationsFacts.agree)

private enum OrganizationsFacts {
    static func read(from db: any Queryable) throws -> RestoredFacts {
        var facts = try RestoredFacts(of: db)
        try facts.addReceived(from: db)
        facts.owned["organization"] = try db.rows(
            """
            SELECT id FROM organizations o WHERE NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'organization.deleted' AND subject = o.id)
            """
        ) { $0.text(0) }
        facts.owned["membership"] = try db.rows("SELECT id FROM memberships") { $0.text(0) }
        facts.references["user"] = try db.rows("SELECT DISTINCT user_id FROM memberships") {
            $0.text(0)
        }
        facts.references["entity"] = try db.rows(
            "SELECT entity_id FROM publications UNION SELECT entity_id FROM entity_names"
        ) { $0.text(0) }
        facts.entities = try db.rows("SELECT entity_id, name, updated_at FROM entity_names") {
            RestoredFacts.EntityCopy(
                id: $0.text(0), name: $0.text(1), ownerId: nil, seenAt: $0.time(2))
        }
        return facts
    }

    static func agree(_ restoration: Restoration, in tx: Transaction) throws {
        try restoration.forgetTombstones(.user, owner: "gateway", in: tx)
        try restoration.forgetTombstones(.entity, owner: "entities", in: tx)
        let actor = EventActor(try restoration.actor())
        for id in restoration.missing(.organization, in: "entities", owner: "organizations") {
            try restoration.notify(
                "entities", of: OrganizationDeleted.type,
                OrganizationDeleted(organizationId: id, actor: actor), in: tx)
        }
        let known = Set(restoration.facts["organizations"]?.owned["membership"] ?? [])
            .union(restoration.facts["entities"]?.tombstones["membership"] ?? [])
        for membership in restoration.facts["entities"]?.memberships ?? []
        where !known.contains(membership.id) {
            try end(membership, by: actor, restoration, tx)
        }
    }

    private static func end(
        _ membership: RestoredFacts.MembershipReference, by actor: EventActor,
        _ restoration: Restoration, _ tx: Transaction
    ) throws {
        let owner = try MembershipStore.oldest(.owner, of: membership.organizationId, in: tx)
        let successor = try owner.flatMap {
            try MembershipStore.find($0, in: membership.organizationId, tx)
        }
        let fact = MemberRemoved(
            organizationId: membership.organizationId, userId: membership.userId,
            membershipId: membership.id, successorId: owner ?? actor.userId,
            successorMembershipId: successor?.id, actor: actor)
        try restoration.notify("entities", of: MemberRemoved.type, fact, in: tx)
    }
}
