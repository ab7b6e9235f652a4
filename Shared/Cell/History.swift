import EventLoop
import ObjectStorage

/// What the bucket has of a cell's databases: `<cell>/<reign>/<database>/<level>/<min>-<max>.ltx`,
/// as Litestream names them. A prefix for each reign: what a deposed holder still uploads is not
/// part of the next.
struct History {
    let objects: S3Objects
    let cell: String
    /// Milliseconds for a request.
    let patience: Int

    private var deadline: Ticks { Ticks.now.adding(milliseconds: patience) }

    /// Whether there is anything of the cell besides its lease.
    func isEmpty() throws -> Bool {
        try objects.names("\(cell)/", until: deadline).allSatisfy { $0 == "\(cell)/lease.json" }
    }

    /// Whether there is anything of a database.
    func has(_ database: String, in reign: UInt64) throws -> Bool {
        try !objects.names("\(cell)/\(reign)/\(database)/", until: deadline).isEmpty
    }

    /// The highest transaction of a database; nil if there is none after `known`. The newest file
    /// of level 0 is never deleted, and its files don't overlap.
    func highest(_ database: String, in reign: UInt64, after known: UInt64?) throws -> UInt64? {
        let prefix = "\(cell)/\(reign)/\(database)/0000/"
        var start = known.map { "\(prefix)\(Self.digits($0))-ffffffffffffffff.ltx" } ?? ""
        var highest: UInt64?
        while true {
            let names = try objects.names(prefix, after: start, until: deadline)
            guard let last = names.last else { return highest }
            start = last
            highest = names.compactMap(Self.transaction).max() ?? highest
            if names.count < S3Objects.namesAtOnce { return highest }
        }
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// The last transaction of a file, by its name.
    static func transaction(_ name: String) -> UInt64? {
        guard name.hasSuffix(".ltx"), let dash = name.lastIndex(of: "-") else { return nil }
        return UInt64(name[name.index(after: dash)...].dropLast(4), radix: 16)
    }
}
