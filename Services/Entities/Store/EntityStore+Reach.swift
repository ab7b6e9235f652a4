import Kernel
import SQLite

extension EntityStore {
    /// An entity and the local step that reaches it; nil for one that is reached from elsewhere.
    struct Reached {
        let entity: Entity
        let localStep: AccessStep?
    }

    /// The entities that `userId` reaches by his grants, and those of `others` that exist; newest
    /// first. Both parts come in order and are merged, so a page costs what it skips and no
    /// sorting; of `others` each is looked up once, and only those that can be on the page twice.
    static func reached(
        by userId: String, others: [String], _ filter: EntityFilter, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Reached> {
        let values: [Value] = [
            .text(userId), .text(filter.type?.rawValue), .text(filter.search.map(Text.folded)),
        ]
        let others =
            try others.isEmpty
            ? []
            : db.rows(reachableElsewhere, values: values + [.texts(others)]) {
                $0.text(0)
            }
        // No more of them can be among the first rows.
        let first = Array(others.prefix(page.offset + page.size))
        let items = try db.rows(
            pageOfReached, values: values + [.texts(first), .int(page.size), .int(page.offset)]
        ) { row in
            Reached(
                entity: try entity(row, from: 1),
                localStep: row.textOrNil(0).flatMap(AccessStep.init))
        }
        let granted = try db.row(countOfGranted, values: values) { Int($0.int(0)) } ?? 0
        return Page(items, page, total: granted + others.count)
    }

    /// Those of a list that exist, pass the filter, and need a grant of another context; newest
    /// first.
    private static let reachableElsewhere: StaticString = """
        SELECT e.id FROM json_each(?4) o CROSS JOIN entities e ON e.id = o.value
        WHERE (?2 IS NULL OR e.type = ?2) AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)
            AND NOT EXISTS (
                SELECT 1 FROM grants g WHERE g.user_id = ?1 AND g.entity_id = e.id)
        ORDER BY e.id DESC
        """

    private static let pageOfReached: StaticString = """
        SELECT page.step, e.* FROM (
            SELECT entity_id, step FROM grants g WHERE user_id = ?1
                AND (?2 IS NULL AND ?3 IS NULL OR EXISTS (
                    SELECT 1 FROM entities e WHERE e.id = g.entity_id
                        AND (?2 IS NULL OR e.type = ?2)
                        AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)))
            UNION ALL
            SELECT value, NULL FROM json_each(?4)
            ORDER BY entity_id DESC LIMIT ?5 OFFSET ?6
        ) page CROSS JOIN entities e ON e.id = page.entity_id ORDER BY e.id DESC
        """

    private static let countOfGranted: StaticString = """
        SELECT count(*) FROM grants g WHERE user_id = ?1
            AND (?2 IS NULL AND ?3 IS NULL OR EXISTS (
                SELECT 1 FROM entities e WHERE e.id = g.entity_id
                    AND (?2 IS NULL OR e.type = ?2)
                    AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)))
        """
}
