import EventLoop
import FoundationEssentials
import ObjectStorage

/// The lease of a cell, `<cell>/lease.json` in its bucket.
struct BucketLease: LeaseStore {
    struct Malformed: Error, CustomStringConvertible {
        var description: String { "lease.json is not a lease of a cell" }
    }

    let objects: S3Objects
    let cell: String
    /// Milliseconds for a request.
    let patience: Int

    private var key: String { "\(cell)/lease.json" }
    private var deadline: Ticks { Ticks.now.adding(milliseconds: patience) }

    func read() throws -> (record: LeaseRecord, tag: String)? {
        guard let object = try objects.read(key, until: deadline) else { return nil }
        guard
            let record = try? JSONDecoder().decode(
                LeaseRecord.self, from: Data(object.body.utf8))
        else { throw Malformed() }
        return (record, object.tag)
    }

    func write(_ record: LeaseRecord, over tag: String?) throws -> String? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let body = String(decoding: try encoder.encode(record), as: UTF8.self)
        return try objects.write(
            key, body, if: tag.map { .unchanged($0) } ?? .absent, until: deadline)
    }
}
