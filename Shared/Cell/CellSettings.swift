import EventLoop
import ObjectStorage
import ServiceKit

/// The settings of a cell's agent.
struct CellSettings {
    /// For the lease, Litestream's socket and its configuration; also of the services.
    let folder: String
    let name: String
    let databases: [DatabaseCopy]
    let bucket: S3Bucket
    /// Milliseconds.
    let ttl: Int
    /// Milliseconds between two looks of a standby for new transactions.
    let followInterval: Int
    /// The agents of all other machines of the cell.
    let peers: [HTTPOrigin]
    let litestream: String
    let host: String
    let port: UInt16
    let logFormat: Logger.Format

    init(_ settings: inout Settings) {
        folder = settings.text(
            "LATCHKEY_CELL", default: "",
            "Folder for the lease and Litestream's socket, the same for the services; required")
        if !folder.hasPrefix("/") {
            settings.reject("LATCHKEY_CELL", "must be an absolute path such as /cell")
        }
        name = settings.text(
            "LATCHKEY_CELL_NAME", default: "cell-1", "Folder of the cell in the bucket")
        if name.isEmpty || !name.utf8.allSatisfy(Self.isPlain) {
            settings.reject("LATCHKEY_CELL_NAME", "must have only letters, digits, - and _")
        }
        databases = Self.databases(&settings)
        bucket = Self.bucket(&settings)
        ttl = settings.integer(
            "LATCHKEY_CELL_TTL", default: 4_000, in: 1_000...60_000,
            "How long the lease lasts, in milliseconds: a standby takes over when it has not been "
                + "renewed for so long")
        followInterval = settings.integer(
            "LATCHKEY_CELL_FOLLOW", default: 500, in: 100...10_000,
            "Milliseconds between two requests of a standby for each database")
        peers = Self.peers(&settings)
        litestream = settings.text(
            "LATCHKEY_LITESTREAM", default: "litestream", "Litestream's program (0.5.17)")
        host = settings.text("LATCHKEY_HOST", default: "127.0.0.1", "Numeric address to listen on")
        port = settings.port(
            "LATCHKEY_CELL_PORT", default: 8105, "Port of /healthz, /readyz and /metrics")
        logFormat =
            settings.choice(
                "LATCHKEY_LOG", default: "json", "Log format", ["json", "text"],
                Logger.Format.init) ?? .json
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26 || byte == 0x2D || byte == 0x5F
    }

    private static func peers(_ settings: inout Settings) -> [HTTPOrigin] {
        let name = "LATCHKEY_CELL_PEERS"
        let list = settings.text(
            name, default: "",
            "Agents of all other machines of the cell, separated by commas: while the storage is "
                + "away, the holder answers what changes nothing as long as they all agree")
        let texts = list.split(separator: ",").map(String.init)
        let peers = texts.compactMap { HTTPOrigin($0) }
        if peers.count != texts.count {
            settings.reject(name, "must be URLs such as http://10.0.0.2:8105")
        }
        return peers
    }

    private static func databases(_ settings: inout Settings) -> [DatabaseCopy] {
        let folder = settings.text(
            "LATCHKEY_DATA_DIR", default: ".data", "Data folder of all services of the cell")
        let services = ["gateway", "entities", "organizations", "integrations", "invitations"]
        let name = "LATCHKEY_CELL_DATABASES"
        let list = settings.text(
            name, default: services.map { "\(folder)/\($0).sqlite" }.joined(separator: ","),
            "Paths of the databases, separated by commas, the same as for their services")
        let copies = list.split(separator: ",").map { DatabaseCopy(path: String($0)) }
        if copies.isEmpty || !copies.allSatisfy({ $0.path.hasPrefix("/") }) {
            settings.reject(name, "must be absolute paths such as /data/entities.sqlite")
        }
        if Set(copies.map(\.name)).count != copies.count {
            settings.reject(name, "must have different file names")
        }
        return copies
    }

    private static func bucket(_ settings: inout Settings) -> S3Bucket {
        func text(_ name: String, default fallback: String = "", _ meaning: String) -> String {
            let name = "LATCHKEY_REPLICA_\(name)"
            let text = settings.text(name, default: fallback, meaning)
            if text.isEmpty { settings.reject(name, "is required") }
            return text
        }
        return S3Bucket(
            endpoint: text("ENDPOINT", "S3-compatible storage, such as https://s3.example.com"),
            bucket: text("BUCKET", "Bucket of the lease and all transactions"),
            region: text("REGION", default: "us-east-1", "Region of the bucket"),
            accessKeyId: text("ACCESS_KEY_ID", "Access key that can list, read and write it"),
            secretAccessKey: text("SECRET_ACCESS_KEY", "Its secret"))
    }
}
