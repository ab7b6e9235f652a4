import SQLite

/// Rows of `external_storages`, with sealed secrets.
enum StorageStore {
    static func find(_ organizationId: String, in db: some Queryable) throws -> Storage {
        let bucket = try db.row(
            """
            SELECT provider, endpoint, bucket, region, access_key_id FROM external_storages
            WHERE organization_id = ?1
            """, .text(organizationId)
        ) {
            Bucket(
                provider: $0.text(0), endpoint: $0.text(1), name: $0.text(2),
                region: $0.text(3), accessKeyId: $0.text(4))
        }
        return bucket.map(Storage.external) ?? .managed
    }

    static func sealedSecret(of organizationId: String, in db: some Queryable) throws -> [UInt8]? {
        try db.row(
            "SELECT secret_access_key FROM external_storages WHERE organization_id = ?1",
            .text(organizationId)
        ) { $0.blob(0) }
    }

    static func save(
        _ bucket: Bucket, sealedSecret: [UInt8], of organizationId: String, in tx: Transaction
    ) throws {
        try tx.execute(
            "INSERT OR REPLACE INTO external_storages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            .text(organizationId), .text(bucket.provider), .text(bucket.endpoint),
            .text(bucket.name), .text(bucket.region), .text(bucket.accessKeyId),
            .blob(sealedSecret))
    }

    static func delete(_ organizationId: String, in tx: Transaction) throws {
        try tx.execute(
            "DELETE FROM external_storages WHERE organization_id = ?1", .text(organizationId))
    }

    static let sealedSecrets = SealedColumn(
        "secret_access_key", of: "external_storages", id: "organization_id")
    static let sealedProbe = SealedColumn("probe", of: "seals", id: "one")

    /// What only the right key decrypts; nil before the first start.
    static func probe(in db: some Queryable) throws -> [UInt8]? {
        try db.row("SELECT probe FROM seals WHERE one = 1") { $0.blob(0) }
    }

    static func insertProbe(_ probe: [UInt8], in tx: Transaction) throws {
        try tx.execute("INSERT INTO seals VALUES (1, ?1)", .blob(probe))
    }
}
