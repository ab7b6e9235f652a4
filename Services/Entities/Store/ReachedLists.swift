import SQLite

/// Everything that a user can reach, as three lists that overlap: what is granted, what is public,
/// and what other contexts know. They find where a page far back begins, so that it passes few of
/// the rows before it.
struct ReachedLists<Source: Queryable> {
    /// What both are, and parts to pass, beyond which finding out costs more than it saves.
    private static var most: Int { 10_000 }

    let granted: PageReader<Source>
    private let isPublic: PageReader<Source>
    private let others: [String]
    private let userId: String
    private let db: Source

    /// - Parameter others: those that are neither granted nor public, newest first.
    init(of userId: String, _ others: [String], in db: Source) throws {
        granted = try PageReader(GrantStore.ofUser, [.text(userId)], db)
        isPublic = try PageReader(EntityStore.publicOnes, [], db)
        (self.userId, self.others, self.db) = (userId, others, db)
    }

    /// The id below which the rest of the list has the row at an offset, and how many come before
    /// it; nil: the beginning will do.
    func place(at offset: Int) throws -> (below: String, passed: Int)? {
        guard offset > 1_000, min(granted.total, isPublic.total) <= Self.most else { return nil }
        let both = try db.rows(
            granted.total <= isPublic.total ? grantedPublic : publicGranted, .text(userId)
        ) { $0.text(0) }
        func count(from id: String) throws -> Int {
            let key = [Value.text(id)]
            return try granted.count(from: key) + isPublic.count(from: key)
                + others.prefix { $0 >= id }.count - both.prefix { $0 >= id }.count
        }
        let keys = (granted.keys + isPublic.keys).compactMap { key -> String? in
            guard case .text(let id)? = key.first else { return nil }
            return id
        }.sorted(by: >)
        var (first, end) = (0, keys.count)
        while first < end {
            let middle = (first + end) / 2
            if try count(from: keys[middle]) <= offset { first = middle + 1 } else { end = middle }
        }
        guard first > 0 else { return nil }
        return (keys[first - 1], try count(from: keys[first - 1]))
    }
}

private let grantedPublic: SQL = """
    SELECT e.id FROM grants g CROSS JOIN entities e INDEXED BY public_entities
        ON e.id = g.entity_id AND e.is_public = 1
    WHERE g.user_id = ?1 ORDER BY g.entity_id DESC
    """

private let publicGranted: SQL = """
    SELECT e.id FROM entities e INDEXED BY public_entities CROSS JOIN grants g
        ON g.user_id = ?1 AND g.entity_id = e.id
    WHERE e.is_public = 1 ORDER BY e.id DESC
    """
