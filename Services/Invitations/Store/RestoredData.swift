import PublicEvents
import SQLite
import WriteKit

/// The context's database, for backups.
public let invitationsData = ServiceData(
    migrations: invitationsMigrations, restored: FeedNumbers.skip, facts: InvitationsFacts.read,
    agree: { restoration, tx in
        try restoration.forgetTombstones(.user, owner: "gateway", in: tx)
        try restoration.forgetTombstones(.entity, owner: "entities", in: tx)
    })

private enum InvitationsFacts {
    static func read(from db: any Queryable) throws -> RestoredFacts {
        var facts = try RestoredFacts(of: db)
        try facts.addReceived(from: db)
        facts.references["user"] = try db.rows(
            """
            SELECT user_id FROM collaborators UNION SELECT user_id FROM workspace_members
            UNION SELECT owner_id FROM webhooks UNION SELECT owner_id FROM known_entities
            UNION SELECT invited_by FROM invitations WHERE status = 'pending'
            UNION SELECT invited_by FROM workspace_invitations WHERE status = 'pending'
            """
        ) { $0.text(0) }
        facts.references["entity"] = try db.rows(
            """
            SELECT entity_id FROM collaborators UNION SELECT entity_id FROM invitations
            UNION SELECT id FROM known_entities
            """
        ) { $0.text(0) }
        facts.entities = try db.rows(
            "SELECT id, name, named_at, owner_id, owned_at FROM known_entities"
        ) {
            // Only the owner is known of some.
            RestoredFacts.EntityCopy(
                id: $0.text(0), name: $0.text(1).isEmpty ? nil : $0.text(1), ownerId: $0.text(3),
                seenAt: max($0.time(2), $0.time(4)))
        }
        return facts
    }
}
