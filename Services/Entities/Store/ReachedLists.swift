import SQLite

/// Everything that a user can reach, as three lists without a common row: what is granted but not
/// public, what is public, and what other contexts know. They find where a page far back begins,
/// so that it passes few of the rows before it.
struct ReachedLists<Source: Queryable> {
    /// nil: few are granted.
    private let granted: PageReader<Source>?
    private let isPublic: PageReader<Source>
    private let others: [String]
    private let userId: String
    private let db: Source

    /// - Parameters:
    ///   - others: those that are neither granted nor public, newest first.
    ///   - isLong: whether `LongGrantStore` has what is granted.
    init(of userId: String, _ others: [String], isLong: Bool, in db: Source) throws {
        granted = try isLong ? PageReader(LongGrantStore.ofUser, [.text(userId)], db) : nil
        isPublic = try PageReader(EntityStore.publicOnes, [], db)
        (self.userId, self.others, self.db) = (userId, others, db)
    }

    /// The number of what is granted but not public, where it is kept.
    var longTotal: Int? { granted?.total }

    /// The id below which the rest of the list has the row at an offset, and how many come before
    /// it; nil: the beginning will do.
    func place(at offset: Int) throws -> (below: String, passed: Int)? {
        guard offset > 1_000 else { return nil }
        let few = try granted == nil ? db.rows(grantedOnly, .text(userId)) { $0.text(0) } : []
        func count(from id: String) throws -> Int {
            let key = [Value.text(id)]
            return try (granted?.count(from: key) ?? few.prefix { $0 >= id }.count)
                + isPublic.count(from: key) + others.countFrom(id)
        }
        let known = ((granted?.keys ?? []) + isPublic.keys).compactMap { key -> String? in
            guard case .text(let id)? = key.first else { return nil }
            return id
        }
        let keys = (known + stride(from: 999, to: others.count, by: 1_000).map { others[$0] })
            .sorted(by: >)
        var (first, end) = (0, keys.count)
        while first < end {
            let middle = (first + end) / 2
            if try count(from: keys[middle]) <= offset { first = middle + 1 } else { end = middle }
        }
        guard first > 0 else { return nil }
        return (keys[first - 1], try count(from: keys[first - 1]))
    }
}

extension [String] {
    /// In a descending order: how many are not below an id.
    func countFrom(_ id: String) -> Int {
        var (first, end) = (0, count)
        while first < end {
            let middle = (first + end) / 2
            if self[middle] >= id { first = middle + 1 } else { end = middle }
        }
        return first
    }
}

private let grantedOnly: SQL = """
    SELECT entity_id FROM grants g WHERE user_id = ?1
        AND NOT EXISTS (
            SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)
        AND NOT EXISTS (
            SELECT 1 FROM entities p INDEXED BY public_entities
            WHERE p.is_public = 1 AND p.id = g.entity_id)
    ORDER BY entity_id DESC
    """
