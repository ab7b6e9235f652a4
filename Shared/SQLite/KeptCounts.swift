/// How many rows a long list has for each of its holders, so that no page has to count them: kept
/// by triggers, cascades included, so that no statement can forget them.
public enum KeptCounts {
    /// The table of the counts; a migration of a context that has such lists.
    public static let schema = """
        CREATE TABLE kept_counts (
            list TEXT NOT NULL,
            holder TEXT NOT NULL,
            part TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (list, holder, part)
        ) STRICT, WITHOUT ROWID;

        """

    /// Counts the rows of `table`, those that are there included; part of a migration.
    /// - Parameters:
    ///   - list: names the count, and its triggers.
    ///   - holder: the column of those whose list it is.
    ///   - part: the column by which the list can be filtered.
    public static func counting(
        _ list: String, in table: String, by holder: String, and part: String? = nil
    ) -> String {
        func place(_ row: String) -> String {
            "'\(list)', \(row).\(holder), \(part.map { "\(row).\($0)" } ?? "''")"
        }
        let isOld = "(list, holder, part) = (\(place("old")))"
        let add = """
                INSERT INTO kept_counts VALUES (\(place("new")), 1)
                ON CONFLICT DO UPDATE SET number = number + 1;
            """
        let remove = """
                UPDATE kept_counts SET number = number - 1 WHERE \(isOld);
                DELETE FROM kept_counts WHERE \(isOld) AND number = 0;
            """
        let columns = [holder] + (part.map { [$0] } ?? [])
        let isMoved = columns.map { "new.\($0) IS NOT old.\($0)" }.joined(separator: " OR ")
        return """
            INSERT INTO kept_counts SELECT \(place(table)), count(*) FROM \(table) GROUP BY 2, 3;
            CREATE TRIGGER \(list)_added AFTER INSERT ON \(table) BEGIN
            \(add)
            END;
            CREATE TRIGGER \(list)_removed AFTER DELETE ON \(table) BEGIN
            \(remove)
            END;
            CREATE TRIGGER \(list)_moved AFTER UPDATE OF \(columns.joined(separator: ", "))
            ON \(table) WHEN \(isMoved) BEGIN
            \(remove)
            \(add)
            END;

            """
    }

    /// The number of rows of a holder, `?1`.
    public static func count(of list: StaticString) -> SQL {
        SQL(
            text: """
                SELECT coalesce(sum(number), 0) FROM kept_counts
                WHERE list = '\(list)' AND holder = ?1
                """)
    }

    /// The number of rows of a holder, `?1`, in one part, `?2`; in all if that is NULL.
    public static func countByPart(of list: StaticString) -> SQL {
        SQL(
            text: """
                SELECT coalesce(sum(number), 0) FROM kept_counts
                WHERE list = '\(list)' AND holder = ?1 AND (?2 IS NULL OR part = ?2)
                """)
    }
}
