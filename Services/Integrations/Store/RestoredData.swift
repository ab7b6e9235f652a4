import SQLite
import WriteKit

/// The context's database, for backups. Nothing of it is numbered for others to see.
public let integrationsData = ServiceData(
    migrations: integrationsMigrations, facts: IntegrationsFacts.read,
    agree: { restoration, tx in
        try restoration.forgetTombstones(.user, owner: "gateway", in: tx)
    })

private enum IntegrationsFacts {
    static func read(from db: any Queryable) throws -> RestoredFacts {
        var facts = try RestoredFacts(of: db)
        try facts.addReceived(from: db)
        facts.references["user"] = try db.rows(
            """
            SELECT owner FROM integrations WHERE owner GLOB 'usr_*'
            UNION SELECT principal FROM shares WHERE principal GLOB 'usr_*'
            UNION SELECT user_id FROM team_members
            """
        ) { $0.text(0) }
        return facts
    }
}
