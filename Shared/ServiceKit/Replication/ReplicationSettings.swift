import FoundationEssentials
import SQLite

/// Whether Litestream (https://litestream.io) replicates a service's database.
public struct ReplicationSettings: Sendable {
    /// Who copies the write-ahead log into the database.
    public let checkpoints: DatabaseOptions.Checkpoints
    /// Litestream's control socket: a write is acknowledged when it is replicated; nil to
    /// acknowledge what is on this disk.
    public let socket: String?
    /// The folder of the cell's agent; nil if the process belongs to no cell.
    public let cell: String?

    init(_ settings: inout Settings) {
        let cell = settings.text(
            "LATCHKEY_CELL",
            "Folder of the cell's agent (gateway cell) on this machine: the process answers only "
                + "while this machine holds the cell's lease, and a write when it is replicated")
        let words = DatabaseOptions.Checkpoints.allCases.map(\.rawValue)
        let checkpoints =
            settings.choice(
                "LATCHKEY_CHECKPOINTS", default: cell == nil ? "ours" : "litestream",
                "Who copies the database's write-ahead log into it: litestream where Litestream "
                    + "replicates it",
                words, DatabaseOptions.Checkpoints.init) ?? .ours
        let name = "LATCHKEY_LITESTREAM_SOCKET"
        let socket = settings.text(
            name,
            "Litestream's control socket: a write is acknowledged when Litestream has replicated "
                + "it (else 503), and not when it is on this disk",
            fallback: cell.map { "\($0)/litestream.sock" } ?? "")
        self.cell = cell
        self.socket = socket ?? cell.map { "\($0)/litestream.sock" }
        if self.socket != nil, checkpoints != .litestream {
            settings.reject(name, "needs LATCHKEY_CHECKPOINTS=litestream")
        }
        if self.socket?.hasPrefix("/") == false {
            settings.reject(name, "must be an absolute path")
        }
        self.checkpoints = checkpoints
    }

    /// - Parameter path: of the database, as Litestream's configuration has it but for the working
    ///   folder.
    func apply(to options: inout DatabaseOptions, path: String, in term: CellTerm?) {
        options.checkpoints = checkpoints
        guard let socket else { return }
        let folder = FileManager.default.currentDirectoryPath
        options.gate = LitestreamGate(
            socket: socket, database: path.hasPrefix("/") ? path : "\(folder)/\(path)",
            in: term)
    }
}
