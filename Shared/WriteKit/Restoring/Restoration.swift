import Contract
import Kernel
import SQLite

/// Lets restored databases of different moments agree, before their services start.
///
/// The context that owns a thing is right about it. It notifies the others once more, by its
/// outbox, of all in which they differ: what it does not have is deleted there, whether it was
/// deleted between the two moments or created; names, owners and suspensions are as it has them.
/// A context that knows a thing as deleted that its owner still has forgets that. The events have
/// their usual effects, once the services run.
public struct Restoration: Sendable {
    /// Of all contexts, by name.
    public let facts: [String: RestoredFacts]
    private let ids: IDMinter

    public init(facts: [String: RestoredFacts], ids: IDMinter) {
        self.facts = facts
        self.ids = ids
    }

    /// Who does what follows, and gets what has no other successor: the platform admin of longest
    /// standing.
    /// - Throws: if there is none.
    public func actor() throws -> Caller {
        guard let admin = facts["gateway"]?.admin else { throw NoAdmin() }
        return Caller(userId: admin, isAdmin: true, requestId: "restore")
    }

    /// Why databases can't agree.
    struct NoAdmin: Error, CustomStringConvertible {
        let description = "the gateway's database must have a platform admin: restore a later one"
    }

    /// What `context` has rows for, and its owner doesn't have; without what it knows as deleted.
    public func missing(_ kind: Tombstone, in context: String, owner: String) -> [String] {
        let known = Set(facts[owner]?.owned[kind.rawValue] ?? [])
            .union(facts[context]?.tombstones[kind.rawValue] ?? [])
        return (facts[context]?.references[kind.rawValue] ?? []).filter { !known.contains($0) }
    }

    /// Notifies one context.
    public func notify(
        _ context: String, of type: String, _ fact: some Encodable, in tx: Transaction
    ) throws {
        try OutboxStore.add(type, fact, id: ids.make("evt_"), for: [context], in: tx)
    }

    /// Forgets that things were deleted which `owner` has.
    public func forgetTombstones(_ kind: Tombstone, owner: String, in tx: Transaction) throws {
        let ids = facts[owner]?.owned[kind.rawValue] ?? []
        // In parts: there can be a million.
        for start in stride(from: 0, to: ids.count, by: 10_000) {
            let part = Array(ids[start..<min(start + 10_000, ids.count)])
            try tx.execute(
                """
                DELETE FROM tombstones
                WHERE kind = ?1 AND id IN (SELECT value FROM json_each(?2))
                """, .text(kind.rawValue), .texts(part))
        }
    }

    /// Contexts of which there are facts.
    public func others(than context: String) -> [String] {
        facts.keys.filter { $0 != context }.sorted()
    }
}
