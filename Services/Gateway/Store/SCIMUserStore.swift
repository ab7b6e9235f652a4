import FoundationEssentials
import GatewayContract
import Kernel
import SCIM
import SQLite
import WriteKit

/// What SCIM stores of the users that it manages, and since when each user is as they are; a step
/// of the migrations.
let scimUsersSchema = """
    ALTER TABLE users ADD COLUMN provider TEXT;
    ALTER TABLE users ADD COLUMN updated_at INTEGER;
    CREATE TABLE scim_users (
        user_id TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE,
        -- As the provider gave it, and as it is compared.
        name TEXT NOT NULL,
        folded_name TEXT NOT NULL UNIQUE,
        -- JSON: what the account itself has no place for.
        body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    -- Addresses besides that of the account, in lower case.
    CREATE TABLE scim_addresses (
        address TEXT NOT NULL,
        user_id TEXT NOT NULL REFERENCES scim_users ON DELETE CASCADE,
        PRIMARY KEY (address, user_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX scim_addresses_of_user ON scim_addresses (user_id);
    """

/// Users as SCIM shows them.
enum SCIMUserStore {
    private static let selected: SQL.Parts =
        "\(UserStore.columns, of: "r"), r.updated_at, s.name, s.body"
    private static let joined: SQL.Parts = "LEFT JOIN scim_users s ON s.user_id = r.id"

    static func find(_ id: String, in db: some Queryable) throws -> SCIMUser? {
        try db.row(byId, .text(id), map: user)
    }

    private static let byId = SQL("SELECT \(selected) FROM users r \(joined) WHERE r.id = ?1")

    static func find(externalId: String, in db: some Queryable) throws -> [SCIMUser] {
        try db.rows(byExternalId, .text(externalId), map: user)
    }

    private static let byExternalId = SQL(
        "SELECT \(selected) FROM users r \(joined) WHERE r.external_id = ?1")

    /// Those who have the name, or the address, which is the name of users that SCIM doesn't
    /// manage.
    static func find(userName: String, in db: some Queryable) throws -> [SCIMUser] {
        let key = SCIMUser.key(userName)
        let managed = try db.rows(byName, .text(key), map: user)
        let others = try find(address: userName, in: db).filter { $0.profile == nil }
        return managed + others.filter { SCIMUser.key($0.userName) == key }
    }

    private static let byName = SQL(
        """
        SELECT \(selected) FROM scim_users s CROSS JOIN users r ON r.id = s.user_id
        WHERE s.folded_name = ?1
        """)

    /// Those who have the address among theirs.
    static func find(address: String, in db: some Queryable) throws -> [SCIMUser] {
        try db.rows(byAddress, .text(address.lowercased()), map: user)
    }

    private static let byAddress = SQL(
        """
        SELECT \(selected) FROM (
            SELECT id FROM users WHERE email = ?1
            UNION SELECT user_id FROM scim_addresses WHERE address = ?1
        ) found CROSS JOIN users r ON r.id = found.id \(joined) ORDER BY r.id
        """)

    /// In the order of their ids, from after one on.
    static func after(_ id: String, limit: Int, in db: some Queryable) throws -> [SCIMUser] {
        try db.rows(fromId, .text(id), .int(limit), map: user)
    }

    private static let fromId = SQL(
        "SELECT \(selected) FROM users r \(joined) WHERE r.id > ?1 ORDER BY r.id LIMIT ?2")

    /// Part of all users, the oldest first, so that new ones move none to another place.
    /// - Parameter start: from 1.
    static func part(
        from start: Int, count: Int, in db: some Queryable
    ) throws -> (users: [SCIMUser], total: Int) {
        let found = try db.oldest(all, from: start, count: count, map: user)
        return (found.items, found.total)
    }

    private static let all = PagedQuery(
        selected, from: "users", joining: joined, by: "users_by_age", where: "1",
        newestFirst: Columns("created_at", "id"), countedBy: UserStore.list)

    // MARK: Writing

    /// Writes what SCIM has of a user.
    static func save(_ user: SCIMUser, in tx: Transaction) throws {
        guard let profile = user.profile else { return try delete(user.user.id, in: tx) }
        try tx.execute(
            """
            INSERT INTO scim_users (user_id, name, folded_name, body)
            VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (user_id) DO UPDATE SET name = excluded.name,
                folded_name = excluded.folded_name, body = excluded.body
            """, .text(user.user.id), .text(profile.userName),
            .text(SCIMUser.key(profile.userName)), .text(try SortedJSON.text(profile.attributes)))
        try tx.execute("DELETE FROM scim_addresses WHERE user_id = ?1", .text(user.user.id))
        for address in Set(user.addresses.map { $0.lowercased() })
        where address != user.user.email {
            try tx.execute(
                "INSERT INTO scim_addresses (address, user_id) VALUES (?1, ?2)", .text(address),
                .text(user.user.id))
        }
    }

    /// SCIM no longer manages the user.
    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM scim_users WHERE user_id = ?1", .text(id))
    }

    private static func user(_ row: Row) throws -> SCIMUser {
        let user = try UserStore.user(row)
        var found = SCIMUser(user: user, updatedAt: row.timeOrNil(11) ?? user.createdAt)
        if let userName = row.textOrNil(12), let attributes = row.textOrNil(13) {
            found.profile = SCIMUser.Profile(
                userName: userName,
                attributes: try JSONDecoder().decode(
                    SCIMValue.self, from: Data(attributes.utf8)))
        }
        return found
    }
}
