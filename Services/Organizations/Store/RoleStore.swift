import FoundationEssentials
import Kernel
import SQLite

/// Rows of `roles`.
enum RoleStore {
    static let columns = Columns("id", "organization_id", "name", "built_in", "scopes")

    /// - Parameter reference: the role's id, or its name in any case.
    static func find(
        _ reference: String, of organizationId: String, in db: some Queryable
    ) throws -> Role? {
        if IDMinter.isWellFormed(reference, prefix: "rol_") {
            return try db.row(byId, .text(reference), .text(organizationId)) { try role($0) }
        }
        return try db.row(byName, .text(organizationId), .text(Text.folded(reference))) {
            try role($0)
        }
    }

    private static let byId = SQL(
        "SELECT \(columns) FROM roles WHERE id = ?1 AND organization_id = ?2")
    private static let byName = SQL(
        "SELECT \(columns) FROM roles WHERE organization_id = ?1 AND folded_name = ?2")

    /// Newest first; there are few.
    static func all(of organizationId: String, in db: some Queryable) throws -> [Role] {
        try db.rows(ofOrganization, .text(organizationId)) { try role($0) }
    }

    private static let ofOrganization = SQL(
        "SELECT \(columns) FROM roles WHERE organization_id = ?1 ORDER BY id DESC")

    static func insert(_ role: Role, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(role.id), .text(role.organizationId), .text(role.name),
            .text(role.builtIn?.rawValue), .texts(role.scopes), .text(Text.folded(role.name)))
    }

    private static let insertion = (columns + Columns("folded_name")).insert(into: "roles")

    /// Writes name and scopes.
    static func update(_ role: Role, in tx: Transaction) throws {
        try tx.execute(
            "UPDATE roles SET name = ?2, folded_name = ?3, scopes = ?4 WHERE id = ?1",
            .text(role.id), .text(role.name), .text(Text.folded(role.name)), .texts(role.scopes))
    }

    static func delete(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM roles WHERE id = ?1", .text(id))
    }

    static func isInUse(_ id: String, in db: some Queryable) throws -> Bool {
        try db.row("SELECT 1 FROM memberships WHERE role_id = ?1 LIMIT 1", .text(id)) { _ in true }
            ?? false
    }

    /// - Parameter first: the column of `id`.
    static func role(_ row: Row, from first: Int = 0) throws -> Role {
        let scopes = try JSONDecoder().decode([String].self, from: Data(row.text(first + 4).utf8))
        return Role(
            id: row.text(first), organizationId: row.text(first + 1), name: row.text(first + 2),
            builtIn: row.textOrNil(first + 3).flatMap(BuiltInRole.init), scopes: scopes)
    }
}
