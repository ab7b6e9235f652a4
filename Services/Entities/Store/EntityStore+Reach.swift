import EntitiesContract
import Kernel
import SQLite

/// What other contexts give a user.
struct Elsewhere: Sendable {
    /// Entities, in whatever way; they may not exist.
    let collaborations: Set<String>
    let stores: VisibleStores

    /// With more entities.
    func adding(_ more: some Sequence<String>) -> Elsewhere {
        Elsewhere(collaborations: collaborations.union(more), stores: stores)
    }
}

extension EntityStore {
    /// An entity and the steps that give access, except those that another context alone knows.
    struct Reached {
        let entity: Entity
        let localStep: AccessStep?
        /// In a store of the user's organizations.
        var isInStore = false
        /// In a public store.
        var isPublic: Bool
    }

    /// The entities with a grant for `userId`, those of `elsewhere` that exist, and those in public
    /// stores; newest first. Nothing is in two of the three parts: what is both granted and public
    /// counts as public, and what is elsewhere is neither. They are read in order and merged, so a
    /// page costs what it skips and no sorting; without a filter it skips little (`place`), and
    /// counts are kept.
    static func reached(
        by userId: String, _ elsewhere: Elsewhere, _ filter: EntityFilter, _ page: PageRequest,
        in db: some Queryable
    ) throws -> Page<Reached> {
        let closing = try StoreCopy.closing(elsewhere.stores, in: db)
        let values: [Value] = [
            .text(userId), .text(filter.type?.rawValue), .text(filter.search.map(Text.folded)),
            .texts(closing),
        ]
        let others = try others(elsewhere, filter, values, in: db)
        let isLong = try closing.isEmpty && LongGrantStore.hasAll(of: userId, in: db)
        let queries = ReachedQueries.of(filter, isLong: isLong)
        let lists =
            try filter == EntityFilter() && closing.isEmpty
            ? ReachedLists(of: userId, others, isLong: isLong, in: db) : nil
        let place = try lists?.place(at: page.offset)
        let passed = place?.passed ?? 0
        // More can't be among the first rows.
        let first = others.dropFirst(place.map { others.countFrom($0.below) } ?? 0)
            .prefix(page.offset - passed + page.size)
        let items = try db.rows(
            queries.page,
            values: values + [
                .texts(Array(first)), .int(page.size), .int(page.offset - passed),
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
        var total =
            try others.count
            + (lists?.longTotal ?? count(queries.count, Array(values.prefix(isLong ? 3 : 4))))
        total +=
            try filter.search == nil
            ? count(countOfPublic, [values[1]]) : count(countOfPublicFound, Array(values[1...2]))
        if !closing.isEmpty { total -= try count(countOfClosing, values) }
        return Page(
            try found(items, elsewhere.stores, closing: closing, in: db), page, total: total)
    }

    /// The same with whether the stores have each.
    private static func found(
        _ items: [Reached], _ stores: VisibleStores, closing: [String], in db: some Queryable
    ) throws -> [Reached] {
        let inStores = try StoreCopy.among(
            items.filter { $0.localStep == nil }.map(\.entity.id), in: stores, db)
        let closing = Set(closing)
        return items.map { item in
            var item = item
            item.isInStore = inStores.contains(item.entity.id)
            if closing.contains(item.entity.id) { item.isPublic = false }
            return item
        }
    }

    /// What is neither granted nor public; newest first.
    private static func others(
        _ elsewhere: Elsewhere, _ filter: EntityFilter, _ values: [Value], in db: some Queryable
    ) throws -> [String] {
        let stores = elsewhere.stores.organizationIds
        var others: [String] = []
        if !elsewhere.collaborations.isEmpty {
            // In the order of the index in which they are looked up.
            let ids = Value.texts(elsewhere.collaborations.sorted())
            others = try db.rows(
                filter == EntityFilter() ? existingElsewhere : reachableElsewhere,
                values: values + [ids]
            ) { $0.text(0) }
        }
        guard !stores.isEmpty else { return others }
        others += try db.rows(inStores, values: values + [.texts(stores)]) { $0.text(0) }
        // Rows of one store are in order.
        others.sort(by: >)
        var last: String?
        others.removeAll { id in
            defer { last = id }
            return id == last
        }
        return others
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

    /// The same of what is in stores; from the copy of them alone. What is in two comes twice.
    private static let inStores: SQL = """
        SELECT s.entity_id FROM json_each(?5) o CROSS JOIN store_entities s
            ON s.organization_id = o.value AND s.is_open = 0
        WHERE (?2 IS NULL OR s.type = ?2) AND (?3 IS NULL OR instr(s.search_text, ?3) > 0)
            AND NOT EXISTS (
                SELECT 1 FROM grants g WHERE g.user_id = ?1 AND g.entity_id = s.entity_id)
            AND s.entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
        UNION ALL
        SELECT s.entity_id FROM json_each(?4) c CROSS JOIN store_entities s
            INDEXED BY stores_of_entity ON s.entity_id = c.value
        WHERE s.is_open = 1 AND s.organization_id IN (SELECT value FROM json_each(?5))
            AND (?2 IS NULL OR s.type = ?2) AND (?3 IS NULL OR instr(s.search_text, ?3) > 0)
            AND NOT EXISTS (
                SELECT 1 FROM grants g WHERE g.user_id = ?1 AND g.entity_id = s.entity_id)
            AND s.entity_id NOT IN (SELECT subject FROM jobs WHERE kind = 'entity.deleted')
        """

    /// The first without a filter, from indexes alone.
    private static let existingElsewhere: SQL = """
        SELECT value FROM json_each(?5)
        WHERE EXISTS (SELECT 1 FROM entities e WHERE e.id = value)
            AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.user_id = ?1 AND g.entity_id = value)
            AND NOT EXISTS (
                SELECT 1 FROM entities p INDEXED BY public_entities
                WHERE p.is_public = 1 AND p.id = value
                    AND p.id NOT IN (SELECT value FROM json_each(?4)))
            AND NOT EXISTS (SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = value)
        ORDER BY value DESC
        """

    private static let countOfPublic: SQL = """
        SELECT coalesce(sum(entities), 0) FROM public_counts
        WHERE type > '' AND (?1 IS NULL OR type = ?1)
        """

    private static let countOfPublicFound: SQL = """
        SELECT count(*) FROM entities INDEXED BY public_entities_by_text WHERE is_public = 1
            AND (?1 IS NULL OR type = ?1) AND instr(search_text, ?2) > 0
        """

    private static let countOfClosing: SQL = """
        SELECT count(*) FROM json_each(?4) c CROSS JOIN entities e INDEXED BY public_entities
            ON e.id = c.value AND e.is_public = 1
        WHERE (?2 IS NULL OR e.type = ?2) AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)
        """
}

/// A page of what a user can reach, and the number of what is granted but not public.
struct ReachedQueries {
    let page: SQL
    let count: SQL

    static func of(_ filter: EntityFilter, isLong: Bool) -> ReachedQueries {
        switch (isLong, filter.type, filter.search) {
        case (false, _, nil): few
        case (false, _, _?): fewFound
        case (true, nil, nil): many
        case (true, nil, _?): manyFound
        case (true, _?, nil): manyOfType
        case (true, _?, _?): manyOfTypeFound
        }
    }

    private static let few = ReachedQueries(grantsOfFew)
    private static let fewFound = ReachedQueries(grantsOfFew, isSearch: true)
    private static let many = ReachedQueries(grantsOfMany)
    private static let manyFound = ReachedQueries(grantsOfMany, isSearch: true)
    private static let manyOfType = ReachedQueries(grantsOfType)
    private static let manyOfTypeFound = ReachedQueries(grantsOfType, isSearch: true)

    /// Looks up whether each is public.
    private static let grantsOfFew: SQL.Parts = """
        grants g WHERE user_id = ?1
            AND NOT EXISTS (
                SELECT 1 FROM jobs WHERE kind = 'entity.deleted' AND subject = entity_id)
            AND NOT EXISTS (
                SELECT 1 FROM entities p INDEXED BY public_entities
                WHERE p.is_public = 1 AND p.id = g.entity_id
                    AND p.id NOT IN (SELECT value FROM json_each(?4)))
            AND (?2 IS NULL AND ?3 IS NULL OR EXISTS (
                SELECT 1 FROM entities e WHERE e.id = g.entity_id
                    AND (?2 IS NULL OR e.type = ?2)
                    AND (?3 IS NULL OR instr(e.search_text, ?3) > 0)))
        """
    private static let grantsOfMany: SQL.Parts = """
        long_grants g INDEXED BY private_grants WHERE user_id = ?1 AND is_public = 0
            AND \(isFound)
        """
    private static let grantsOfType: SQL.Parts = """
        long_grants g INDEXED BY private_grants_of_type
        WHERE user_id = ?1 AND is_public = 0 AND type = ?2 AND \(isFound)
        """
    private static let isFound: SQL.Parts = """
        (?3 IS NULL OR instr((SELECT search_text FROM entities e WHERE e.id = g.entity_id), ?3) > 0)
        """

    /// - Parameter granted: what is granted but not public.
    private init(_ granted: SQL.Parts, isSearch: Bool = false) {
        let columns = EntityStore.columns
        let index: SQL.Parts = isSearch ? "public_entities_by_text" : "public_entities"
        count = SQL("SELECT count(*) FROM \(granted)")
        page = SQL(
            """
            SELECT g.step, e.is_public, \(columns, of: "e") FROM (
                SELECT entity_id FROM \(granted) AND entity_id < ?8
                UNION ALL
                SELECT value FROM json_each(?5) WHERE value < ?8
                UNION ALL
                SELECT id FROM entities p INDEXED BY \(index)
                WHERE is_public = 1 AND id < ?8
                    AND (?2 IS NULL OR type = ?2) AND (?3 IS NULL OR instr(search_text, ?3) > 0)
                    AND id NOT IN (SELECT value FROM json_each(?4))
                ORDER BY entity_id DESC LIMIT ?6 OFFSET ?7
            ) page CROSS JOIN entities e ON e.id = page.entity_id
            LEFT JOIN grants g ON g.user_id = ?1 AND g.entity_id = e.id
            ORDER BY e.id DESC
            """)
    }
}
