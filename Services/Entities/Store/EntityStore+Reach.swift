import EntitiesContract
import Kernel
import SQLite

extension EntityStore {
    /// An entity and the local step that gives access; nil if another context does.
    struct Reached {
        let entity: Entity
        let localStep: AccessStep?
        /// By the copy of public entities.
        let isPublic: Bool
    }

    /// The entities with a grant for `userId`, those of `others` that exist, and those in public
    /// stores except `closing`; newest first. The three parts are read in order and
    /// merged, so a page costs what it skips and no sorting; without a filter it skips little
    /// (`place`), and counts are kept.
    /// Each of `others` is looked up once, and again if it can be on the page.
    static func reached(
        by userId: String, others: [String], closing: [String], _ filter: EntityFilter,
        _ page: PageRequest, in db: some Queryable
    ) throws -> Page<Reached> {
        let values: [Value] = [
            .text(userId), .text(filter.type?.rawValue), .text(filter.search.map(Text.folded)),
            .texts(closing),
        ]
        let others =
            try others.isEmpty
            ? []
            : db.rows(reachableElsewhere, values: values + [.texts(others)]) {
                $0.text(0)
            }
        let isWhole = filter.type == nil && filter.search == nil
        let lists = try isWhole ? ReachedLists(of: userId, others, in: db) : nil
        let place = try closing.isEmpty ? lists?.place(at: page.offset) : nil
        // More can't be among the first rows.
        let first = Array(others.prefix(page.offset + page.size))
        let items = try db.rows(
            pageOfReached,
            values: values + [
                .texts(first), .int(page.size), .int(page.offset - (place?.passed ?? 0)),
                .text(place?.below ?? aboveAll),
            ]
        ) { row in
            Reached(
                entity: try entity(row, from: 2),
                localStep: row.textOrNil(0).flatMap(AccessStep.init), isPublic: row.bool(1))
        }
        func count(_ sql: SQL, _ values: [Value]) throws -> Int {
            try db.row(sql, values: values) { Int($0.int(0)) } ?? 0
        }
        let granted = try lists?.granted.total ?? count(countOfGranted, Array(values.prefix(3)))
        var total = granted + others.count
        let publicOnes =
            try filter.search == nil
            ? count(countOfPublic, [values[1]]) : count(countOfPublicFound, Array(values[1...2]))
        if publicOnes > 0 {
            // Walks through the smaller of the two.
            let both = granted <= publicOnes ? countOfGrantedPublic : countOfPublicGranted
            total += publicOnes - (try count(both, Array(values.prefix(3))))
            if !closing.isEmpty { total -= try count(countOfClosing, values) }
        }
        return Page(items, page, total: total)
    }

    /// After every id.
    private static let aboveAll = "~"

    /// The listed entities that exist, pass the filter and are neither granted locally nor public;
    /// newest first.
    private static let reachableElsewhere: SQL = """
        SELECT e.id FROM json_each(?5) o CROSS JOIN entities e ON e.id = o.value
        WHERE (?2 IS NULL OR e.type = ?2) AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)
            AND NOT EXISTS (
                SELECT 1 FROM grants g WHERE g.user_id = ?1 AND g.entity_id = e.id)
            AND (e.is_public = 0 OR e.id IN (SELECT value FROM json_each(?4)))
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = e.id)
        ORDER BY e.id DESC
        """

    private static let pageOfReached = SQL(
        """
        SELECT page.step, e.is_public, \(columns, of: "e") FROM (
            SELECT entity_id, step FROM grants g WHERE user_id = ?1 AND entity_id < ?8
                AND NOT EXISTS (
                    SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)
                AND (?2 IS NULL AND ?3 IS NULL OR EXISTS (
                    SELECT 1 FROM entities e WHERE e.id = g.entity_id
                        AND (?2 IS NULL OR e.type = ?2)
                        AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)))
            UNION ALL
            SELECT value, NULL FROM json_each(?5) WHERE value < ?8
            UNION ALL
            SELECT id, NULL FROM entities p INDEXED BY public_entities
            WHERE is_public = 1 AND id < ?8
                AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR instr(search_text, ?3) > 0)
                AND NOT EXISTS (SELECT 1 FROM grants WHERE user_id = ?1 AND entity_id = p.id)
                AND id NOT IN (SELECT value FROM json_each(?4))
            ORDER BY entity_id DESC LIMIT ?6 OFFSET ?7
        ) page CROSS JOIN entities e ON e.id = page.entity_id ORDER BY e.id DESC
        """)

    private static let countOfGranted: SQL = """
        SELECT count(*) FROM grants g WHERE user_id = ?1
            AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)
            AND (?2 IS NULL AND ?3 IS NULL OR EXISTS (
                SELECT 1 FROM entities e WHERE e.id = g.entity_id
                    AND (?2 IS NULL OR e.type = ?2)
                    AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)))
        """

    private static let countOfPublic: SQL = """
        SELECT coalesce(sum(entities), 0) FROM public_counts
        WHERE type > '' AND (?1 IS NULL OR type = ?1)
        """

    private static let countOfPublicFound: SQL = """
        SELECT count(*) FROM entities INDEXED BY public_entities WHERE is_public = 1
            AND (?1 IS NULL OR type = ?1) AND instr(search_text, ?2) > 0
        """

    private static let countOfGrantedPublic: SQL = """
        SELECT count(*) FROM grants g CROSS JOIN entities e INDEXED BY public_entities
            ON e.id = g.entity_id AND e.is_public = 1
        WHERE g.user_id = ?1 AND (?2 IS NULL OR e.type = ?2)
            AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)
        """

    private static let countOfPublicGranted: SQL = """
        SELECT count(*) FROM entities e INDEXED BY public_entities CROSS JOIN grants g
            ON g.user_id = ?1 AND g.entity_id = e.id
        WHERE e.is_public = 1 AND (?2 IS NULL OR e.type = ?2)
            AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)
        """

    private static let countOfClosing: SQL = """
        SELECT count(*) FROM json_each(?4) c CROSS JOIN entities e INDEXED BY public_entities
            ON e.id = c.value AND e.is_public = 1
        WHERE (?2 IS NULL OR e.type = ?2) AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)
            AND NOT EXISTS (
                SELECT 1 FROM grants g WHERE g.user_id = ?1 AND g.entity_id = e.id)
        """
}
