import Kernel
import SQLite

/// Rows of `versions`.
enum VersionStore {
    private static let columns = Columns(
        "id", "entity_id", "version", "package_url", "sha256", "notes", "published_by",
        "created_at")

    static func insert(_ version: Version, precedence: String, in tx: Transaction) throws {
        try tx.execute(
            insertion, .text(version.id), .text(version.entityId), .text(version.version),
            .text(version.packageUrl), .text(version.sha256), .text(version.notes),
            .text(version.publishedBy), .time(version.createdAt), .text(precedence))
    }

    private static let insertion = (columns + Columns("precedence")).insert(into: "versions")

    /// The version with this precedence, whatever its build metadata.
    static func find(
        _ precedence: String, of entityId: String, in db: some Queryable
    ) throws -> Version? {
        try db.row(byPrecedence, .text(entityId), .text(precedence), map: version)
    }

    private static let byPrecedence = SQL(
        "SELECT \(columns) FROM versions WHERE entity_id = ?1 AND precedence = ?2")

    /// Newest first.
    static func page(
        of entityId: String, _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Version> {
        try db.page(ofEntity, page, .text(entityId), map: version)
    }

    static let listOfEntity = LongList(
        "versions_of_entity", of: "versions", by: "entity_id", order: .id("id"))

    private static let ofEntity = PagedQuery(
        "\(columns, of: "r")", from: "versions", by: "versions_of_entity",
        where: "entity_id = ?1", countedBy: listOfEntity)

    /// Deletes some of an entity's versions.
    /// - Returns: how many.
    static func deleteSome(of entityId: String, limit: Int, in tx: Transaction) throws -> Int {
        try tx.execute(
            """
            DELETE FROM versions WHERE id IN (
                SELECT id FROM versions INDEXED BY versions_of_entity WHERE entity_id = ?1
                LIMIT ?2)
            """, .text(entityId), .int(limit))
    }

    private static func version(_ row: Row) -> Version {
        Version(
            id: row.text(0), entityId: row.text(1), version: row.text(2), packageUrl: row.text(3),
            sha256: row.text(4), notes: row.textOrNil(5), publishedBy: row.text(6),
            createdAt: row.time(7))
    }
}
