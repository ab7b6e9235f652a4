import FoundationEssentials

/// `manifest.json` of a backup: written last, so a backup without one is incomplete.
struct BackupManifest: Codable, Sendable {
    /// Of what this program writes and reads.
    static let format = 1
    static let name = "manifest.json"

    let format: Int
    /// RFC 3339.
    let createdAt: String
    /// Of the program that made it.
    let version: String
    let databases: [Part]

    /// One database. As a file, `<name>.json`, until all are there.
    struct Part: Codable, Sendable {
        /// The service.
        let name: String
        let file: String
        let bytes: Int
        /// In hexadecimal digits.
        let sha256: String
        let schemaVersion: Int
        /// When the moment was that the file shows, RFC 3339.
        let takenAt: String
        /// Whether all databases show the same moment.
        let isAligned: Bool
        /// By table.
        let rows: [String: Int]
        /// The last number of each numbered table: outbox, events and others.
        let positions: [String: Int]
    }

    /// The part of a service, from the manifest of a backup.
    static func part(of service: String, in folder: String) throws(BackupFailure) -> Part {
        let path = "\(folder)/\(name)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BackupFailure(
                "\(folder) has no \(name): it must be a complete backup of deploy/backup")
        }
        let manifest: BackupManifest
        do {
            manifest = try JSONDecoder().decode(BackupManifest.self, from: data)
        } catch {
            throw BackupFailure("\(path) can't be read: it must be as deploy/backup wrote it")
        }
        guard manifest.format == format else {
            throw BackupFailure(
                "\(path) has format \(manifest.format), this program reads \(format): run a newer "
                    + "release")
        }
        guard let part = manifest.databases.first(where: { $0.name == service }) else {
            throw BackupFailure("\(path) names no database of \(service)")
        }
        return part
    }
}

/// Why a backup can't be made, verified or restored; for the operator.
struct BackupFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
