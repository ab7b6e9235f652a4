import FoundationEssentials
import Kernel
import SQLite
import WriteKit

/// What an executable does with its database besides serving it: the parts of deploy/backup and
/// deploy/restore for one service.
struct BackupCommands {
    static let names = ["backup", "verify", "restore", "adopt", "facts", "agree"]
    static let help = """
        backup DIR [--with N]  copies the database, as it is at one moment, into DIR while the
                               service runs; with N - 1 others at the same moment
        verify DIR             checks the service's part of a complete backup
        restore DIR            puts that part into a data folder without one
        adopt                  prepares a database that something else restored, such as Litestream
        facts DIR              writes what other services must know to agree, into DIR
        agree DIR              lets the database agree with the facts of all services in DIR

        """
    /// A file in a data folder while deploy/restore works on it.
    static let incomplete = "restore-incomplete"

    let name: String
    let data: ServiceData
    /// The data folder.
    let folder: String

    private var file: String { "\(name).sqlite" }
    private var path: String { "\(folder)/\(file)" }

    /// - Returns: the exit code and a line to print; nil if it is none of these commands.
    func run(_ arguments: [String]) async -> (code: Int32, text: String)? {
        guard let verb = arguments.first, Self.names.contains(verb) else { return nil }
        let usage: (Int32, String) = (64, "the commands are\n" + Self.help)  // EX_USAGE
        let counts = ["backup": [2, 4], "adopt": [1]][verb] ?? [2]
        guard counts.contains(arguments.count) else { return usage }
        let place = arguments.last ?? ""
        do {
            switch verb {
            case "backup":
                guard arguments.count == 4 else { return (0, try backUp(to: place, with: nil)) }
                guard arguments[2] == "--with", let count = Int(arguments[3]),
                    (1...100).contains(count)
                else { return usage }
                return (0, try backUp(to: arguments[1], with: count))
            case "verify": return (0, try verify(place))
            case "restore": return (0, try await restore(place))
            case "adopt": return (0, try await adopt())
            case "facts": return (0, try writeFacts(place))
            default: return (0, try await agree(place))
            }
        } catch {
            return (1, "\(error)")
        }
    }

    private func backUp(to target: String, with count: Int?) throws -> String {
        let snapshot = try DatabaseSnapshot(of: path)
        var moment = BackupRendezvous.Moment(isAligned: false, held: .zero)
        if let count {
            moment = try BackupRendezvous(folder: target, name: name, count: count)
                .decide(snapshot)
        } else {
            try snapshot.pin()
        }
        let now = SystemClock().now()
        let copy = "\(target)/\(file)"
        try snapshot.copy(to: copy)
        let archive = try named(file) {
            let archive = try ArchivedDatabase(path: copy)
            try archive.checkIntegrity()
            try archive.check(data.migrations)
            return archive
        }
        let (bytes, sha256) = try BackupFile(path: copy).digest()
        let part = BackupManifest.Part(
            name: name, file: file, bytes: bytes, sha256: sha256,
            schemaVersion: try archive.schemaVersion(), takenAt: now.rfc3339,
            isAligned: moment.isAligned, rows: try archive.rowCounts(),
            positions: try archive.positions())
        try BackupFile(path: "\(target)/\(name).json").replace(with: SortedJSON.encode(part))
        return "\(bytes) bytes, writers waited \(moment.heldMilliseconds) ms"
    }

    private func verify(_ backup: String) throws -> String {
        let part = try BackupManifest.part(of: name, in: backup)
        let path = "\(backup)/\(part.file)"
        try compare(try BackupFile(path: path).digest(), with: part)
        try named(part.file) {
            let archive = try ArchivedDatabase(path: path)
            try archive.checkIntegrity()
            try archive.check(data.migrations)
            guard try archive.rowCounts() == part.rows, try archive.positions() == part.positions
            else { throw BackupFailure("its rows must be as many as the manifest says") }
        }
        return "\(part.rows.values.reduce(0, +)) rows, as of \(part.takenAt)"
    }

    private func restore(_ backup: String) async throws -> String {
        let part = try BackupManifest.part(of: name, in: backup)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        if let other = names.first(where: { $0.hasPrefix(file) }) {
            throw BackupFailure("\(folder)/\(other) is there: the data folder must be empty")
        }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try compare(try BackupFile(path: "\(backup)/\(part.file)").copy(to: path), with: part)
        return try await adopt()
    }

    /// Migrates a restored database, and lets nothing new have what was given after its moment.
    private func adopt() async throws -> String {
        let database = try open()
        defer { database.close() }
        let restored = data.restored
        try await database.write { try restored($0) }
        return path
    }

    /// Fails while the service runs, and if there is no database: it would be created.
    private func open() throws -> Database {
        guard FileManager.default.fileExists(atPath: path) else {
            throw BackupFailure("\(path) is missing")
        }
        return try Database(
            path: path, migrations: data.migrations, readers: 0, clock: SystemClock())
    }

    private func writeFacts(_ place: String) throws -> String {
        let database = try open()
        defer { database.close() }
        let facts = try database.read { try data.facts($0) }
        let path = "\(place)/\(name).json"
        try BackupFile(path: path).replace(with: SortedJSON.encode(facts))
        return path
    }

    private func agree(_ place: String) async throws -> String {
        var facts: [String: RestoredFacts] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: place)
        where file.hasSuffix(".json") {
            let bytes = FileManager.default.contents(atPath: "\(place)/\(file)") ?? Data()
            facts[String(file.dropLast(5))] = try JSONDecoder()
                .decode(RestoredFacts.self, from: bytes)
        }
        let ids = IDMinter(clock: SystemClock(), random: SystemRandom())
        let restoration = Restoration(facts: facts, ids: ids)
        let database = try open()
        defer { database.close() }
        let agree = data.agree
        try await database.write { try agree(restoration, $0) }
        return "agrees with \(restoration.others(than: name).joined(separator: ", "))"
    }

    private func compare(
        _ found: (bytes: Int, sha256: String), with part: BackupManifest.Part
    ) throws(BackupFailure) {
        guard found.bytes == part.bytes else {
            throw BackupFailure(
                "\(part.file) has \(found.bytes) bytes and must have \(part.bytes): it is "
                    + "incomplete or was changed")
        }
        guard found.sha256 == part.sha256 else {
            throw BackupFailure(
                "\(part.file) has the SHA-256 \(found.sha256) and must have \(part.sha256): it "
                    + "was changed")
        }
    }

    /// Names the file in errors that don't.
    private func named<T>(_ file: String, _ body: () throws -> T) throws(BackupFailure) -> T {
        do {
            return try body()
        } catch {
            throw BackupFailure("\(file): \(error)")
        }
    }
}
